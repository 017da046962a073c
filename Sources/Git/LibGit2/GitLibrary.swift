import CGitSupport

/// The libgit2 that this process runs with.
public struct GitLibrary: Sendable, Hashable {
    /// `1.9.0`.
    public let version: String
    public let hasHTTPS: Bool
    public let hasSSH: Bool

    /// - Throws: where it cannot be started.
    public init() throws(GitError) {
        try LibGit2.start()
        var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
        _ = git_libgit2_version(&major, &minor, &revision)
        version = "\(major).\(minor).\(revision)"
        let features = UInt32(bitPattern: git_libgit2_features())
        hasHTTPS = features & GIT_FEATURE_HTTPS.rawValue != 0
        hasSSH = features & GIT_FEATURE_SSH.rawValue != 0
    }
}
