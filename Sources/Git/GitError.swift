import CGitSupport
import Glibc

/// Everything that can go wrong in this module.
///
/// `description` is for a person at 2 a.m.: what was tried, why it failed and, where something can be done, what.
/// It never holds a password: texts pass through ``redacted(_:)``.
public struct GitError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller may act on.
    public enum Kind: Sendable {
        /// A repository, revision, ref or object does not exist.
        case notFound
        /// The repository belongs to another user of this machine.
        case ownership
        /// The remote wants credentials, or refused the ones it got.
        case authentication
        /// The host key or TLS certificate of the remote is not trusted.
        case certificate
        /// The remote could not be reached, or the connection broke.
        case network
        /// A ref is not where the caller expected it: fetch, build upon it, and try again.
        case refMoved
        /// Another process holds a lock.
        case locked
        /// The remote understood and said no.
        case rejected
        /// A repository format that libgit2 cannot read.
        case unsupported
        /// Bytes in the repository are not what they should be.
        case corrupt
        /// The caller's input is not valid.
        case invalid
        /// An object is larger than the limit.
        case tooLarge
        /// The caller asked to stop.
        case cancelled
        /// Anything else: a full disk, a missing permission.
        case other
    }

    public var kind: Kind
    /// libgit2's return code; 0 where the error is easel's own or the operating system's.
    public var code: Int32
    /// What was being done: "open repository /srv/config".
    public var operation: String
    /// Why it failed.
    public var message: String
    /// What to do next.
    public var help: String?

    public init(kind: Kind, code: Int32 = 0, operation: String, message: String, help: String? = nil) {
        self.kind = kind
        self.code = code
        self.operation = redacted(operation)
        self.message = redacted(message)
        self.help = help.map { redacted($0) }
    }

    /// Whether it is about one object alone, that is missing or not what it should be, so that the others may be read.
    public var isOfOneObject: Bool { [.notFound, .corrupt, .invalid].contains(kind) }

    public var description: String {
        let first = "cannot \(operation): \(message)"
        guard let help else { return first }
        let ended = first.hasSuffix(".") || first.hasSuffix("!") || first.hasSuffix("?")
        return ended ? "\(first) \(help)" : "\(first). \(help)"
    }

    /// The same error with another kind, message or help, where the caller knows more than libgit2.
    func with(kind: Kind? = nil, message: String? = nil, help: String? = nil) -> GitError {
        GitError(
            kind: kind ?? self.kind, code: code, operation: operation, message: message ?? self.message,
            help: help ?? self.help)
    }

    /// An error of the operating system, from `errno`.
    static func system(_ number: Int32, _ operation: String, help: String? = nil) -> GitError {
        let advice =
            switch number {
            case ENOSPC, EDQUOT: "Make room on that file system and run again; nothing was changed."
            case EACCES, EPERM, EROFS: "Check who owns that path, and that this user may write there."
            default: String?.none
            }
        return GitError(
            kind: .other, operation: operation, message: String(cString: strerror(number)), help: help ?? advice)
    }
}

/// The one place where a libgit2 return code becomes an error.
///
/// Write the call itself as the first argument: libgit2 keeps its message per thread and only until the next call, so
/// it is read here at once. `operation` is only built when the call failed.
func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(GitError) {
    if code < 0 { throw lastError(code, operation()) }
}

/// libgit2's last error on this thread, typed.
func lastError(_ code: Int32, _ operation: String) -> GitError {
    var message = "libgit2 answered \(code) and gave no reason"
    var errorClass: Int32 = 0
    if let last = git_error_last() {
        errorClass = last.pointee.klass
        if let text = last.pointee.message { message = String(cString: text) }
    }
    var kind = kind(code: code, errorClass: errorClass)
    // Where it walks history, libgit2 answers −1 for a commit that is missing.
    if kind == .other, message.hasPrefix("object not found") { kind = .notFound }
    return GitError(kind: kind, code: code, operation: operation, message: message)
}

private func kind(code: Int32, errorClass: Int32) -> GitError.Kind {
    switch code {
    case GIT_ENOTFOUND.rawValue, GIT_EUNBORNBRANCH.rawValue: return .notFound
    case GIT_EMODIFIED.rawValue: return .refMoved
    case GIT_ELOCKED.rawValue: return .locked
    case GIT_EAUTH.rawValue: return .authentication
    case GIT_ECERTIFICATE.rawValue: return .certificate
    case GIT_ENONFASTFORWARD.rawValue: return .rejected
    case GIT_EINVALIDSPEC.rawValue, GIT_EINVALID.rawValue, GIT_EAMBIGUOUS.rawValue: return .invalid
    case GIT_EUSER.rawValue: return .cancelled
    case GIT_EOWNER.rawValue: return .ownership
    case GIT_EMISMATCH.rawValue: return .corrupt
    default: break
    }
    switch UInt32(bitPattern: errorClass) {
    case GIT_ERROR_NET.rawValue, GIT_ERROR_SSL.rawValue, GIT_ERROR_SSH.rawValue, GIT_ERROR_HTTP.rawValue:
        return .network
    case GIT_ERROR_ZLIB.rawValue, GIT_ERROR_INDEXER.rawValue, GIT_ERROR_OBJECT.rawValue, GIT_ERROR_TREE.rawValue,
        GIT_ERROR_TAG.rawValue, GIT_ERROR_SHA.rawValue:
        return .corrupt
    default: return .other
    }
}
