import CGitSupport
import Glibc

/// Everything that can go wrong in this module.
///
/// `description` is for a person at 2 a.m.: it says what was tried, why it failed and, where possible, what to do.
/// It never contains a password: all texts pass through ``redacted(_:)``.
public struct GitError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The cases that a caller can react to.
    public enum Kind: Sendable {
        /// A repository, revision, ref or object does not exist.
        case notFound
        /// The repository belongs to another user of this machine.
        case ownership
        /// The remote asks for credentials, or refused the ones that it got.
        case authentication
        /// The host key or TLS certificate of the remote is not trusted.
        case certificate
        /// The remote could not be reached, or the connection broke.
        case network
        /// A ref is not where the caller expected it: fetch, build on the new commit, and try again.
        case refMoved
        /// Another process holds a lock.
        case locked
        /// The remote understood the request and refused it.
        case rejected
        /// A repository format that libgit2 cannot read.
        case unsupported
        /// An object or file of the repository is damaged.
        case corrupt
        /// The caller's input is not valid.
        case invalid
        /// An object is larger than the limit.
        case tooLarge
        /// The caller cancelled the work.
        case cancelled
        /// Anything else: a full disk, a missing permission.
        case other
    }

    public var kind: Kind
    /// libgit2's return code; 0 for an error of easel itself or of the operating system.
    public var code: Int32
    /// The part of libgit2 that failed; `GIT_ERROR_NONE` for an error that is not libgit2's.
    var errorClass = GIT_ERROR_NONE
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

    /// Whether only one object is missing or damaged, so that the others can still be read.
    public var isOfOneObject: Bool { [.notFound, .corrupt, .invalid].contains(kind) }

    public var description: String {
        let first = "cannot \(operation): \(message)"
        guard let help else { return first }
        let ended = first.hasSuffix(".") || first.hasSuffix("!") || first.hasSuffix("?")
        return ended ? "\(first) \(help)" : "\(first). \(help)"
    }

    /// The same error with another kind, message or help, for a caller that knows more than libgit2.
    func with(kind: Kind? = nil, message: String? = nil, help: String? = nil) -> GitError {
        var error = GitError(
            kind: kind ?? self.kind, code: code, operation: operation, message: message ?? self.message, help: help ?? self.help)
        error.errorClass = errorClass
        return error
    }

    /// An error of the operating system, from `errno`.
    static func system(_ number: Int32, _ operation: String, help: String? = nil) -> GitError {
        let advice =
            switch number {
            case ENOSPC, EDQUOT: "Free some space on that file system and run again; nothing was changed."
            case EACCES, EPERM, EROFS: "Check who owns that path and whether this user can write to it."
            default: String?.none
            }
        return GitError(
            kind: .other, operation: operation, message: String(cString: strerror(number)), help: help ?? advice)
    }
}

/// Makes one libgit2 call and throws its failure.
///
/// Write the call itself as the first argument. `operation` says what was being done and is only built when the call fails.
func check(_ call: @autoclosure () -> Int32, _ operation: @autoclosure () -> String) throws(GitError) {
    if let failure = failure(of: call(), operation()) { throw failure }
}

/// Makes one libgit2 call; `nil` when it succeeds. For callers that handle some failures themselves.
///
/// This is the one place where a return code becomes an error. libgit2 keeps its last message per thread, until another failure
/// replaces it, and some failures set none: so the message is cleared before the call and read before anything else is called.
func failure(of call: @autoclosure () -> Int32, _ operation: @autoclosure () -> String) -> GitError? {
    git_error_clear()
    let code = call()
    guard code < 0 else { return nil }
    var message = "libgit2 returned \(code) without a message"
    var errorClass = GIT_ERROR_NONE
    if let last = git_error_last() {
        errorClass = git_error_t(UInt32(bitPattern: last.pointee.klass))
        if let text = last.pointee.message { message = String(cString: text) }
    }
    var kind = kind(code: code, errorClass: errorClass)
    // Where it walks history, libgit2 returns -1 for a commit that is missing. Its class, the object database, is also that of
    // damaged packs, so only the message tells the two apart.
    if kind == .other, errorClass == GIT_ERROR_ODB, message.hasPrefix("object not found") { kind = .notFound }
    var error = GitError(kind: kind, code: code, operation: operation(), message: message)
    error.errorClass = errorClass
    return error
}

private func kind(code: Int32, errorClass: git_error_t) -> GitError.Kind {
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
    switch errorClass {
    case GIT_ERROR_NET, GIT_ERROR_SSL, GIT_ERROR_SSH, GIT_ERROR_HTTP: return .network
    case GIT_ERROR_ZLIB, GIT_ERROR_INDEXER, GIT_ERROR_OBJECT, GIT_ERROR_TREE, GIT_ERROR_TAG, GIT_ERROR_SHA: return .corrupt
    default: return .other
    }
}
