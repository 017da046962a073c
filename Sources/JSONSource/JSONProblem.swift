/// What can be wrong with a file as JSON text, before anybody asks what it means. The raw value is the diagnostic code.
///
/// The grammar is RFC 8259 in UTF-8 and nothing beside it; the limits are easel's own (`JSONLimits`).
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
        case .unexpected: "something else stands where JSON wants a value, a comma, a colon or a bracket"
        case .unexpectedEnd: "the file ends too early"
        case .duplicateKey: "a key that stands twice in one object"
        case .trailingComma: "a comma after the last element"
        case .comment: "a comment; a \"$comment\" key does for objects"
        case .invalidNumber: "a number that is not written as JSON wants it"
        case .invalidString: "a string that is not written as JSON wants it"
        case .loneSurrogate: "an escaped half of a character"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .tooDeep: "more than \(JSONLimits.depth) arrays and objects inside each other"
        case .tooLarge: "a file of more than \(JSONLimits.fileSize) bytes"
        case .byteOrderMark: "a byte order mark before the text"
        case .afterEnd: "something after the end of the value"
        case .invalidLiteral: "a word that is none of true, false and null"
        }
    }

    /// What to do about it, for `easel explain`.
    public var remedy: String {
        switch self {
        case .unexpected: "Look at the place and just before it: a quote, comma or bracket is missing or too many."
        case .unexpectedEnd: "Close what is open; an editor that shows matching brackets finds it."
        case .duplicateKey: "Take one of the two away: which one would count, readers of JSON do not agree."
        case .trailingComma: "Take the comma away."
        case .comment: "Take it away, or write it as a \"$comment\" string in the object that it is about."
        case .invalidNumber: "Write plain digits: no plus sign, no leading zero, digits on both sides of a point."
        case .invalidString: "Write strings in double quotes, on one line, with \\n, \\t, \\\" and \\\\ for what cannot stand as it is."
        case .loneSurrogate: "Write the character itself, or both halves of the escape."
        case .invalidUTF8: "Save the file as UTF-8; PowerShell's Out-File needs -Encoding utf8NoBOM."
        case .tooDeep: "No file of easel's needs such depth: look for brackets that are too many."
        case .tooLarge: "Split it: one profile to a file."
        case .byteOrderMark: "Save the file as UTF-8 without a byte order mark."
        case .afterEnd: "A file is one value: take away what follows it."
        case .invalidLiteral: "Put a text in quotes; otherwise write true, false or null, in lower case."
        }
    }
}

/// One place where a file is not strict JSON.
public struct JSONProblem: Sendable, Equatable {
    public var code: JSONProblemCode
    /// Byte offset into the file at which a reader should look.
    public var offset: Int
    public var message: String
    public var help: String?
    /// RFC 6901 pointer of the innermost value that was being read.
    public var pointer: String
}

/// The limits of a file; past them it is refused, however well formed.
public enum JSONLimits {
    /// Bytes of a file that people write.
    public static let fileSize = 1 << 20
    /// Bytes of a file that easel wrote itself: it grows with the fleet.
    public static let ownFileSize = 64 << 20
    /// Arrays and objects inside each other.
    public static let depth = 64
    /// Problems told per file; a file with more has one cause, not a hundred.
    public static let problems = 100
}
