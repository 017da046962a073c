import CGitSupport

extension Mirror {
    /// Moves a branch of the remote to a commit of the mirror, only if it is still at `expected` (nil: only if it does not exist yet)
    /// and only forwards.
    ///
    /// Throws ``GitError/Kind/refMoved`` when the remote's branch is elsewhere: fetch, build on it, and try again. Throws
    /// ``GitError/Kind/rejected``, with the server's own message, when the server refuses. When the connection breaks after everything
    /// was sent, the remote is asked once more for the result.
    public func push(
        ref: String, commit: ObjectID, expected: ObjectID?, options: FetchOptions? = nil
    ) throws(GitError) {
        let options = options ?? self.options
        let lock = try lock(options)
        defer { _ = lock.descriptor }
        upkeep.sweep()
        let operation = "push \(commit.short) to \(ref) of \(url)"
        let repository = try Repository.openBare(path: repositoryPath)
        // libgit2 pushes refs, not commits, so the commit gets a ref. It also keeps the commit in the mirror.
        let lent = Mirror.ownPrefix + "push"
        try repository.forceReference(lent, to: commit)

        do throws(GitError) {
            let session = try RemoteSession(url: url, repository: repository, options: options)
            let list = try session.connect(GIT_DIRECTION_PUSH, operation)
            let current = list.first { $0.name == ref }?.id
            guard current == expected else { throw GitError.moved(ref, from: expected, to: current, operation) }
            if current != commit, let refusal = try session.upload(localRef: lent, remoteRef: ref, operation) {
                throw GitError(
                    kind: .rejected, operation: operation, message: "the server refused: \(refusal)",
                    help: PushRefusal.help(refusal, ref: ref))
            }
        } catch {
            if error.kind == .refMoved { throw error }
            // Either somebody else was faster, or the push succeeded and only the answer was lost: the remote's list shows it.
            switch remoteState(of: ref, repository, options, operation) {
            case .some(let now) where now == commit: break
            case .some(let now) where now != expected: throw GitError.moved(ref, from: expected, to: now, operation)
            default: throw error
            }
        }
        try repository.forceReference(ref, to: commit)
        try repository.deleteReference(lent)
    }

    /// The outer `nil` means that the remote could not be asked.
    private func remoteState(
        of ref: String, _ repository: Repository, _ options: FetchOptions, _ operation: String
    ) -> ObjectID?? {
        guard let session = try? RemoteSession(url: url, repository: repository, options: options),
            let list = try? session.connect(GIT_DIRECTION_FETCH, operation)
        else { return .none }
        return .some(list.first { $0.name == ref }?.id)
    }
}
