import JSONSource
import TestSupport

func document(_ text: String) -> JSONDocument { JSONDocument(file: "test.json", bytes: Array(text.utf8)) }

/// What is wrong with a text: `JSON006 2:8 /a`, that is code, line, column and pointer.
func told(_ text: String) -> [String] { told(Array(text.utf8)) }

func told(_ bytes: [UInt8]) -> [String] {
    let document = JSONDocument(file: "test.json", bytes: bytes)
    return document.problems.map { problem in
        let place = document.position(ofOffset: problem.offset)
        return "\(problem.code.rawValue) \(place.line):\(place.column) \(problem.pointer)"
    }
}

func written(_ value: JSON, _ style: JSONWriter.Style = .pretty) -> String {
    var writer = JSONWriter(style: style)
    writer.value(value)
    return String(decoding: writer.finish(), as: UTF8.self)
}

extension Seeded {
    /// A few scalars, most of them ones that JSON writes in a way of their own.
    mutating func text() -> String {
        let parts = ["a", "key", "é", "😀", "\"", "\\", "\n", "\r", "\u{0}", "\u{1F}", "\u{7F}", "\u{2028}", "\u{FFFD}", "\u{10FFFF}", "/", "~", " "]
        return (0..<below(4)).map { _ in parts[below(parts.count)] }.joined()
    }

    mutating func json(_ depth: Int, numbers: [Int] = [0, -1, 7, 1_000_000, .max, .min]) -> JSON {
        switch below(depth > 0 ? 7 : 4) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .integer(numbers[below(numbers.count)])
        case 3: return .string(text())
        case 4, 5: return .object(Dictionary((0..<below(4)).map { _ in (text(), json(depth - 1, numbers: numbers)) },
            uniquingKeysWith: { first, _ in first }))
        default: return .array((0..<below(4)).map { _ in json(depth - 1, numbers: numbers) })
        }
    }
}
