import JSONSource

/// What `easel schema` prints: a JSON Schema, also for people.
public struct SchemaView: CommandView {
    public let json: JSON

    public init(_ schema: JSON) { json = schema }

    public func text(_ options: ReportOptions) -> String { pretty(json) }
}
