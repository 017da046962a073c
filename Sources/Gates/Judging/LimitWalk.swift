import Impact

/// The one walk of a run past its limits, in the order of tenant id and profile id: a rollout in steps.
///
/// A profile goes out when it fits every limit that counts it. Where it does not fit one, it and everything behind it
/// that this limit counts wait for the next run. One that is larger than a whole limit, or of unknown size, waits for an
/// approval and holds up nobody; an approved one passes and counts.
public struct LimitWalk: Sendable {
    /// What the name of every limit begins with in `heldBy`.
    static let namePrefix = "limit:"

    /// Those of the run before those of the tenant, people before removals.
    private var limits: [Limit]
    private var last: (tenant: String, profile: String)?

    /// - Parameter policies: those for all tenants. Where several set a limit, the smallest counts.
    init(policies: [Policy]) {
        limits = Limit.Kind.allCases.compactMap { kind in
            // The first of equals: `min` keeps it.
            policies.compactMap { Limit(kind, of: $0) }.min { $0.limit < $1.limit }
        }
    }

    /// Everything that holds the profile: `heldBy`, or else the limits that it does not fit.
    ///
    /// Every changed profile must come by, those that gates hold too, in the order of tenant id and profile id.
    ///
    /// - Parameters:
    ///   - heldBy: of `GateKeeper.judge`.
    ///   - approved: `GateKeeper.isApproved`.
    ///   - tenantPolicy: that of the proposal's tenant; its limits count this tenant's profiles alone.
    public mutating func admit(_ proposal: Proposal, heldBy: [Hold], approved: Bool, tenantPolicy: Policy?) -> [Hold] {
        enter(proposal, tenantPolicy)
        guard heldBy.isEmpty, proposal.isChange else { return heldBy }
        let fits = limits.map { approved ? .fits : $0.fit(proposal) }
        if fits.allSatisfy({ $0 == .fits }) {
            for index in limits.indices { limits[index].count(proposal) }
            return []
        }
        // A profile that waits for an approval would hold up the others for as long as nobody gives one.
        if !fits.contains(.tooLarge) {
            for index in limits.indices where fits[index] == .full { limits[index].close() }
        }
        let holds = limits.indices.filter { fits[$0] != .fits }.map { index in
            let limit = limits[index]
            return Hold(
                name: limit.name, source: limit.source, passage: .limit(limit, needsApproval: fits[index] == .tooLarge),
                rank: Hold.Rank(group: limit.kind == .peoplePerRun ? 4 : 5, tenant: limit.tenant ?? "", position: 0))
        }
        return holds.sorted { $0.rank < $1.rank }
    }

    private mutating func enter(_ proposal: Proposal, _ policy: Policy?) {
        let next = (tenant: proposal.tenant, profile: proposal.impact.profile)
        assert(last.map { $0 < next } ?? true, "\(proposal.name) out of order")
        if last?.tenant != proposal.tenant {
            limits.removeAll { $0.tenant != nil }
            if let policy { limits += Limit.Kind.allCases.compactMap { Limit($0, of: policy, tenant: proposal.tenant) } }
        }
        last = next
    }
}
