/// Strict RFC 8259 in one pass over the bytes, into the flat index.
///
/// It goes on where the meaning is plain (a comment, a trailing comma, `True`), so that one run reports every problem in a file,
/// and stops where a guess would lead to false ones.
struct Parser {
    private(set) var nodes: [Node] = []
    private(set) var problems: [JSONProblem] = []
    private(set) var isComplete = true

    var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var index = 0
    private var open: [Level] = []

    /// An open container.
    private struct Level {
        let node: Int
        /// The part being read: the node of a member's key, or the position of an element; nil between two.
        var child: Int?
    }

    /// Bytes.
    private let limit: Int

    init(size: Int, limit: Int) {
        self.limit = limit
        // easel's manifests have a value per 16 bytes or so.
        nodes.reserveCapacity(min(size, limit) / 14 + 4)
    }

    mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= limit else {
            isComplete = false
            problems = [
                JSONProblem(
                    code: .tooLarge, offset: 0, message: "The file has \(bytes.count) bytes; \(limit) are allowed",
                    help: "Split the file: each profile has its own", pointer: "")
            ]
            return
        }
        text = bytes
        readFile()
        // Duplicate keys are found at the end of their object.
        if problems.count > 1 { problems.sort { ($0.offset, $0.code.rawValue) < ($1.offset, $1.code.rawValue) } }
    }

    private mutating func readFile() {
        if let bad = firstInvalidUTF8(text) {
            isComplete = false
            let looksLikeUTF16 = text.count >= 2 && ((text[0] == 0xFF && text[1] == 0xFE) || (text[0] == 0xFE && text[1] == 0xFF))
            problem(
                .invalidUTF8, at: bad, looksLikeUTF16 ? "The file is UTF-16, not UTF-8" : "The file is not valid UTF-8 here",
                help: "Save it as UTF-8 without a byte order mark")
            return
        }
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
            problem(.byteOrderMark, at: 0, "The file begins with a byte order mark", help: "Save it as UTF-8 without one")
            index = 3
        }
        skipSpace()
        guard index < text.count else {
            end("The file is empty; a JSON value is expected")
            return
        }
        guard value() else {
            isComplete = false
            closeAll()
            return
        }
        skipSpace()
        if index < text.count {
            problem(.afterEnd, at: index, "Text after the end of the JSON value", help: "Remove it: a file contains exactly one value")
        }
    }

    /// Closes the containers that are open when reading stops, so that the values read so far can be used.
    private mutating func closeAll() {
        // A key whose value could not be read is not a member.
        if let level = open.last, nodes[level.node].kind == .object, let key = level.child, key == nodes.count - 1 { nodes.removeLast() }
        var isInnermost = true
        while let level = open.last {
            if !isInnermost { nodes[level.node].count += 1 }
            isInnermost = false
            close()
        }
    }

    /// Ends the innermost container.
    private mutating func close() {
        let level = open.count - 1
        let node = open[level].node
        open[level].child = nil
        nodes[node].next = UInt32(nodes.count)
        if nodes[node].kind == .object { checkDuplicates(node) }
        open.removeLast()
    }

    // MARK: Problems

    var mayTellMore: Bool { problems.count < JSONLimits.problems }

    /// - Parameter key: the node of the key in the innermost container that the problem is about.
    mutating func problem(_ code: JSONProblemCode, at offset: Int, _ message: String, help: String? = nil, key: Int? = nil) {
        guard mayTellMore else { return }
        problems.append(
            JSONProblem(code: code, offset: offset, message: message, help: help, pointer: pointer() + (key.map { "/" + token($0) } ?? "")))
    }

    /// The pointer of the value being read.
    private func pointer() -> String {
        var pointer = ""
        for level in open {
            guard let child = level.child else { break }
            pointer += "/" + (nodes[level.node].kind == .object ? token(child) : String(child))
        }
        return pointer
    }

    private func token(_ key: Int) -> String { escapedForPointer(String(decoding: keyBytes(nodes[key]), as: UTF8.self)) }

    private mutating func end(_ message: String) {
        isComplete = false
        let opener = open.last.map { Int(nodes[$0.node].start) }
        problem(
            .unexpectedEnd, at: text.count, message,
            help: opener.map { "Close the \(text[$0] == UInt8(ascii: "{") ? "object" : "array") that begins in line \(line(of: $0))" })
    }

    func line(of offset: Int) -> Int {
        1 + text[..<offset].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }

    /// The character at `index`, for a message.
    func here() -> String {
        guard index < text.count else { return "the end of the file" }
        let byte = text[index]
        if byte < 0x20 || byte == 0x7F { return "the control character 0x\(String(byte, radix: 16, uppercase: true))" }
        var end = index + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return "'\(String(decoding: text[index..<end], as: UTF8.self))'"
    }

    // MARK: Grammar

    private mutating func skipSpace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            case UInt8(ascii: "/") where index + 1 < text.count && (text[index + 1] == UInt8(ascii: "/") || text[index + 1] == UInt8(ascii: "*")):
                comment()
            case UInt8(ascii: "#"): comment()
            default: return
            }
        }
    }

    private mutating func comment() {
        problem(.comment, at: index, "Comments are not allowed in JSON", help: "Write the text as a \"$comment\" string in the object")
        if text[index] == UInt8(ascii: "/"), text[index + 1] == UInt8(ascii: "*") {
            index += 2
            while index + 1 < text.count, !(text[index] == UInt8(ascii: "*") && text[index + 1] == UInt8(ascii: "/")) { index += 1 }
            index = min(index + 2, text.count)
        } else {
            while index < text.count, text[index] != UInt8(ascii: "\n") { index += 1 }
        }
    }

    /// Reads one value. Returns false where reading cannot go on.
    private mutating func value() -> Bool {
        switch text[index] {
        case UInt8(ascii: "{"): return container(.object)
        case UInt8(ascii: "["): return container(.array)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "'"): return singleQuoted()
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case let byte where isWordByte(byte): return word()
        default:
            problem(.unexpected, at: index, "A JSON value is expected here, not \(here())")
            return false
        }
    }

    mutating func append(_ kind: Node.Kind, start: Int, lead: Int = 0, count: Int, isPlain: Bool = true) {
        nodes.append(
            Node(
                kind: kind, isPlain: isPlain, lead: UInt8(lead), start: UInt32(start), count: UInt32(count), next: UInt32(nodes.count + 1)))
    }

    private mutating func container(_ kind: Node.Kind) -> Bool {
        let closer = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        let node = nodes.count
        guard open.count < JSONLimits.depth else {
            problem(.tooDeep, at: index, "More than \(JSONLimits.depth) levels of arrays and objects")
            return false
        }
        append(kind, start: index, count: 0)
        open.append(Level(node: node))
        let level = open.count - 1
        index += 1
        var comma: Int?
        while true {
            skipSpace()
            guard index < text.count else {
                end("The file ends inside \(kind == .object ? "an object" : "an array")")
                return false
            }
            if text[index] == closer {
                if let comma {
                    problem(.trailingComma, at: comma, "Comma before '\(Character(Unicode.Scalar(closer)))'", help: "Remove the comma")
                }
                index += 1
                close()
                return true
            }
            if nodes[node].count > 0, comma == nil {
                guard beginsValue(text[index]) else {
                    problem(.unexpected, at: index, "',' or '\(Character(Unicode.Scalar(closer)))' is expected here, not \(here())")
                    return false
                }
                problem(.unexpected, at: index, "Missing ',' before \(here())")
            }
            comma = nil
            if kind == .object {
                let key = nodes.count
                guard self.key() else { return false }
                open[level].child = key
                guard colon() else { return false }
            } else {
                open[level].child = Int(nodes[node].count)
            }
            guard value() else { return false }
            open[level].child = nil
            nodes[node].count += 1
            skipSpace()
            if index < text.count, text[index] == UInt8(ascii: ",") {
                comma = index
                index += 1
            }
        }
    }

    /// Reads from the end of a key to its value.
    private mutating func colon() -> Bool {
        skipSpace()
        guard index < text.count else {
            end("The file ends after a key")
            return false
        }
        guard text[index] == UInt8(ascii: ":") else {
            problem(.unexpected, at: index, "':' is expected after a key, not \(here())")
            return false
        }
        index += 1
        skipSpace()
        guard index < text.count else {
            end("The file ends where a value is expected")
            return false
        }
        return true
    }

    private func beginsValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "-"): true
        default: isWordByte(byte)
        }
    }

    private mutating func key() -> Bool {
        switch text[index] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "'"): return singleQuoted()
        case let byte where isWordByte(byte):
            let start = index
            while index < text.count, isWordByte(text[index]) || text[index] == UInt8(ascii: "-") { index += 1 }
            problem(
                .unexpected, at: start, "Keys need double quotes: \"\(String(decoding: text[start..<index].prefix(80), as: UTF8.self))\"")
            append(.string, start: start, count: index - start)
            return true
        default:
            problem(.unexpected, at: index, "A key in double quotes is expected here, not \(here())")
            return false
        }
    }
}

func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "$"):
        true
    default: false
    }
}
