import Git

/// The commit that this machine last left on a state branch, kept as a ref beside it. A branch that no longer contains that commit was
/// rewound or deleted: the branch has forgotten what was applied since then, while devices still have it.
///
/// Only a machine that keeps its cache or state repository can notice this; a new CI runner cannot.
extension StateStore {
    /// `refs/heads/easel/applied` → `refs/easel/seen/heads/easel/applied`. It is not a branch, so that nobody checks it out or pushes it by
    /// accident, but it is a ref, so that Git keeps the commit.
    private static func marker(_ branch: String) -> String { "refs/easel/seen/" + branch.dropFirst("refs/".count) }

    /// Read it before the branch's tip: if another run moves both in between, the tip only has more.
    public func lastSeen(_ branch: String) throws -> ObjectID? {
        switch self {
        case .local(let path), .fetched(let path, _, _): try Repository.openBare(path: path).reference(Self.marker(branch))
        case .remote(let mirror): try mirror.note(Self.marker(branch))
        }
    }

    /// Call it at the end of a run: the next rewind is measured from here.
    public func remember(_ branch: String, at tip: ObjectID?) throws {
        let repository = try Repository.openBare(path: repositoryPath)
        let marker = Self.marker(branch)
        guard try repository.reference(marker) != tip else { return }
        if let tip { try repository.forceReference(marker, to: tip) } else { try repository.deleteReference(marker) }
    }
}

extension StateSnapshot {
    /// Whether the branch contains a commit.
    public func contains(_ commit: ObjectID) throws -> Bool {
        guard let repository, let tip else { return false }
        return try commit == tip || (repository.exists(commit) && repository.mergeBase(tip, commit) == commit)
    }

    /// Whether one commit of the branch comes before another.
    public func precedes(_ one: ObjectID, _ other: ObjectID) throws -> Bool { try one != other && repository?.mergeBase(one, other) == one }

    /// Whether the branch no longer contains the commit that was last seen on it.
    public func isRewound(behind seen: ObjectID?) throws -> Bool {
        guard let seen, let repository, seen != tip else { return false }
        // Where a damaged mirror was replaced, only what the branch contains was fetched again.
        guard let tip, repository.exists(seen) else { return true }
        return try repository.mergeBase(tip, seen) != seen
    }
}
