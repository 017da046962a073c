import AppliedState
import Basics
import Gates
import Planning
import Profiles
import Time

/// The first pass of a run with rings: plans and judges all tenants, lets rings and limits look at the changes in the order of rings, and keeps
/// nothing of it but what holds each change. The second pass plans again, one tenant after the other, in the order of ids.
struct RingPass {
    /// Tenant → profile → everything that holds its change.
    private var holds: [String: [String: [Hold]]] = [:]
    /// Edits that rings cannot stage.
    let diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - watched: tenants of earlier rings that this run does not record.
    ///   - walk: at its beginning.
    init(_ context: RunContext, _ tenants: [Candidates.Tenant], watched: [Candidates.Tenant], _ walk: LimitWalk) throws {
        var drafts: [String: Judged] = [:]
        try workInOrder(
            tenants + watched, width: context.request.width, worker: { try TenantWorker(context) }, begin: { worker, tenant in Judged(try worker.planAndJudge(tenant)) }, inOrder: { _ in },
            finish: { _, judged in judged },
            take: { found, done in
                for judged in found { drafts[judged.ring.id] = judged }
                context.request.progress?(RunProgress(.judging, done, of: tenants.count + watched.count))
            })
        let judge = context.keeper.ringJudge(drafts.values.map(\.ring))
        for tenant in watched { drafts[tenant.id] = nil }
        var walk = walk
        var edited: Set<String> = []
        for id in context.keeper.order.sorted(drafts.keys) {
            guard let judged = drafts[id] else { continue }
            for (proposal, verdict) in judged.verdicts {
                edited.formUnion(proposal.stagedBases)
                holds[id, default: [:]][proposal.impact.profile] = walk.admit(proposal, heldBy: verdict.holds + judge.holds(proposal), facts: judged.facts)
            }
        }
        diagnostics = judge.unstaged(edited).map { base, rings in
            Diagnostic(
                .unstagedEdit, severity: .warning, file: base, "\(base) has changed, and no tenant of \(Self.words(rings)) extends it: everybody gets the change at once",
                help: "Let a tenant of the first ring extend it, or name one that does")
        }
    }

    /// Enters into the draft of a tenant what the first pass has found.
    func admit(_ draft: inout Draft) {
        for index in draft.holds.indices {
            let proposal = draft.holds[index].proposal
            draft.holds[index].by = holds[proposal.tenant]?[proposal.impact.profile] ?? draft.holds[index].verdict.holds
        }
    }

    private static func words(_ rings: [String]) -> String { "\(rings.count == 1 ? "ring" : "rings") \(rings.joined(separator: ", "))" }

    /// What stays of a tenant's draft.
    private struct Judged {
        let ring: RingTenant
        let verdicts: [(proposal: Proposal, verdict: Verdict)]
        let facts: PlanFacts

        init(_ draft: Draft) {
            verdicts = draft.holds.map { ($0.proposal, $0.verdict) }
            facts = draft.facts
            switch draft.step {
            case .done(let outcome):
                ring = RingTenant(
                    id: outcome.id, bases: Set(outcome.bases.keys), isBroken: outcome.report?.status == .failed, recorded: Self.instants(outcome.sharedChanges))
            case .planned(let plan, _):
                // Of a broken tenant nobody knows all that its manifests extend.
                let bases = Set(plan.desired?.bases.keys.map(\.self) ?? []).union(plan.isBroken ? Set(plan.basesBefore.keys) : [])
                let pending = draft.holds.reduce(into: Set<String>()) { $0.formUnion($1.proposal.stagedBases) }
                ring = RingTenant(id: plan.id, bases: bases, isBroken: plan.isBroken, pending: pending, recorded: Self.instants(plan.applied.sharedChanges))
            }
        }

        private static func instants(_ times: [String: String]) -> [String: Instant] { times.compactMapValues { Instant($0) } }
    }
}
