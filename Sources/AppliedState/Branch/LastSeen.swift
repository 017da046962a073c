import Git

/// What this machine last left on a state branch, kept as a ref beside it: a branch that no longer holds that commit was rewound
/// or deleted, and what was applied since then is forgotten there while devices still have it.
///
/// A machine without memory (a new CI runner) cannot tell; one that keeps its cache or state repository can.
extension StateStore {
    /// `refs/heads/easel/applied` → `refs/easel/seen/heads/easel/applied`: no branch, so that nobody checks it out or pushes it by
    /// chance, and a ref, so that Git keeps what it leads to.
    private static func marker(_ branch: String) -> String { "refs/easel/seen/" + branch.dropFirst("refs/".count) }

    /// To be read before the branch's tip: another run may move both meanwhile, and then the tip only has more.
    public func lastSeen(_ branch: String) throws -> ObjectID? { try Repository.openBare(path: repositoryPath).reference(Self.marker(branch)) }

    /// After what was done is told: the next rewind is told from here.
    public func remember(_ branch: String, at tip: ObjectID?) throws {
        let repository = try Repository.openBare(path: repositoryPath)
        let marker = Self.marker(branch)
        guard try repository.reference(marker) != tip else { return }
        if let tip { try repository.forceReference(marker, to: tip) } else { try repository.deleteReference(marker) }
    }
}

extension StateSnapshot {
    /// Whether the branch no longer holds what was seen on it.
    public func isRewound(behind seen: ObjectID?) throws -> Bool {
        guard let seen, let repository, seen != tip else { return false }
        guard let tip else { return true }
        return try repository.mergeBase(tip, seen) != seen
    }
}
