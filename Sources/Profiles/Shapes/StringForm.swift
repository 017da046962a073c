import Basics

/// The form that a string must have: a regular expression for the JSON Schema, a check for the validator, words for people.
public struct StringForm: Sendable {
    /// Unicode scalars, as JSON Schema counts.
    public let length: ClosedRange<Int>
    /// ECMA-262, anchored; nil: anything.
    public let pattern: String?
    /// A string of this form in words, such as "a GUID": they follow "must be" and "Set it to".
    public let about: String
    let isValid: @Sendable (Substring.UTF8View) -> Bool

    init(length: ClosedRange<Int>, pattern: String?, about: String, isValid: @escaping @Sendable (Substring.UTF8View) -> Bool) {
        self.length = length
        self.pattern = pattern
        self.about = about
        self.isValid = isValid
    }

    public func accepts(_ text: String) -> Bool {
        let count = text.unicodeScalars.count
        return length.contains(count) && isValid(text[...].utf8)
    }

    /// A string on one line, without control characters.
    public static func line(_ length: ClosedRange<Int>) -> StringForm {
        StringForm(
            length: length, pattern: "^[^\\u0000-\\u001F\\u007F]*$",
            about: "a string of \(characters(length)) on one line"
        ) { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    }

    /// A string that may have line breaks.
    public static func text(_ length: ClosedRange<Int>) -> StringForm {
        StringForm(length: length, pattern: nil, about: "a string of \(characters(length))") { _ in true }
    }

    /// "exactly 16 characters", "at most 1000 characters" or "1 to 255 characters".
    static func characters(_ length: ClosedRange<Int>) -> String {
        length.lowerBound == length.upperBound
            ? "exactly \(length.lowerBound) characters"
            : length.lowerBound == 0 ? "at most \(length.upperBound) characters" : "\(length.lowerBound) to \(length.upperBound) characters"
    }

    /// The name of a group, filter, certificate profile or VPN profile.
    public static let name = line(1...255)

    /// The id of a scope tag.
    public static let digits = StringForm(length: 1...20, pattern: "^[0-9]{1,20}$", about: "an id in digits, such as \"7\"") { utf8 in
        utf8.allSatisfy(isDigit)
    }

    /// 8-4-4-4-12 hexadecimal digits in either letter case.
    public static let guid = StringForm(
        length: 36...36, pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        about: "a GUID such as 11111111-2222-4333-8444-555555555555"
    ) { utf8 in
        var position = 0
        for byte in utf8 {
            let isHyphen = position == 8 || position == 13 || position == 18 || position == 23
            if isHyphen ? byte != UInt8(ascii: "-") : !isHexDigit(byte) { return false }
            position += 1
        }
        return position == 36
    }

    /// RFC 1123, section 2.1: labels of letters, digits and hyphens, at most 63 each and 253 in all.
    public static let hostName = StringForm(
        length: 1...253,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
        about: "a host name without scheme, port or path"
    ) { utf8 in
        utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// `13.0`, `17`, `16.7.1`.
    public static let osVersion = StringForm(
        length: 1...12, pattern: "^[0-9]{1,3}(\\.[0-9]{1,3}){0,2}$", about: "a version such as \"17.0\""
    ) { utf8 in
        let parts = utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count <= 3 && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(isDigit) }
    }

    /// The id of a tenant (its folder) or profile (its file).
    public static let id = StringForm(
        length: 1...63, pattern: "^[a-z0-9][a-z0-9-]{0,62}$", about: "at most 63 lower-case letters, digits and hyphens, without a hyphen at the start"
    ) { utf8 in
        utf8.first.map { $0 != UInt8(ascii: "-") } ?? false
            && utf8.allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// The path of a base, from the root of the config repository.
    public static let basePath = StringForm(
        length: 12...255, pattern: "^bases/([A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\\.json$",
        about: "a path from the root of the repository, such as \"bases/exchange-online.json\""
    ) { utf8 in
        let parts = utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 2, String(Substring(parts[0])) == "bases", Substring(utf8).hasSuffix(".json") else { return false }
        return parts.dropFirst().allSatisfy { part in
            guard let first = part.first, isAlphanumeric(first) || first == UInt8(ascii: "_") else { return false }
            return part.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
                && part.count > (part.endIndex == utf8.endIndex ? 5 : 0)
        }
    }

    /// `https://` or `http://` and no white space.
    public static let url = StringForm(
        length: 8...2048, pattern: "^https?://[^\\s\\u0000-\\u001F\\u007F]+$", about: "a URL such as \"https://scep.contoso.com/certsrv/mscep\""
    ) { utf8 in
        let text = Substring(utf8)
        return (text.hasPrefix("https://") && utf8.count > 8 || text.hasPrefix("http://") && utf8.count > 7)
            && !text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F || $0.value == 0xFEFF }
    }

    /// RFC 4648, section 4, with padding.
    public static let base64 = StringForm(
        length: 4...1024, pattern: "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", about: "base64"
    ) { utf8 in
        guard utf8.count % 4 == 0 else { return false }
        let padding = utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return padding <= 2
            && utf8.dropLast(padding).allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
    }
}
