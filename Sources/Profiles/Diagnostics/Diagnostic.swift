import JSONSource

/// An error or warning about the config repository, with its place.
public struct Diagnostic: Hashable, Sendable {
    public enum Severity: String, Sendable { case error, warning }

    public var severity: Severity
    /// Stable; listed in `DiagnosticCode` and `JSONProblemCode`.
    public var code: String
    public var message: String
    /// What to do about it.
    public var help: String?
    /// Path in the config repository.
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in characters.
    public var column: Int
    /// RFC 6901.
    public var pointer: String
    public var tenant: String?
    public var profile: String?
    /// The manifest that uses the file, where the file is a base.
    public var usedBy: String?

    public init(
        severity: Severity = .error, code: String, message: String, help: String? = nil, file: String, line: Int = 1,
        column: Int = 1, pointer: String = "", tenant: String? = nil, profile: String? = nil, usedBy: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.help = help
        self.file = file
        self.line = line
        self.column = column
        self.pointer = pointer
        self.tenant = tenant
        self.profile = profile
        self.usedBy = usedBy
    }

    /// A diagnostic at a value's place.
    public init(
        _ code: DiagnosticCode, severity: Severity = .error, at value: JSONValue, _ message: String, help: String? = nil,
        pointer: String? = nil
    ) {
        let place = value.position
        self.init(
            severity: severity, code: code.rawValue, message: message, help: help, file: value.document.file, line: place.line,
            column: place.column, pointer: pointer ?? value.pointer)
    }

    /// A diagnostic about a file as a whole.
    public init(_ code: DiagnosticCode, severity: Severity = .error, file: String, _ message: String, help: String? = nil) {
        self.init(severity: severity, code: code.rawValue, message: message, help: help, file: file)
    }
}

extension Diagnostic {
    /// The problems that the parser found in a file.
    public static func problems(of document: JSONDocument) -> [Diagnostic] {
        document.problems.map { problem in
            let place = document.position(ofOffset: problem.offset)
            return Diagnostic(
                code: problem.code.rawValue, message: problem.message, help: problem.help, file: document.file,
                line: place.line, column: place.column, pointer: problem.pointer)
        }
    }
}

extension Diagnostic: Comparable {
    /// Orders diagnostics by file, place and code, as in every list of them.
    public static func < (one: Diagnostic, other: Diagnostic) -> Bool {
        if one.file != other.file { return JSONWriter.precedes(one.file, other.file) }
        if one.line != other.line { return one.line < other.line }
        if one.column != other.column { return one.column < other.column }
        if one.code != other.code { return one.code < other.code }
        if one.message != other.message { return JSONWriter.precedes(one.message, other.message) }
        return (one.usedBy ?? "") < (other.usedBy ?? "")
    }
}
