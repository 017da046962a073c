/// Strings, numbers and words.
extension Parser {
    mutating func string() -> Bool {
        let start = index
        var isPlain = true
        index += 1
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") {
                append(.string, start: start, lead: 1, count: index - start - 1, isPlain: isPlain)
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
                    problem(.invalidString, at: start, "The string has no closing quote on its line", help: "Close it with '\"'; write a line break as \\n")
                    return false
                }
                problem(
                    .invalidString, at: index, "Control character 0x\(String(byte, radix: 16, uppercase: true)) in a string",
                    help: "Write it as \(byte == 0x09 ? "\\t" : "an escape \\uXXXX")")
            }
            index += 1
        }
        problem(.invalidString, at: start, "The string has no closing quote", help: "Close it with '\"'")
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
                problem(.invalidString, at: start, "\\u needs four hexadecimal digits")
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
                    problem(.loneSurrogate, at: start, "Half of a surrogate pair is not a character", help: "Write the character itself, or both halves")
                }
            case 0xDC00..<0xE000:
                problem(.loneSurrogate, at: start, "Half of a surrogate pair is not a character", help: "Write the character itself, or both halves")
            default: break
            }
        default:
            problem(.invalidString, at: start, "Unknown escape: '\\' before \(here())", help: "Write a backslash as \\\\")
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

    mutating func singleQuoted() -> Bool {
        let start = index
        problem(.invalidString, at: start, "Strings need double quotes, not single ones")
        index += 1
        while index < text.count, text[index] != UInt8(ascii: "'"), text[index] != 0x0A {
            index += text[index] == UInt8(ascii: "\\") && index + 1 < text.count && text[index + 1] != 0x0A ? 2 : 1
        }
        guard index < text.count, text[index] == UInt8(ascii: "'") else { return false }
        append(.string, start: start, lead: 1, count: index - start - 1)
        index += 1
        return true
    }

    mutating func number() -> Bool {
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
            problem(.invalidNumber, at: start, "'\(String(decoding: text[start..<max(index, start + 1)].prefix(40), as: UTF8.self))' is not a JSON number")
        }
        append(isValid ? .number : .invalid, start: start, count: index - start)
        return index > start
    }

    mutating func word() -> Bool {
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
            case "NaN", "Infinity": problem(.invalidNumber, at: start, "\(text) is not a JSON number")
            case "True", "TRUE", "yes", "on": problem(.invalidLiteral, at: start, "'\(text)' is not a JSON value. Did you mean true?")
            case "False", "FALSE", "no", "off": problem(.invalidLiteral, at: start, "'\(text)' is not a JSON value. Did you mean false?")
            case "None", "nil", "Null", "NULL", "undefined":
                problem(.invalidLiteral, at: start, "'\(text)' is not a JSON value. Did you mean null?")
            default: problem(.invalidLiteral, at: start, "'\(text)' is not a JSON value", help: "Put text in double quotes")
            }
        }
        append(kind, start: start, count: index - start)
        return true
    }
}
