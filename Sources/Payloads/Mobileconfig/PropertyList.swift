/// Writes an XML property list (version 1.0, Apple's DTD) straight into a byte buffer, without a tree in between.
///
/// Keys are written in the order in which they are given, and a debug build stops at one that is out of order. Lines are indented with
/// tabs, as Apple's own tools do. The same calls give the same bytes.
///
/// XML 1.0 lacks some characters, even as escapes: U+0000–U+001F except tab, line feed and carriage return, and U+FFFE and U+FFFF.
/// A name in a manifest has no control characters, but a description can have any. Each such character is written as U+FFFD, the
/// replacement character, so that the file stays readable and shows that something is missing; the JSON payload has the original text.
/// A carriage return becomes `&#13;`, since a reader would turn a bare one into a line feed.
struct PropertyList {
    private(set) var bytes: [UInt8] = []
    private var depth = 0
    /// The last key of each open dictionary; the entry of an array is not used.
    private var lastKeys: [String] = []

    init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
        append(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">

            """)
    }

    /// Closes the property list and returns its bytes.
    consuming func finish() -> [UInt8] {
        append("</plist>\n")
        return bytes
    }

    mutating func beginDictionary() { begin("<dict>\n") }
    mutating func endDictionary() { end("</dict>\n") }
    mutating func beginArray() { begin("<array>\n") }
    mutating func endArray() { end("</array>\n") }

    mutating func key(_ key: String) {
        assert(lastKeys.last.map { $0.isEmpty || $0.utf8.lexicographicallyPrecedes(key.utf8) } ?? false, "key '\(key)' out of order")
        lastKeys[lastKeys.count - 1] = key
        indent()
        append("<key>")
        escaped(key)
        append("</key>\n")
    }

    mutating func string(_ value: String) {
        indent()
        append("<string>")
        escaped(value)
        append("</string>\n")
    }

    mutating func integer(_ value: Int) {
        indent()
        append("<integer>")
        bytes.append(contentsOf: String(value).utf8)
        append("</integer>\n")
    }

    mutating func bool(_ value: Bool) {
        indent()
        append(value ? "<true/>\n" : "<false/>\n")
    }

    /// Writes data that is already in base64 (RFC 4648, section 4), as a property list has it.
    mutating func data(base64 text: String) {
        indent()
        append("<data>")
        escaped(text)
        append("</data>\n")
    }

    mutating func member(_ key: String, _ value: String) {
        self.key(key)
        string(value)
    }

    mutating func member(_ key: String, _ value: Int) {
        self.key(key)
        integer(value)
    }

    mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        bool(value)
    }

    // MARK: Text

    private mutating func begin(_ tag: StaticString) {
        indent()
        append(tag)
        depth += 1
        lastKeys.append("")
    }

    private mutating func end(_ tag: StaticString) {
        depth -= 1
        lastKeys.removeLast()
        indent()
        append(tag)
    }

    private mutating func indent() {
        for _ in 0..<depth { bytes.append(0x09) }
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func escaped(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            // 0xEF begins U+F000–U+FFFF, which includes the two that XML lacks.
            if !utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") || $0 == 0xEF }) {
                bytes.append(contentsOf: utf8)
                return
            }
            var position = 0
            while position < utf8.count {
                let byte = utf8[position]
                position += 1
                switch byte {
                case UInt8(ascii: "&"): append("&amp;")
                case UInt8(ascii: "<"): append("&lt;")
                // Required only after "]]", but always written, as Apple does.
                case UInt8(ascii: ">"): append("&gt;")
                case 0x09, 0x0A: bytes.append(byte)
                case 0x0D: append("&#13;")
                case 0..<0x20: append("\u{FFFD}")
                case 0xEF where position + 1 < utf8.count && utf8[position] == 0xBF && utf8[position + 1] >= 0xBE:
                    append("\u{FFFD}")
                    position += 2
                default: bytes.append(byte)
                }
            }
        }
    }
}
