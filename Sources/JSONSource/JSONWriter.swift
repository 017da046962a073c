import Basics

/// Writes JSON straight into a byte buffer, without a tree in between.
///
/// What easel writes for people has sorted keys, two spaces of indentation and a newline at the end. Keys are written in the order
/// in which they are given, and a debug build stops at one that is out of order; a `JSON` object is sorted.
public struct JSONWriter {
    public enum Style: Sendable { case pretty, compact }

    public private(set) var bytes: [UInt8] = []
    private let style: Style
    private var levels: [(isEmpty: Bool, lastKey: String)] = []
    /// Indentation that the first level starts at, for a fragment that will be put into a larger text.
    private let indentation: Int
    private var afterKey = false

    public init(style: Style = .pretty, indentation: Int = 0) {
        self.style = style
        self.indentation = indentation
    }

    /// The text, closed with a newline in the pretty style at level 0.
    public consuming func finish() -> [UInt8] {
        if style == .pretty, indentation == 0 { bytes.append(0x0A) }
        return bytes
    }

    /// Returns the bytes written so far and empties the buffer, which keeps its capacity; for streaming.
    public mutating func drain(into body: ([UInt8]) throws -> Void) rethrows {
        try body(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        beginObject()
        try body(&self)
        endObject()
    }

    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        beginArray()
        try body(&self)
        endArray()
    }

    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    public mutating func key(_ key: String) {
        assert(levels.last.map { $0.isEmpty || Self.precedes($0.lastKey, key) } ?? false, "key '\(key)' out of order")
        separate()
        levels[levels.count - 1].lastKey = key
        quoted(key)
        bytes.append(UInt8(ascii: ":"))
        if style == .pretty { bytes.append(0x20) }
        afterKey = true
    }

    public mutating func member(_ key: String, _ value: JSON) {
        self.key(key)
        self.value(value)
    }

    public mutating func member(_ key: String, _ value: String) {
        self.key(key)
        string(value)
    }

    public mutating func member(_ key: String, _ value: Int) {
        self.key(key)
        integer(value)
    }

    public mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        bool(value)
    }

    public mutating func string(_ value: String) {
        separate()
        quoted(value)
    }

    public mutating func integer(_ value: Int) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Inserts JSON text that another writer made.
    public mutating func raw(_ text: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
    }

    public mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .string(let value): string(value)
        case .array(let elements):
            array { writer in
                for element in elements { writer.value(element) }
            }
        case .object(let members):
            object { writer in
                for (key, value) in members.sorted(by: { Self.precedes($0.key, $1.key) }) { writer.member(key, value) }
            }
        }
    }

    /// The order of keys everywhere: by their UTF-8 bytes.
    public static func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        levels.append((true, ""))
    }

    private mutating func end(_ bracket: UInt8) {
        let level = levels.removeLast()
        if !level.isEmpty { newline() }
        bytes.append(bracket)
    }

    private mutating func separate() {
        if afterKey {
            afterKey = false
            return
        }
        guard !levels.isEmpty else { return }
        if !levels[levels.count - 1].isEmpty { bytes.append(UInt8(ascii: ",")) }
        levels[levels.count - 1].isEmpty = false
        newline()
    }

    private mutating func newline() {
        guard style == .pretty else { return }
        bytes.append(0x0A)
        for _ in 0..<2 * (levels.count + indentation) { bytes.append(0x20) }
    }

    /// Escapes what JSON requires, and what could do harm where the text is printed: control characters and those that reorder or hide
    /// text.
    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        let isPlain = text.withUTF8 { utf8 in
            !utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "#") || $0 >= 0x7F }
        }
        if isPlain {
            bytes.append(contentsOf: text.utf8)
        } else {
            var last: Unicode.Scalar = " "
            for scalar in text.unicodeScalars {
                switch scalar {
                // A pipeline log would run `##vso[` and the like as commands (Azure DevOps).
                case "#" where last == "#": escape(scalar)
                case "\"": bytes.append(contentsOf: "\\\"".utf8)
                case "\\": bytes.append(contentsOf: "\\\\".utf8)
                case "\n": bytes.append(contentsOf: "\\n".utf8)
                case "\r": bytes.append(contentsOf: "\\r".utf8)
                case "\t": bytes.append(contentsOf: "\\t".utf8)
                case _ where scalar.isHarmful: escape(scalar)
                default: bytes.append(contentsOf: scalar.utf8)
                }
                last = scalar
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        for unit in scalar.utf16 {
            let digits = String(unit, radix: 16)
            bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
        }
    }
}
