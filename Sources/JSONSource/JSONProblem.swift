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
