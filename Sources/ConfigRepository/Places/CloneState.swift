import Basics
import Git

/// What a clone on this machine knows of the state branch: its own branch of that name, and what it last fetched of its remote's.
struct CloneState {
    /// Full name.
    let branch: String
    let remote: Remote
    let trackingRef: String
    let local: ObjectID?
    let fetched: ObjectID?

    /// Nil for a bare repository, for one without remotes, and for a ref that is not a branch: there, only the ref itself counts.
    init?(_ repository: Repository, _ branch: String) throws {
        guard !repository.isBare else { return nil }
        func tip(_ remote: Remote) throws -> ObjectID? { try remote.trackingRef(of: branch).flatMap { try repository.reference($0) } }
        let remotes = try repository.remotes()
        guard let remote = Self.choice(remotes, tracked: try remotes.filter { try tip($0) != nil }), let ref = remote.trackingRef(of: branch) else { return nil }
        (self.branch, self.remote, trackingRef) = (branch, remote, ref)
        (local, fetched) = (try repository.reference(branch), try tip(remote))
    }

    /// The remote whose branch counts: `origin`, else one whose branch the clone has, else the only one.
    static func choice(_ remotes: [Remote], tracked: [Remote]) -> Remote? {
        remotes.first { $0.name == "origin" } ?? tracked.first ?? (remotes.count == 1 ? remotes.first : nil)
    }

    enum Newer { case local, fetched, neither }

    /// Which of the two contains the other.
    ///
    /// - Parameter contains: whether the first commit has the second in its history.
    func newer(contains: (ObjectID, ObjectID) throws -> Bool) rethrows -> Newer {
        guard let fetched else { return .local }
        guard let local else { return .fetched }
        if try local == fetched || contains(local, fetched) { return .local }
        return try contains(fetched, local) ? .fetched : .neither
    }

    // MARK: What to do

    private var name: String { Places.short(branch) }
    private var suffix: String { name == Places.defaultBranch ? "" : "#\(name)" }
    /// The values of `--state` for the remote's branch, and for the clone's own.
    private var shared: String { "--state \(shellWord(remote.name + suffix))" }
    private func own(_ repo: String) -> String { "--state \(shellWord((repo == remote.name ? "./" + repo : repo) + suffix))" }

    func secondState(beside repo: String) -> GitError {
        GitError(
            kind: .invalid, operation: "write the applied state to \(name) in \(repo)",
            message: "the remote \(remote.name) has this branch, and would not get what is written here",
            help: "To read and push the remote's branch, use \(shared). To write to this clone alone, use \(own(repo)).")
    }

    func unknown(_ error: GitError, beside repo: String) -> GitError {
        GitError(
            kind: error.kind, operation: "find out whether the remote \(remote.name) has the branch \(name)", message: error.message,
            help: [
                error.help, "If the applied state is there, use \(shared), with credentials as for any remote. To write to this clone alone, use \(own(repo)).",
            ].compactMap(\.self).joined(separator: " "))
    }

    func split(in repository: Repository, beside repo: String) -> GitError {
        let folder = shellWord(repository.workTree ?? repository.path)
        return GitError(
            kind: .invalid, operation: "read the applied state in \(repo)",
            message: "\(name) and \(remote.name)/\(name) are two states: neither contains the other",
            help: """
                Find out which one says what devices have: easel history \(own(repo)), and easel history \(shared). Name it with --state, or delete the local one if it \
                is not needed: git -C \(folder) branch -D \(name).
                """)
    }
}
