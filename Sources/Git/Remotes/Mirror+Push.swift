import CGitSupport

extension Mirror {
    /// Moves a branch of the remote to a commit of the mirror, only if it is still at `expected` (nil: only if it does
    /// not exist yet) and only forwards.
    ///
    /// ``GitError/Kind/refMoved`` when the remote's branch is elsewhere: fetch, build upon it, try again.
    /// ``GitError/Kind/rejected`` when the server refuses, in the server's own words. When the connection breaks after
    /// everything was sent, the remote is asked once more how it ended.
    public func push(
        ref: String, commit: ObjectID, expected: ObjectID?, options: FetchOptions? = nil
    ) throws(GitError) {
        let options = options ?? self.options
        let lock = try lock(options)
        defer { _ = lock.descriptor }
        upkeep.sweep()
        let operation = "push \(commit.short) to \(ref) of \(url)"
        let repository = try Repository.openBare(path: repositoryPath)
        // libgit2 pushes refs, not commits: lend it one. It keeps the commit alive in the mirror, too.
        let lent = Mirror.ownPrefix + "push"
        try repository.forceReference(lent, to: commit)

        do throws(GitError) {
            let session = try RemoteSession(url: url, repository: repository, options: options)
            let list = try session.connect(GIT_DIRECTION_PUSH, operation)
            let current = list.first { $0.name == ref }?.id
            guard current == expected else { throw moved(ref, expected, current, operation) }
            if current != commit, let refusal = try session.upload(localRef: lent, remoteRef: ref, operation) {
                throw GitError(
                    kind: .rejected, operation: operation, message: "the server refused: \(refusal)",
                    help: "Check the branch's protection and the server's hooks.")
            }
        } catch {
            if error.kind == .refMoved { throw error }
            // Refused because somebody was faster? Or done, and only the answer lost? The remote's list tells.
            switch remoteState(of: ref, repository, options, operation) {
            case .some(let now) where now == commit: break
            case .some(let now) where now != expected: throw moved(ref, expected, now, operation)
            default: throw error
            }
        }
        try repository.forceReference(ref, to: commit)
        try repository.deleteReference(lent)
    }

    private func moved(_ ref: String, _ expected: ObjectID?, _ current: ObjectID?, _ operation: String) -> GitError {
        GitError(
            kind: .refMoved, operation: operation,
            message: "\(ref) was expected at \(expected.map(\.description) ?? "nothing") "
                + "and is at \(current.map(\.description) ?? "nothing")",
            help: "Someone else moved it meanwhile; run again.")
    }

    /// Outer `nil`: it could not be asked.
    private func remoteState(
        of ref: String, _ repository: Repository, _ options: FetchOptions, _ operation: String
    ) -> ObjectID?? {
        guard let session = try? RemoteSession(url: url, repository: repository, options: options),
            let list = try? session.connect(GIT_DIRECTION_FETCH, operation)
        else { return .none }
        return .some(list.first { $0.name == ref }?.id)
    }
}
