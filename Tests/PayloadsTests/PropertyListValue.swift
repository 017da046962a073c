import Foundation
import JSONSource
import Testing

/// A property list, read back by somebody else's reader.
enum PropertyListValue: Hashable {
    case string(String)
    case bool(Bool)
    case integer(Int)
    case data(Data)
    case array([PropertyListValue])
    case dictionary([String: PropertyListValue])

    init(reading bytes: Data) throws {
        try self.init(any: PropertyListSerialization.propertyList(from: bytes, options: [], format: nil))
    }

    private init(any: Any) throws {
        switch any {
        case let text as String: self = .string(text)
        case let data as Data: self = .data(data)
        case let elements as [Any]: self = .array(try elements.map(PropertyListValue.init(any:)))
        case let members as [String: Any]: self = .dictionary(try members.mapValues(PropertyListValue.init(any:)))
        case let bool as Bool where type(of: any) == Bool.self: self = .bool(bool)
        case let number as Int: self = .integer(number)
        default: throw Unreadable(what: "\(type(of: any)) \(any)")
        }
    }

    struct Unreadable: Error { let what: String }

    var members: [String: PropertyListValue] { if case .dictionary(let members) = self { members } else { [:] } }
    var elements: [PropertyListValue] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// As the other readers' results can be compared: data as `{"data": base64}`.
    var json: JSON {
        switch self {
        case .string(let text): .string(text)
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .data(let data): ["data": .string(data.base64EncodedString())]
        case .array(let elements): .array(elements.map(\.json))
        case .dictionary(let members): .object(members.mapValues(\.json))
        }
    }
}

/// A program of the machine, for tests that ask somebody else; nil where it is not installed.
func program(_ name: String) -> URL? {
    ["/usr/bin", "/usr/local/bin", "/bin"].map { URL(fileURLWithPath: $0).appendingPathComponent(name) }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }
}
