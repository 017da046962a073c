import Git

/// Where the state branch lives: a repository on this machine, or a remote through its mirror.
public enum StateStore {
    case local(path: String)
    case remote(Mirror)

    public var repositoryPath: String {
        switch self {
        case .local(let path): path
        case .remote(let mirror): mirror.repositoryPath
        }
    }

    public var isRemote: Bool { if case .remote = self { true } else { false } }

    /// The tip of the branch now, at its home. For a remote this is one connection.
    public func currentTip(_ branch: String, _ repository: Repository) throws -> ObjectID? {
        switch self {
        case .local: return try repository.reference(branch)
        case .remote(let mirror):
            let refs = try mirror.fetch(wanted: [], optional: [branch])
            repository.refresh()
            return refs.commits[branch]
        }
    }

    /// Keeps what easel alone writes to from growing without bound. Nothing depends on it, so that a disk without room for it
    /// fails no run; what is wrong is told the next time that something is written.
    func tidy(_ repository: Repository) {
        if case .local = self { try? repository.tidy() }
    }

    /// Moves the branch from `old` to `new`, only if it is still at `old`; `GitError.refMoved` if not.
    func move(_ branch: String, from old: ObjectID?, to new: ObjectID, _ repository: Repository, message: String) throws {
        switch self {
        case .local: try repository.moveReferenceAlone(branch, from: old, to: new, message: message)
        case .remote(let mirror): try mirror.push(ref: branch, commit: new, expected: old)
        }
    }
}
