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
    /// Bytes.
    public static let fileSize = 1 << 20
    /// Arrays and objects inside each other.
    public static let depth = 64
    /// Problems told per file; a file with more has one cause, not a hundred.
    public static let problems = 100
}
