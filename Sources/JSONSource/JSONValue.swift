/// A value in a document, with its place. A small handle: a copy copies no text.
public struct JSONValue: Sendable {
    public enum Kind: String, Sendable {
        case object, array, string, number, boolean, null, invalid
    }

    public let document: JSONDocument
    @usableFromInline let index: Int

    @inlinable init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    @usableFromInline var node: Node { document.nodes[index] }

    public var kind: Kind {
        switch node.kind {
        case .object: .object
        case .array: .array
        case .string: .string
        case .number: .number
        case .true, .false: .boolean
        case .null: .null
        case .invalid: .invalid
        }
    }

    public var isNull: Bool { node.kind == .null }

    public var bool: Bool? {
        switch node.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The text of a string, escapes resolved.
    public var string: String? {
        let node = node
        guard node.kind == .string else { return nil }
        return Self.text(of: node, in: document.bytes)
    }

    /// Whether this is a string of exactly this text; allocates nothing.
    public func isString(_ text: StaticString) -> Bool {
        let node = node
        guard node.kind == .string else { return false }
        guard node.isPlain else { return string == text.description }
        guard Int(node.count) == text.utf8CodeUnitCount else { return false }
        return document.bytes.withUnsafeBufferPointer { bytes in
            var offset = node.textRange.lowerBound
            for position in 0..<text.utf8CodeUnitCount {
                if bytes[offset] != text.utf8Start[position] { return false }
                offset += 1
            }
            return true
        }
    }

    /// A whole number within Int, written without fraction or exponent.
    public var integer: Int? {
        let node = node
        guard node.kind == .number else { return nil }
        return Int(sourceText)
    }

    /// A scalar's characters in the file, without quotes; empty for an object or array.
    public var sourceText: String {
        let node = node
        switch node.kind {
        case .object, .array: return ""
        default: return String(decoding: document.bytes[node.textRange], as: UTF8.self)
        }
    }

    public var count: Int {
        switch node.kind {
        case .object, .array: Int(node.count)
        default: 0
        }
    }

    public struct Member: Sendable {
        /// The key, a string value with its own place in the file.
        public let key: JSONValue
        public let value: JSONValue
    }

    /// Members of an object in the order of the file; none for any other kind.
    public var members: Members { Members(value: self) }
    /// Elements of an array; none for any other kind.
    public var elements: Elements { Elements(value: self) }

    public struct Members: Sequence, IteratorProtocol {
        private let document: JSONDocument
        private var index: Int
        private let end: Int

        fileprivate init(value: JSONValue) {
            let node = value.node
            document = value.document
            index = value.index + 1
            end = node.kind == .object ? Int(node.next) : index
        }

        public mutating func next() -> Member? {
            guard index < end else { return nil }
            let key = JSONValue(document: document, index: index)
            let value = JSONValue(document: document, index: index + 1)
            index = Int(value.node.next)
            return Member(key: key, value: value)
        }
    }

    public struct Elements: Sequence, IteratorProtocol {
        private let document: JSONDocument
        private var index: Int
        private let end: Int

        fileprivate init(value: JSONValue) {
            let node = value.node
            document = value.document
            index = value.index + 1
            end = node.kind == .array ? Int(node.next) : index
        }

        public mutating func next() -> JSONValue? {
            guard index < end else { return nil }
            let value = JSONValue(document: document, index: index)
            index = Int(value.node.next)
            return value
        }
    }

    /// The value of the first member with this key; nil where there is none or this is not an object.
    public subscript(_ key: StaticString) -> JSONValue? {
        for member in members where member.key.isString(key) { return member.value }
        return nil
    }

    public subscript(name key: String) -> JSONValue? {
        for member in members where member.key.string == key { return member.value }
        return nil
    }

    /// Byte offset in the file.
    public var offset: Int { Int(node.start) }

    /// Line and column, from 1, of where this value begins.
    public var position: (line: Int, column: Int) { document.position(ofOffset: offset) }

    /// RFC 6901 pointer of this value; a key's pointer is that of its member. Walks the document: for diagnostics.
    public var pointer: String { document.pointer(to: index) }

    static func text(of node: Node, in bytes: [UInt8]) -> String {
        if node.isPlain {
            return bytes.withUnsafeBufferPointer {
                String(decoding: UnsafeBufferPointer(rebasing: $0[node.textRange]), as: UTF8.self)
            }
        }
        return String(decoding: unescaped(bytes[node.textRange]), as: UTF8.self)
    }
}

extension JSONDocument {
    func pointer(to target: Int) -> String {
        var pointer = ""
        var index = 0
        while index < target {
            let node = nodes[index]
            var child = index + 1
            var found = false
            var position = 0
            while child < Int(node.next) {
                let valueIndex = node.kind == .object ? child + 1 : child
                guard valueIndex < nodes.count else { return pointer }
                let next = Int(nodes[valueIndex].next)
                if target < next {
                    pointer += "/"
                    pointer += node.kind == .object
                        ? escapedForPointer(JSONValue.text(of: nodes[child], in: bytes)) : String(position)
                    index = target == child && node.kind == .object ? target : valueIndex
                    found = true
                    break
                }
                child = next
                position += 1
            }
            if !found { break }
        }
        return pointer
    }
}

/// A key as a reference token of RFC 6901: `~` is `~0`, `/` is `~1`.
public func escapedForPointer(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
    // By scalars: a tilde with a combining character is another Character, but still a tilde.
    return key.unicodeScalars.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
}

/// Resolves the escapes of a string that the parser has accepted. An invalid escape, which it has reported, is copied unchanged.
func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = text.startIndex
    func hex(at start: Int) -> UInt32? {
        guard start + 4 <= text.endIndex else { return nil }
        var value: UInt32 = 0
        for digit in text[start..<start + 4] {
            guard let nibble = hexValue(digit) else { return nil }
            value = value << 4 | UInt32(nibble)
        }
        return value
    }
    while index < text.endIndex {
        let byte = text[index]
        guard byte == UInt8(ascii: "\\"), index + 1 < text.endIndex else {
            result.append(byte)
            index += 1
            continue
        }
        let escape = text[index + 1]
        index += 2
        switch escape {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            guard var value = hex(at: index) else { continue }
            index += 4
            if (0xD800..<0xDC00).contains(value), index + 1 < text.endIndex,
                text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u"),
                let low = hex(at: index + 2), (0xDC00..<0xE000).contains(low)
            {
                value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00)
                index += 6
            }
            result.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        default: result.append(escape)
        }
    }
    return result
}

func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
