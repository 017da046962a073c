import Impact
import Time

/// The policies of a run at its moment: says of each changed profile which gates hold it.
///
/// Judging is pure and looks at one profile at a time, so any number of threads may judge; only limits need the profiles
/// in order (`LimitWalk`).
public struct GateKeeper: Sendable {
    public let repository: Policy?
    public let outside: [Policy]
    public let approvals: ApprovalBook
    public var now: Instant { approvals.now }

    public init(repository: Policy?, outside: [Policy] = [], approvals: ApprovalBook) {
        self.repository = repository
        self.outside = outside
        self.approvals = approvals
    }

    /// Whether a plan removes so much that every removal in it needs an approval.
    public static func isMassRemoval(removals: Int, applied: Int) -> Bool { DefaultGate.isMassRemoval(removals: removals, applied: applied) }

    public func isApproved(_ proposal: Proposal) -> Bool { approvals.approves(proposal.impact.fingerprint) }

    /// The gates that hold a profile, without limits: the repository's, the tenant's, those from outside, the defaults.
    ///
    /// - Parameters:
    ///   - tenantPolicy: that of the proposal's tenant.
    ///   - tenantIsEmptied: the plan removes every applied profile of this tenant, or this removal has been held for that before.
    ///   - massRemoval: `isMassRemoval` of the whole plan, or this removal has been held for that before.
    public func judge(_ proposal: Proposal, tenantPolicy: Policy?, tenantIsEmptied: Bool, massRemoval: Bool) -> [Hold] {
        guard proposal.isChange else { return [] }
        let isApproved = isApproved(proposal)
        var holds: [Hold] = []
        func judge(_ policy: Policy, group: Int, tenant: String = "", from start: Int = 0) {
            for (position, gate) in policy.gates.enumerated() where gate.holds(proposal, isApproved: isApproved, now: now) {
                holds.append(
                    Hold(
                        name: gate.name, source: policy.source.label,
                        passage: .gate(gate, needsApproval: gate.require == .approval && !isApproved),
                        rank: Hold.Rank(group: group, tenant: tenant, position: start + position)))
            }
        }
        if let repository { judge(repository, group: 0) }
        if let tenantPolicy { judge(tenantPolicy, group: 1, tenant: proposal.tenant) }
        var start = 0
        for policy in outside {
            judge(policy, group: 2, from: start)
            start += policy.gates.count
        }
        guard repository?.defaultsOff != true else { return holds }
        for (position, gate) in DefaultGate.allCases.enumerated()
        where gate.holds(proposal, isApproved: isApproved, tenantIsEmptied: tenantIsEmptied, massRemoval: massRemoval) {
            holds.append(
                Hold(
                    name: gate.rawValue, source: DefaultGate.source, passage: .defaultGate, rank: Hold.Rank(group: 3, tenant: "", position: position)))
        }
        return holds
    }

    /// For one run, over its changed profiles in order.
    public func limitWalk() -> LimitWalk { LimitWalk(policies: [repository].compactMap { $0 } + outside) }

    /// For the report of one run.
    public func tally() -> GateTally { GateTally(approvals: approvals) }
}
