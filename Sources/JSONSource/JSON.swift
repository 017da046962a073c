/// A JSON value without places, for writing. `JSONDocument` reads.
public indirect enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case array([JSON])
    /// Written in the order of the keys' UTF-8, whatever order they are given in.
    case object([String: JSON])

    /// One line without spaces, for messages and digests.
    public var compact: String {
        var writer = JSONWriter(style: .compact)
        writer.value(self)
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Dictionary(uniqueKeysWithValues: elements)) }
}

extension JSONValue {
    /// The value without its places.
    public var plain: JSON {
        switch kind {
        case .object: .object(Dictionary(members.map { ($0.key.string ?? "", $0.value.plain) }, uniquingKeysWith: { first, _ in first }))
        case .array: .array(elements.map(\.plain))
        case .string: .string(string ?? "")
        case .number: integer.map(JSON.integer) ?? .string(sourceText)
        case .boolean: .bool(bool ?? false)
        case .null, .invalid: .null
        }
    }
}

/// A value as easel writes it for people: sorted keys, two spaces of indentation, a newline at the end.
public func pretty(_ json: JSON) -> String {
    var writer = JSONWriter()
    writer.value(json)
    return String(decoding: writer.finish(), as: UTF8.self)
}
