import CGitSupport
import Synchronization

/// The version of the libgit2 that this process has loaded, such as `1.5.1`; nothing needs to be started for it.
public var libgit2Version: String {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    // It cannot fail: the code is 0 always.
    _ = git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
}

/// libgit2's process-wide state: it is started once and does not read the user's own Git configuration.
enum LibGit2 {
    /// Call this before any other libgit2 function. Only the first call in the process does any work.
    static func start() throws(GitError) {
        if let failure = startFailure { throw failure }
    }

    // libgit2 caches commits and small trees, never blobs. easel reads most objects once, so a large cache would only use memory.
    private static let cacheBytes = 16 << 20

    // Limits against pack bombs. A real config repository stays far below both.
    static let packObjectLimit = 50_000_000
    private static let packObjectSizeLimit = 1 << 30

    private static let startFailure: GitError? = {
        do throws(GitError) {
            // Not through `check`: before this call libgit2 has no place for a last error, neither to clear nor to read.
            let code = git_libgit2_init()
            if code < 0 { throw GitError(kind: .other, code: code, operation: "start libgit2", message: "it returned \(code)") }
            // A user's `url.insteadOf`, proxies, `core.excludesFile` or `safe.directory` must not change what a run does.
            let levels = [
                GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
            ]
            for level in levels {
                try check(easel_git_set_search_path(level.rawValue, ""), "clear libgit2's configuration search path")
            }
            try check(easel_git_enable_fsync_gitdir(1), "make libgit2 flush to disk")
            try check(easel_git_set_cache_max_size(cacheBytes), "limit libgit2's cache")
            try check(easel_git_set_pack_max_objects(packObjectLimit), "limit the objects of a pack")
            // Debian's libgit2 has this option since the security updates of October 2026; an older one refuses it.
            if let failure = failure(of: easel_git_set_pack_max_object_size(packObjectSizeLimit), "limit the size of an object") {
                throw failure.with(
                    message: "this machine's libgit2 \(libgit2Version) lacks security updates (\(failure.message))",
                    help: "Install them. Debian: apt-get update && apt-get install libgit2-1.5, with bookworm-security among the sources")
            }
            try check(easel_git_accept_harmless_extensions(), "accept extensions of Git's repository format")
            // The check of every object's hash on reading stays on, as by default. It costs 1.6 µs for a blob of 500 bytes.
            return nil
        } catch {
            return error
        }
    }()

    /// Trusts the certificate authorities in a PEM file as well, for HTTPS in the whole process.
    static func trust(certificateFile: String) throws(GitError) {
        try check(easel_git_set_ssl_cert_file(certificateFile), "read the certificate authorities in \(certificateFile)")
    }

    /// Makes one libgit2 call that opens a repository, with libgit2's owner check on or off.
    ///
    /// The switch is process-wide. The lock keeps other threads from opening a repository at the same time, so the trust that was
    /// given for one repository never applies to another.
    static func open(checkingOwner: Bool, _ operation: String, _ call: () -> Int32) throws(GitError) {
        let failure = opening.withLock { _ -> GitError? in
            _ = easel_git_set_owner_validation(checkingOwner ? 1 : 0)
            defer { _ = easel_git_set_owner_validation(1) }
            return Git.failure(of: call(), operation)
        }
        if let failure { throw failure }
    }

    private static let opening = Mutex<Void>(())
}
