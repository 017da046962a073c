import Time

/// What rings ask of a tenant: which bases its profiles extend, and what has become of the edits of those.
public struct RingTenant: Sendable, Hashable {
    public let id: String
    /// Paths of the bases that its manifests extend, directly or not.
    public var bases: Set<String>
    /// With errors in its files it stays as applied, and nobody knows what an edit does to it.
    public var isBroken: Bool
    /// Bases of which an edit is in the plan, held or not, that somebody notices there.
    public var pending: Set<String>
    /// Base → when such an edit was last recorded.
    public var recorded: [String: Instant]

    public init(id: String, bases: Set<String>, isBroken: Bool = false, pending: Set<String> = [], recorded: [String: Instant] = [:]) {
        self.id = id
        self.bases = bases
        self.isBroken = isBroken
        self.pending = pending
        self.recorded = recorded
    }
}

extension Proposal {
    /// Whether rings stage the change: it has its cause in a base, and somebody notices it. Creations and removals never count.
    var isStaged: Bool { !sharedBases.isEmpty && isNoticed && (impact.action == .update || impact.action == .reinstall) }

    /// The bases whose edit it brings, as far as rings stage it.
    public var stagedBases: Set<String> { isStaged ? sharedBases : [] }
}
