import Basics
import Git

/// Where the state branch is: in a repository on this machine, or in a remote, reached through its mirror.
public enum StateStore {
    case local(path: String)
    /// What a clone on this machine has last fetched of a remote's branch; `ref` has it. It can only be read.
    case fetched(path: String, ref: String, remote: String)
    case remote(Mirror)

    /// The repository to read: the local one, or the mirror.
    public var repositoryPath: String {
        switch self {
        case .local(let path), .fetched(let path, _, _): path
        case .remote(let mirror): mirror.repositoryPath
        }
    }

    public var isRemote: Bool { if case .remote = self { true } else { false } }

    /// The current tip of the branch. For a remote this takes one connection.
    public func currentTip(_ branch: String, _ repository: Repository) throws -> ObjectID? {
        switch self {
        case .local: return try repository.reference(branch)
        case .fetched(_, let ref, _): return try repository.reference(ref)
        case .remote(let mirror):
            let refs = try mirror.fetch(wanted: [], optional: [branch])
            repository.refresh()
            return refs.commits[branch]
        }
    }

    /// The command that sets the branch to a commit.
    func command(setting branch: String, to commit: ObjectID) -> String {
        switch self {
        case .local(let path): "git -C \(shellWord(path)) update-ref \(shellWord(branch)) \(commit)"
        case .fetched(let path, _, let remote): "git -C \(shellWord(path)) push --force \(shellWord(remote)) \(commit):\(shellWord(branch))"
        case .remote(let mirror): "git push --force \(shellWord(redacted(mirror.url))) \(commit):\(shellWord(branch))"
        }
    }

    /// Keeps a repository that only easel writes to from growing without bound. It may fail: nothing depends on it, and what is wrong
    /// with the disk is reported the next time that something is written.
    func tidy(_ repository: Repository) {
        if case .local = self { try? repository.tidy() }
    }

    /// Moves the branch from `old` to `new` only if it is still at `old`; otherwise throws a `GitError` of kind `refMoved`.
    func move(_ branch: String, from old: ObjectID?, to new: ObjectID, _ repository: Repository, message: String) throws {
        switch self {
        case .local: try repository.moveReferenceAlone(branch, from: old, to: new, message: message)
        case .fetched(let path, let ref, _):
            throw GitError(kind: .invalid, operation: "write \(branch) in \(path)", message: "\(ref) only shows what was fetched", help: "Name the remote with --state.")
        case .remote(let mirror): try mirror.push(ref: branch, commit: new, expected: old)
        }
    }
}
