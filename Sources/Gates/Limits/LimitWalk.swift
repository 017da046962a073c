import Impact

/// Applies the limits of a run to its profiles, in the order of rings, then tenant id and profile id: a rollout in steps.
///
/// A profile goes out when it fits every limit that counts it. When it does not fit one, it and everything behind it that this
/// limit counts wait for a later run. A profile that is larger than a whole limit, or of unknown size, waits for an approval and does not
/// delay the others; once approved it goes out in a run in which nothing that the limit counts went out before it, and fills the
/// limit. An approval passes no limit otherwise.
public struct LimitWalk: Sendable {
    /// Those of the run before those of the tenant.
    private var allowances: [Allowance]
    private let approvals: ApprovalBook
    private let order: RingOrder
    private var last: (tenant: String, profile: String)?

    /// - Parameters:
    ///   - policies: those for all tenants. When several set a limit, the smallest counts.
    ///   - today: people who noticed something in earlier runs of the day.
    init(policies: [Policy], approvals: ApprovalBook, today: Int) {
        self.approvals = approvals
        order = RingOrder(policies)
        let all = policies.flatMap { Allowance.all(of: $0, today: today) }
        allowances = Limits.all.indices.compactMap { position in
            // The first of equals: `min` keeps it.
            all.filter { $0.position == position }.min { $0.amount < $1.amount }
        }
    }

    /// Everything that holds the profile: `heldBy`, or else the limits that it does not fit.
    ///
    /// Must be called for every changed profile, also for those that gates hold, in the order of rings, then tenant id and profile id.
    ///
    /// - Parameters:
    ///   - heldBy: the holds in `GateKeeper.judge`'s verdict.
    ///   - facts: as for `GateKeeper.judge`; the limits in its policy count this tenant's profiles alone.
    public mutating func admit(_ proposal: Proposal, heldBy: [Hold], facts: PlanFacts) -> [Hold] {
        enter(proposal, facts)
        guard heldBy.isEmpty, proposal.isChange else { return heldBy }
        let fits = allowances.map { $0.fit(proposal, isApproved: approvals.approves(proposal, outside: $0.source.isOutside)) }
        if fits.allSatisfy({ $0 == .fits }) {
            for index in allowances.indices { allowances[index].count(proposal) }
            return []
        }
        // A profile that waits for an approval would delay the others for as long as nobody gives one.
        if !fits.contains(.tooLarge) {
            for index in allowances.indices where fits[index] == .full { allowances[index].close() }
        }
        return allowances.indices.filter { fits[$0] != .fits }.map { allowances[$0].hold(fits[$0]) }.sorted { $0.rank < $1.rank }
    }

    private mutating func enter(_ proposal: Proposal, _ facts: PlanFacts) {
        let next = (tenant: proposal.tenant, profile: proposal.impact.profile)
        assert(last.map { $0.tenant == next.tenant ? $0.profile < next.profile : order.precedes($0.tenant, next.tenant) } ?? true, "\(proposal.name) out of order")
        if last?.tenant != proposal.tenant {
            allowances.removeAll { $0.tenant != nil }
            if let policy = facts.policy { allowances += Allowance.all(of: policy, tenant: proposal.tenant, today: facts.peopleToday) }
        }
        last = next
    }
}
