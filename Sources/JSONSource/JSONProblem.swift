/// What can be wrong with a file as JSON text, whatever the text means. The raw value is the diagnostic code.
///
/// The grammar is RFC 8259 in UTF-8 and nothing more; the limits are easel's own (`JSONLimits`).
public enum JSONProblemCode: String, Sendable, CaseIterable {
    case unexpected = "JSON001"
    case unexpectedEnd = "JSON002"
    case duplicateKey = "JSON003"
    case trailingComma = "JSON004"
    case comment = "JSON005"
    case invalidNumber = "JSON006"
    case invalidString = "JSON007"
    case loneSurrogate = "JSON008"
    case invalidUTF8 = "JSON009"
    case tooDeep = "JSON010"
    case tooLarge = "JSON011"
    case byteOrderMark = "JSON012"
    case afterEnd = "JSON013"
    case invalidLiteral = "JSON014"

    public var title: String {
        switch self {
        case .unexpected: "A value, comma, colon or bracket is missing"
        case .unexpectedEnd: "The file ends too early"
        case .duplicateKey: "Duplicate key in an object"
        case .trailingComma: "Comma after the last element"
        case .comment: "Comment in JSON"
        case .invalidNumber: "Invalid number"
        case .invalidString: "Invalid string"
        case .loneSurrogate: "Half of a surrogate pair in an escape"
        case .invalidUTF8: "The file is not UTF-8"
        case .tooDeep: "More than \(JSONLimits.depth) levels of arrays and objects"
        case .tooLarge: "The file is larger than \(JSONLimits.fileSize) bytes"
        case .byteOrderMark: "Byte order mark at the start of the file"
        case .afterEnd: "Text after the end of the value"
        case .invalidLiteral: "Unknown word: neither true, false nor null"
        }
    }

    /// What to do about it, for `easel explain`.
    public var remedy: String {
        switch self {
        case .unexpected: "Look at the place that is named, and just before it: there is a quote, comma or bracket too few or too many."
        case .unexpectedEnd: "Close the object, array or string that is open. An editor that shows matching brackets helps to find it."
        case .duplicateKey: "Remove one of the two. Programs that read JSON do not agree on which one counts."
        case .trailingComma: "Remove the comma."
        case .comment: "Remove the comment, or make it a \"$comment\" string in the object that it explains."
        case .invalidNumber: "Write plain digits without a plus sign or leading zeros, and with digits on both sides of a decimal point."
        case .invalidString: "Write strings in double quotes on one line. Write a line break as \\n, a tab as \\t, a quote as \\\" and a backslash as \\\\."
        case .loneSurrogate: "Write the character itself, or both halves of the pair."
        case .invalidUTF8: "Save the file as UTF-8. PowerShell's Out-File needs -Encoding utf8NoBOM."
        case .tooDeep: "No file of a config repository needs that many levels. Look for extra brackets."
        case .tooLarge: "Split the file: each profile has its own."
        case .byteOrderMark: "Save the file as UTF-8 without a byte order mark."
        case .afterEnd: "Remove what follows the value. A file contains exactly one."
        case .invalidLiteral: "Put text in double quotes, or write true, false or null in lower case."
        }
    }
}

/// One place where a file is not strict JSON.
public struct JSONProblem: Sendable, Equatable {
    public var code: JSONProblemCode
    /// Byte offset in the file of the place to look at.
    public var offset: Int
    public var message: String
    public var help: String?
    /// RFC 6901 pointer of the innermost value that was being read.
    public var pointer: String
}

/// The limits of a file. A larger or deeper file is refused even if it is well formed.
public enum JSONLimits {
    /// Bytes of a file that people write.
    public static let fileSize = 1 << 20
    /// Bytes of a file that easel itself wrote, which grows with the number of tenants.
    public static let ownFileSize = 64 << 20
    /// Levels of arrays and objects.
    public static let depth = 64
    /// Problems reported for each file. A file with more has one cause, not a hundred.
    public static let problems = 100
}
