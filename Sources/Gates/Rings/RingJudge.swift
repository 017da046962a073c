import Basics
import Impact
import Time

/// Holds edits of bases until the tenants of earlier rings have had them for a while.
///
/// Pure: made from what is known of all tenants of named rings, so that it can be asked about one change after the other in any order. An edit
/// of a base waits while, in an earlier ring, a tenant that extends the base is broken, has such an edit in the plan, held or not, or got one
/// less than the ring's hours ago. The rings of several policies judge each by itself.
public struct RingJudge: Sendable {
    /// What a ring says of a base.
    private struct Rest {
        /// Tenants that extend the base and must get its edit first.
        var ahead: [String] = []
        var broken: [String] = []
        /// The latest moment at which an edit was recorded.
        var last: Instant?

        mutating func enter(_ tenant: RingTenant, _ base: String) {
            if tenant.isBroken { broken.append(tenant.id) } else if tenant.pending.contains(base) { ahead.append(tenant.id) }
            if let time = tenant.recorded[base] { last = max(last ?? time, time) }
        }
    }

    /// One ring of one policy; `bases` has every base that a tenant of the ring extends.
    private struct Seat {
        let ring: Ring
        let source: PolicySource
        /// Among all rings of all policies.
        let position: Int
        var bases: [String: Rest] = [:]
    }

    /// The rings of one policy, in their order.
    private struct Row {
        let policy: Policy
        var rings: [Seat]
        /// Tenant → ring, of those that are known: a ring may have many patterns, and a plan many changes.
        var places: [String: Int] = [:]

        func ring(of tenant: String) -> Int { places[tenant] ?? policy.ring(of: tenant) }
    }

    private let rows: [Row]
    private let approvals: ApprovalBook

    /// - Parameters:
    ///   - policies: those for all tenants.
    ///   - tenants: at least all that a ring names.
    init(policies: [Policy], tenants: [RingTenant], approvals: ApprovalBook) {
        self.approvals = approvals
        let tenants = tenants.sorted { $0.id < $1.id }
        var position = 0
        rows = policies.filter { !$0.rings.isEmpty }.map { policy in
            var row = Row(policy: policy, rings: policy.rings.enumerated().map { Seat(ring: $1, source: policy.source, position: position + $0) })
            position += row.rings.count
            for tenant in tenants {
                let ring = policy.ring(of: tenant.id)
                row.places[tenant.id] = ring
                guard ring < row.rings.count else { continue }
                for base in tenant.bases { row.rings[ring].bases[base, default: Rest()].enter(tenant, base) }
            }
            return row
        }
    }

    /// The rings that hold a changed profile, in the order of reports.
    public func holds(_ proposal: Proposal) -> [Hold] {
        guard proposal.isStaged else { return [] }
        return rows.flatMap { row in row.rings.prefix(row.ring(of: proposal.tenant)).compactMap { hold(proposal, $0) } }
    }

    private func hold(_ proposal: Proposal, _ seat: Seat) -> Hold? {
        let ring = seat.ring
        var (ahead, broken): (Set<String>, Set<String>) = ([], [])
        var opening: Instant?
        for rest in proposal.sharedBases.compactMap({ seat.bases[$0] }) {
            ahead.formUnion(rest.ahead)
            broken.formUnion(rest.broken)
            if let opens = rest.last?.adding(seconds: ring.soak), opens > approvals.now { opening = max(opening ?? opens, opens) }
        }
        guard !ahead.isEmpty || !broken.isEmpty || opening != nil else { return nil }
        // Asked last: it may mean a walk through the history.
        if approvals.passesByName(proposal, gate: ring.holdName, outside: seat.source.isOutside) { return nil }
        let wait: Remedy =
            if let opening, ahead.isEmpty, broken.isEmpty {
                .waitUntil(moment: opening)
            } else {
                .waitForRing(ring: ring.name, hours: ring.soakHours, ahead: ahead.sorted(), broken: broken.sorted())
            }
        return Hold(name: ring.holdName, source: seat.source.label, remedies: [wait, .approveUrgently(isOutside: seat.source.isOutside)])
            .placed(at: .ring(seat.position))
    }

    /// Bases whose edit goes to everybody at once, though there are rings: no tenant of a named ring extends them. Each with the names of these
    /// rings.
    ///
    /// - Parameter edited: the bases of all changes that rings stage.
    public func unstaged(_ edited: Set<String>) -> [(base: String, rings: [String])] {
        rows.flatMap { row in
            edited.filter { base in row.rings.allSatisfy { $0.bases[base] == nil } }.sorted().map { ($0, row.policy.rings.map(\.name)) }
        }
    }
}
