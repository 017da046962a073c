/// Strict RFC 8259 in one pass over the bytes, into the flat index.
///
/// It goes on after what a person plainly meant (a comment, a trailing comma, `True`), so that one run tells all of a
/// file's problems; it stops where any guess would bring false ones.
struct Parser {
    private(set) var nodes: [Node] = []
    private(set) var problems: [JSONProblem] = []
    private(set) var isComplete = true

    private var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var index = 0
    private var depth = 0
    /// Nodes of the open containers, for the pointers of problems.
    private var open: [Int] = []

    init(size: Int) {
        // easel's manifests have a value per 16 bytes or so.
        nodes.reserveCapacity(size / 14 + 4)
    }

    mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= JSONLimits.fileSize else {
            isComplete = false
            problems = [
                JSONProblem(
                    code: .tooLarge, offset: 0, message: "the file has \(bytes.count) bytes, more than \(JSONLimits.fileSize)",
                    help: "split it: one profile to a file", pointer: "")
            ]
            return
        }
        text = bytes
        if let bad = Self.firstInvalidUTF8(bytes) {
            isComplete = false
            let looksLikeUTF16 = bytes.count >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))
            problem(
                .invalidUTF8, at: bad, looksLikeUTF16 ? "the file is UTF-16, not UTF-8" : "the file is not valid UTF-8 here",
                help: "save the file as UTF-8 without a byte order mark")
            return
        }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            problem(.byteOrderMark, at: 0, "the file begins with a byte order mark", help: "save it as UTF-8 without one")
            index = 3
        }
        skipSpace()
        guard index < text.count else {
            end("the file is empty; a JSON value is expected")
            return
        }
        guard value() else {
            close()
            return
        }
        skipSpace()
        if index < text.count {
            problem(.afterEnd, at: index, "unexpected text after the end of the JSON value", help: "a file holds one value")
        }
    }

    /// After a stop, containers that are still open get their extent, so that what was read can be walked.
    private mutating func close() {
        isComplete = false
        for node in open { nodes[node].next = UInt32(nodes.count) }
        if let last = nodes.last, last.kind == .string, let container = open.last, nodes[container].kind == .object,
            isDanglingKey(nodes.count - 1, of: container)
        {
            nodes.removeLast()
            nodes[container].count -= 1
            for node in open { nodes[node].next = UInt32(nodes.count) }
        }
    }

    private func isDanglingKey(_ target: Int, of container: Int) -> Bool {
        var child = container + 1
        while child < nodes.count {
            guard child + 1 < nodes.count else { return child == target }
            child = Int(nodes[child + 1].next)
        }
        return false
    }

    // MARK: Problems

    private mutating func problem(_ code: JSONProblemCode, at offset: Int, _ message: String, help: String? = nil) {
        guard problems.count < JSONLimits.problems else { return }
        problems.append(JSONProblem(code: code, offset: offset, message: message, help: help, pointer: pointer()))
    }

    private func pointer() -> String {
        var pointer = ""
        for (level, container) in open.enumerated() {
            let node = nodes[container]
            guard node.count > 0 else { break }
            var child = container + 1
            // The last child begun is where reading stands: an open container, or the last one in the index.
            let inner = level + 1 < open.count ? open[level + 1] : nodes.count
            var last = child
            var position = -1
            while child < inner {
                last = child
                position += 1
                let value = node.kind == .object ? child + 1 : child
                guard value < inner, value < nodes.count else { break }
                child = Int(nodes[value].next)
                if child == 0 { break }
            }
            if node.kind == .array, level + 1 < open.count, inner == child { position += 1 }
            pointer += "/"
            if node.kind == .object {
                pointer += escapedForPointer(text(of: nodes[last]))
            } else {
                pointer += String(max(0, position))
            }
        }
        return pointer
    }

    private func text(of key: Node) -> String {
        let start = Int(key.start) + 1
        return String(decoding: unescaped(Array(text[start..<start + Int(key.count)])[...]), as: UTF8.self)
    }

    private mutating func end(_ message: String) {
        isComplete = false
        let opener = open.last.map { Int(nodes[$0].start) }
        problem(
            .unexpectedEnd, at: text.count, message,
            help: opener.map { "the \(text[$0] == UInt8(ascii: "{") ? "object" : "array") opened at line \(line(of: $0)) is not closed" })
    }

    private func line(of offset: Int) -> Int {
        1 + text[..<offset].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }

    /// What stands at `index`, for a message.
    private func here() -> String {
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
        problem(.comment, at: index, "JSON has no comments", help: "put the text into a \"$comment\" member")
        if text[index] == UInt8(ascii: "/"), text[index + 1] == UInt8(ascii: "*") {
            index += 2
            while index + 1 < text.count, !(text[index] == UInt8(ascii: "*") && text[index + 1] == UInt8(ascii: "/")) { index += 1 }
            index = min(index + 2, text.count)
        } else {
            while index < text.count, text[index] != UInt8(ascii: "\n") { index += 1 }
        }
    }

    /// Reads one value; false where reading cannot go on.
    private mutating func value() -> Bool {
        switch text[index] {
        case UInt8(ascii: "{"): return container(.object)
        case UInt8(ascii: "["): return container(.array)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "'"): return singleQuoted()
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case let byte where isWordByte(byte): return word()
        default:
            problem(.unexpected, at: index, "a JSON value is expected here, not \(here())")
            return false
        }
    }

    private mutating func append(_ kind: Node.Kind, start: Int, count: Int, isPlain: Bool = true) {
        nodes.append(
            Node(kind: kind, isPlain: isPlain, start: UInt32(start), count: UInt32(count), next: UInt32(nodes.count + 1)))
    }

    private mutating func container(_ kind: Node.Kind) -> Bool {
        let closer = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        let node = nodes.count
        guard open.count < JSONLimits.depth else {
            problem(.tooDeep, at: index, "more than \(JSONLimits.depth) arrays and objects inside each other")
            return false
        }
        append(kind, start: index, count: 0)
        open.append(node)
        index += 1
        var comma: Int?
        while true {
            skipSpace()
            guard index < text.count else {
                end("the file ends inside \(kind == .object ? "an object" : "an array")")
                return false
            }
            if text[index] == closer {
                if let comma {
                    problem(.trailingComma, at: comma, "a comma before '\(Character(Unicode.Scalar(closer)))'", help: "take the comma away")
                }
                index += 1
                break
            }
            if nodes[node].count > 0, comma == nil {
                guard beginsValue(text[index]) else {
                    problem(.unexpected, at: index, "',' or '\(Character(Unicode.Scalar(closer)))' is expected here, not \(here())")
                    return false
                }
                problem(.unexpected, at: index, "a ',' is missing before \(here())")
            }
            comma = nil
            nodes[node].count += 1
            if kind == .object {
                guard key() else { return false }
                skipSpace()
                guard index < text.count else {
                    end("the file ends after a key")
                    return false
                }
                guard text[index] == UInt8(ascii: ":") else {
                    problem(.unexpected, at: index, "':' is expected after a key, not \(here())")
                    return false
                }
                index += 1
                skipSpace()
                guard index < text.count else {
                    end("the file ends where a value is expected")
                    return false
                }
            }
            guard value() else { return false }
            skipSpace()
            if index < text.count, text[index] == UInt8(ascii: ",") {
                comma = index
                index += 1
            }
        }
        nodes[node].next = UInt32(nodes.count)
        if kind == .object { checkDuplicates(node) }
        open.removeLast()
        return true
    }

    private func beginsValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "-"): true
        default: isWordByte(byte)
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "$"):
            true
        default: false
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
                .unexpected, at: start, "keys stand in double quotes: \"\(String(decoding: text[start..<index], as: UTF8.self))\"")
            // The node's text begins after where a quote would stand; there is always a byte before a key.
            append(.string, start: start - 1, count: index - start)
            return true
        default:
            problem(.unexpected, at: index, "a key in double quotes is expected here, not \(here())")
            return false
        }
    }

    private mutating func string() -> Bool {
        let start = index
        var isPlain = true
        index += 1
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") {
                append(.string, start: start, count: index - start - 1, isPlain: isPlain)
                index += 1
                return true
            }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                escape()
                continue
            }
            if byte < 0x20 {
                if byte == 0x0A || byte == 0x0D {
                    problem(.invalidString, at: start, "the string is not closed on its line", help: "close it with '\"'; a line break in a value is written \\n")
                    return false
                }
                problem(
                    .invalidString, at: index, "the string holds a bare control character 0x\(String(byte, radix: 16, uppercase: true))",
                    help: "write it as \(byte == 0x09 ? "\\t" : "an escape \\uXXXX")")
            }
            index += 1
        }
        problem(.invalidString, at: start, "the string is not closed", help: "close it with '\"'")
        return false
    }

    private mutating func escape() {
        let start = index
        index += 1
        guard index < text.count else { return }
        switch text[index] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(at: index + 1) else {
                problem(.invalidString, at: start, "\\u takes four hexadecimal digits")
                index += 1
                return
            }
            index += 5
            switch unit {
            case 0xD800..<0xDC00:
                if index + 1 < text.count, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u"),
                    let low = codeUnit(at: index + 2), (0xDC00..<0xE000).contains(low)
                {
                    index += 6
                } else {
                    problem(.loneSurrogate, at: start, "half of a surrogate pair: no character", help: "write the character itself, or both halves")
                }
            case 0xDC00..<0xE000:
                problem(.loneSurrogate, at: start, "half of a surrogate pair: no character", help: "write the character itself, or both halves")
            default: break
            }
        default:
            problem(.invalidString, at: start, "no JSON escape: '\\' before \(here())", help: "a backslash itself is written \\\\")
            if text[index] >= 0x20, text[index] != UInt8(ascii: "\"") { index += 1 }
        }
    }

    private func codeUnit(at start: Int) -> UInt32? {
        guard start + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for position in start..<start + 4 {
            guard let nibble = hexValue(text[position]) else { return nil }
            value = value << 4 | UInt32(nibble)
        }
        return value
    }

    private mutating func singleQuoted() -> Bool {
        let start = index
        problem(.invalidString, at: start, "strings stand in double quotes, not in single ones")
        index += 1
        while index < text.count, text[index] != UInt8(ascii: "'"), text[index] != 0x0A { index += 1 }
        guard index < text.count, text[index] == UInt8(ascii: "'") else { return false }
        append(.string, start: start, count: index - start - 1)
        index += 1
        return true
    }

    private mutating func number() -> Bool {
        let start = index
        var isValid = true
        func digits(_ parser: inout Parser) -> Int {
            let first = parser.index
            while parser.index < parser.text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(parser.text[parser.index]) {
                parser.index += 1
            }
            return parser.index - first
        }
        if text[index] == UInt8(ascii: "-") { index += 1 }
        let first = index
        let whole = digits(&self)
        if whole == 0 || (whole > 1 && text[first] == UInt8(ascii: "0")) { isValid = false }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            if digits(&self) == 0 { isValid = false }
        }
        if index < text.count, text[index] == UInt8(ascii: "e") || text[index] == UInt8(ascii: "E") {
            index += 1
            if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
            if digits(&self) == 0 { isValid = false }
        }
        while index < text.count, isWordByte(text[index]) || text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: "+") {
            isValid = false
            index += 1
        }
        if !isValid {
            problem(.invalidNumber, at: start, "'\(String(decoding: text[start..<max(index, start + 1)].prefix(40), as: UTF8.self))' is no JSON number")
        }
        append(isValid ? .number : .invalid, start: start, count: index - start)
        return index > start
    }

    private mutating func word() -> Bool {
        let start = index
        while index < text.count, isWordByte(text[index]) { index += 1 }
        let word = UnsafeBufferPointer(rebasing: text[start..<index])
        func matches(_ literal: StaticString) -> Bool {
            literal.utf8CodeUnitCount == word.count && (0..<word.count).allSatisfy { literal.utf8Start[$0] == word[$0] }
        }
        let kind: Node.Kind
        if matches("true") {
            kind = .true
        } else if matches("false") {
            kind = .false
        } else if matches("null") {
            kind = .null
        } else {
            kind = .invalid
            let text = String(decoding: word.prefix(40), as: UTF8.self)
            switch text {
            case "NaN", "Infinity": problem(.invalidNumber, at: start, "\(text) is no JSON number")
            case "True", "TRUE", "yes", "on": problem(.invalidLiteral, at: start, "'\(text)' is no JSON value; did you mean true?")
            case "False", "FALSE", "no", "off": problem(.invalidLiteral, at: start, "'\(text)' is no JSON value; did you mean false?")
            case "None", "nil", "Null", "NULL", "undefined":
                problem(.invalidLiteral, at: start, "'\(text)' is no JSON value; did you mean null?")
            default: problem(.invalidLiteral, at: start, "'\(text)' is no JSON value", help: "text stands in double quotes")
            }
        }
        append(kind, start: start, count: index - start)
        return true
    }

    // MARK: Keys

    private mutating func checkDuplicates(_ object: Int) {
        let count = Int(nodes[object].count)
        guard count > 1 else { return }
        if count <= 16 {
            var seen: [Int] = []
            seen.reserveCapacity(count)
            var child = object + 1
            while child < Int(nodes[object].next) {
                if let earlier = seen.first(where: { sameKey($0, child) }) { duplicate(child, earlier) }
                seen.append(child)
                child = Int(nodes[child + 1].next)
            }
        } else {
            var seen: [String: Int] = [:]
            seen.reserveCapacity(count)
            var child = object + 1
            while child < Int(nodes[object].next) {
                // Swift compares strings by canonical equivalence; JSON keys are the same only by code points.
                let name = keyBytes(nodes[child]).map { String($0, radix: 16) }.joined(separator: " ")
                if let earlier = seen[name] { duplicate(child, earlier) } else { seen[name] = child }
                child = Int(nodes[child + 1].next)
            }
        }
    }

    private func sameKey(_ one: Int, _ other: Int) -> Bool {
        let (a, b) = (nodes[one], nodes[other])
        if a.isPlain, b.isPlain {
            guard a.count == b.count else { return false }
            let (first, second) = (Int(a.start) + 1, Int(b.start) + 1)
            for position in 0..<Int(a.count) where text[first + position] != text[second + position] { return false }
            return true
        }
        return keyBytes(a) == keyBytes(b)
    }

    private func keyBytes(_ key: Node) -> [UInt8] {
        let start = Int(key.start) + 1
        return unescaped(Array(text[start..<start + Int(key.count)])[...])
    }

    private mutating func duplicate(_ key: Int, _ earlier: Int) {
        problem(
            .duplicateKey, at: Int(nodes[key].start), "the key '\(text(of: nodes[key]))' stands twice in this object",
            help: "it stands first at line \(line(of: Int(nodes[earlier].start)))")
    }

    // MARK: UTF-8

    /// Offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7).
    private static func firstInvalidUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 0
        let count = text.count
        let raw = UnsafeRawBufferPointer(text)
        while index < count {
            if index + 8 <= count, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                index += 8
                continue
            }
            let byte = text[index]
            if byte < 0x80 {
                index += 1
                continue
            }
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch byte {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return index
            }
            guard index + length <= count, second.contains(text[index + 1]) else { return index }
            for offset in 2..<max(2, length) where text[index + offset] & 0xC0 != 0x80 { return index }
            index += length
        }
        return nil
    }
}
