import Impact
import Profiles
import Time

/// The gates of a run, at the time of the run: decides which of them hold a changed profile.
///
/// Judging is pure and looks at one profile at a time, so any number of threads may judge. Only limits need the profiles in order
/// (`LimitWalk`).
public struct GateKeeper: Sendable {
    public let repository: Policy?
    public let outside: [Policy]
    public let approvals: ApprovalBook
    public var now: Instant { approvals.now }
    /// Those before the gates of the proposal's tenant, and those after them.
    private let first: [Seat]
    private let last: [Seat]

    /// A judge and its place among all.
    private typealias Seat = (rank: Hold.Rank, judge: any Judge)

    public init(repository: Policy?, outside: [Policy] = [], approvals: ApprovalBook) {
        self.repository = repository
        self.outside = outside
        self.approvals = approvals
        let defaults = repository?.defaultsOff == true ? [] : DefaultGates.all
        first = Self.seats(repository.map(PolicyGate.all(of:)) ?? [], Hold.Rank.repository)
        last = Self.seats(outside.flatMap(PolicyGate.all(of:)), Hold.Rank.outside) + Self.seats(defaults, Hold.Rank.defaults)
            + [(.adoption, AdoptFirstGate())]
    }

    /// Whether a plan removes so much that every removal in it needs an approval.
    ///
    /// - Parameter applied: profiles in the applied state of the selected tenants, before the plan.
    public static func isMassRemoval(removals: Int, applied: Int) -> Bool { MassRemovalGate.isMassRemoval(removals: removals, applied: applied) }

    /// Whether a plan takes away everything that a tenant's people have: every applied profile that reached somebody, or every one where
    /// none did. New profiles beside them change nothing.
    public static func isEmptied(applied: [EffectiveProfile], changes: [ProfileImpact]) -> Bool {
        let reaching = applied.filter { !$0[.include].targets.isEmpty }
        let removed = Set(changes.filter(\.isRemoval).map(\.profile))
        return !applied.isEmpty && (reaching.isEmpty ? applied : reaching).allSatisfy { removed.contains($0.id) }
    }

    /// The gates that hold a profile, without limits: the repository's, the tenant's, those from outside, the defaults, adopt-first.
    public func judge(_ proposal: Proposal, facts: PlanFacts) -> Verdict {
        guard proposal.isChange else { return Verdict(holds: [], remembers: []) }
        let own = Self.seats(facts.judges) { Hold.Rank.tenant(proposal.tenant, $0) }
        let holds = [first, own, last].joined().compactMap { seat in seat.judge.judge(proposal, facts, approvals)?.placed(at: seat.rank) }
        return Verdict(holds: holds, remembers: DefaultGates.all.filter { $0.concerns(proposal, facts) }.map(\.name))
    }

    /// The approvals that count for a change, each with the names of the gates that would hold the profile without it.
    public func approvals(for proposal: Proposal, facts: PlanFacts) -> [(approval: Approval, gates: [String])] {
        let given = approvals.given(for: proposal)
        guard !given.isEmpty else { return [] }
        let none = ApprovalBook([], now: now)
        let own = Self.seats(facts.judges) { Hold.Rank.tenant(proposal.tenant, $0) }
        let passed = [first, own, last].joined().compactMap { seat in
            seat.judge.judge(proposal, facts, approvals) == nil ? seat.judge.judge(proposal, facts, none) : nil
        }.names
        let rings = Set(policies.flatMap { $0.rings.map(\.holdName) })
        return given.map { approval in (approval, passed.filter(approval.isFor) + (approval.gates ?? []).filter(rings.contains).sorted()) }
    }

    private var policies: [Policy] { [repository].compactMap(\.self) + outside }

    /// Whether a policy for all tenants limits what goes out.
    public var hasLimits: Bool { policies.contains { !$0.limits.isEmpty } }

    /// Whether a policy has rings, so that what one tenant gets depends on others.
    public var hasRings: Bool { policies.contains { !$0.rings.isEmpty } }
    /// The order in which the run judges tenants.
    public var order: RingOrder { RingOrder(policies) }

    /// For one run with rings.
    ///
    /// - Parameter tenants: at least all that a ring names.
    public func ringJudge(_ tenants: [RingTenant]) -> RingJudge { RingJudge(policies: policies, tenants: tenants, approvals: approvals) }

    /// Patterns of rings that match none of the tenants that there are, each with its policy and ring.
    public func ringsWithoutTenant(among tenants: Set<String>) -> [(pattern: String, ring: String, policy: PolicySource)] {
        policies.flatMap { policy in
            policy.rings.flatMap { ring in ring.tenants.filter { !tenants.contains(where: $0.matches) }.map { ($0.pattern, ring.name, policy.source) } }
        }
    }

    /// For one run, over its changed profiles in the order of rings and ids.
    ///
    /// - Parameter today: people who noticed something in earlier runs of the day (UTC).
    public func limitWalk(today: Int = 0) -> LimitWalk {
        LimitWalk(policies: policies, approvals: approvals, today: today)
    }

    /// For the report of one run.
    public func tally() -> GateTally { GateTally(approvals: approvals) }

    private static func seats(_ judges: [any Judge], _ rank: (Int) -> Hold.Rank) -> [Seat] {
        judges.enumerated().map { (rank($0), $1) }
    }
}

/// What the gates say of one changed profile; limits have not looked at it yet.
public struct Verdict: Sendable {
    /// In the order of reports.
    public let holds: [Hold]
    /// The names of default gates that must remember this removal (the applied state's `removalsHeld`) where anything holds the
    /// profile, also while it is approved and waits for something else: an approval can be withdrawn.
    public let remembers: [String]
}
