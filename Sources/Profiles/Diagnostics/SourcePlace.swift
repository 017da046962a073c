import JSONSource

/// A place in the config repository.
public struct SourcePlace: Hashable, Sendable {
    /// Path in the config repository.
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in characters.
    public let column: Int

    public init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    public init(_ value: JSONValue) {
        let place = value.position
        self.init(file: value.document.file, line: place.line, column: place.column)
    }
}
