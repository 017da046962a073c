import AppliedState
import ConfigRepository
import Gates
import Git
import Payloads
import Planning
import Profiles
import Rendering
import ReportModel

/// What a mode makes of one tenant. One per thread.
protocol TenantPlanner: AnyObject {
    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep
}

enum TenantStep {
    /// Nothing is left to judge.
    case done(Outcome)
    case planned(TenantPlan, folder: TenantFolder?)
}

/// What became of one tenant.
struct Outcome {
    let id: String
    /// Nil: it is as it was, and nothing of it was read.
    var report: TenantReport?
    var factChanges: [FactChange] = []
    /// Of a plan or review: which manifests follow the edits of bases.
    var baseFollowers: OverriddenBaseEdits.Followers = [:]
    var holds: [(proposal: Proposal, by: [Hold])] = []
    /// Profiles that no gate holds and that were not published.
    var unpublished: Set<String> = []
    var policyIsBroken = false
    /// What the tenant's policy says about signed commits.
    var signatureDemand: SignatureDemand?
    var rendered = TenantRenderer.Rendered()
    /// Earlier folders of the tenant that it takes its entries from, moved or not.
    var former: Set<String> = []
    /// Applied profiles before, and after.
    var profilesBefore = 0
    var profilesAfter = 0
    var isInConfig = true
    /// In a drift run: what its live source says beside its profiles.
    var live = LiveRemarks()
    /// Of a tenant that is as it was, for rings: the bases that its manifests extend, and when edits of them were recorded.
    var bases: [String: String] = [:]
    var sharedChanges: [String: String] = [:]
}

/// A tenant between plan and verdict, with what the gates say of each change.
struct Draft {
    let step: TenantStep
    var holds: [(proposal: Proposal, verdict: Verdict, by: [Hold])] = []
    var facts = PlanFacts()
    /// What became of the operations of a run that publishes, by profile.
    var publishing: [String: PublishingResult] = [:]

    /// Lets limits look at the changes; called in the order of tenants.
    mutating func admit(_ walk: inout LimitWalk) {
        for index in holds.indices { holds[index].by = walk.admit(holds[index].proposal, heldBy: holds[index].verdict.holds, facts: facts) }
    }
}

/// Plans, judges and renders tenants, one by one. One per thread: it has repositories of its own.
final class TenantWorker {
    private let context: RunContext
    private let planner: any TenantPlanner
    private var renderer: TenantRenderer
    /// Only where edits of bases are looked at.
    private let loader: TenantLoader?

    init(_ context: RunContext) throws {
        self.context = context
        planner =
            switch context.request.mode {
            case .drift(let comparison): try DriftPlanner(context, comparison)
            case .adopt(let source): try AdoptionPlanner(context, source)
            case .review: try ReviewPlanner(context)
            case .validate: try ValidationPlanner(context)
            case .plan, .reconcile: try ReconcilePlanner(context)
            }
        renderer = try TenantRenderer()
        loader = [.plan, .review].contains(context.request.mode.command) ? try context.revision.loader() : nil
    }

    func planAndJudge(_ tenant: Candidates.Tenant) throws -> Draft {
        try context.request.checkCancelled()
        let step = try planner.plan(tenant)
        guard case .planned(let plan, _) = step else { return Draft(step: step) }
        let facts = PlanFacts(
            policy: plan.desired?.policy, tenantIsEmptied: plan.isEmptied, isMassRemoval: context.isMassRemoval,
            removalsHeld: plan.applied.removalsHeld, peopleToday: DayLedger(days: plan.applied.ledger).people(on: DayLedger.day(context.request.now)),
            adoption: plan.adoption(isReview: context.request.mode.isReview))
        let holds = plan.changes.map { change in
            let bases = context.hasRings ? plan.desired?.sharedBases(of: change) ?? [] : []
            let proposal = Proposal(tenant: plan.id, formerTenant: plan.formerTenant(of: change.profile), impact: change, sharedBases: bases)
            return (proposal: proposal, verdict: context.keeper.judge(proposal, facts: facts), by: [Hold]())
        }
        return Draft(step: step, holds: holds, facts: facts)
    }

    func render(_ draft: Draft) throws -> Outcome {
        let (plan, folder): (TenantPlan, TenantFolder?)
        switch draft.step {
        case .done(let outcome): return outcome
        case .planned(let planned, let entry): (plan, folder) = (planned, entry)
        }
        var heldBy: [String: [String]] = [:]
        var waiting: Set<String> = []
        var verdict = TenantVerdict()
        let holds = plan.holdingTogether(draft.holds)
        for (proposal, judged, by) in holds where !by.isEmpty {
            heldBy[proposal.impact.profile] = by.names
            if by.allSatisfy(\.isWaiting) { waiting.insert(proposal.impact.profile) }
            for gate in judged.remembers { verdict.removalsHeld[gate, default: []].insert(proposal.impact.profile) }
        }
        var report = plan.report(heldBy: heldBy, waiting: waiting, now: context.request.now)
        report.enter(draft.publishing)
        let leftovers = Leftovers(plan, publishing: draft.publishing, unpublished: draft.unpublished, hasLooked: context.request.repairs)
        report.diagnostics += leftovers.diagnostics
        verdict.heldSince = heldSince(holds, plan)
        if !plan.isBroken {
            let provenance = Provenance(edits: context.edits, keeper: context.keeper, heldSince: verdict.heldSince, heldBefore: plan.applied.heldSince)
            try provenance.complete(&report, holds.map(\.proposal), draft.facts)
        }
        let before = plan.applied.ids.count
        var outcome = Outcome(
            id: plan.id, report: report, factChanges: plan.factChanges, holds: holds.map { ($0.proposal, $0.by) }, policyIsBroken: plan.desired?.policyIsBroken ?? false,
            signatureDemand: plan.desired?.policy?.signatureDemand, profilesBefore: before, profilesAfter: before,
            isInConfig: folder != nil)
        outcome.unpublished = draft.unpublished.union(leftovers.unwanted)
        outcome.former = Set(plan.applied.former.map(\.id))
        if let loader, let desired = plan.desired { outcome.baseFollowers = try context.baseEdits.followers(in: desired, before: plan.basesBefore, loader) }
        if case .reconcile = context.request.mode, !plan.isBroken {
            verdict.held = Set(heldBy.keys).union(draft.unpublished)
            verdict.published = draft.publishing.compactMapValues(\.live)
            verdict.unpublished = leftovers.records(now: context.request.now.description)
            (verdict.ledger, verdict.sharedChanges) = (ledger(draft, plan), sharedChanges(holds, draft.unpublished, plan))
            outcome.rendered = try renderer.render(
                plan, verdict, source: folder, commit: context.revision.source.commit?.description ?? "", report: report.json())
            // What was let through was sent: nothing is left for another publisher.
            if context.request.delivery.publishing != nil { outcome.rendered.operations = [] }
            let folders = outcome.rendered.folders.filter { context.request.selection.contains($0.id) }
            (outcome.profilesBefore, outcome.profilesAfter) = (folders.reduce(0) { $0 + $1.before }, folders.reduce(0) { $0 + $1.after })
        }
        return outcome
    }

    /// Held profile → gate → since when it holds the profile: now, or since an earlier run.
    private func heldSince(_ holds: [(proposal: Proposal, verdict: Verdict, by: [Hold])], _ plan: TenantPlan) -> [String: [String: String]] {
        let (before, now) = (plan.applied.heldSince, context.request.now.description)
        return holds.reduce(into: [:]) { all, hold in
            for gate in hold.by.names { all[hold.proposal.impact.profile, default: [:]][gate] = before[hold.proposal.impact.profile]?[gate] ?? now }
        }
    }

    /// When edits of bases that the tenant extends were recorded: now those that go out.
    private func sharedChanges(_ holds: [(proposal: Proposal, verdict: Verdict, by: [Hold])], _ unpublished: Set<String>, _ plan: TenantPlan) -> [String: String] {
        var times = plan.applied.sharedChanges
        if context.hasRings {
            let now = context.request.now.description
            for hold in holds where hold.by.isEmpty && !unpublished.contains(hold.proposal.impact.profile) { for base in hold.proposal.stagedBases { times[base] = now } }
        }
        return times.filter { plan.desired?.bases[$0.key] != nil }
    }

    /// The tenant's people by day, where its own policy limits them.
    private func ledger(_ draft: Draft, _ plan: TenantPlan) -> [String: Int] {
        guard plan.desired?.policy?.countsDays == true else { return [:] }
        var ledger = DayLedger(days: plan.applied.ledger)
        for hold in draft.holds where hold.by.isEmpty && !draft.unpublished.contains(hold.proposal.impact.profile) { ledger.enter(hold.proposal.peopleOfTheDay, on: DayLedger.day(context.request.now)) }
        return ledger.days
    }
}

extension TenantReport {
    /// Enters what became of the operations; what failed, or was not sent, is an error.
    fileprivate mutating func enter(_ results: [String: PublishingResult]) {
        for position in profiles.indices {
            let id = profiles[position].impact.profile
            guard let result = results[id] else { continue }
            profiles[position].publishing = result
            guard profiles[position].heldBy.isEmpty, let message = result.message, result.status != .awaitingApproval else { continue }
            let what = switch result.status {
                case .failed: "was not published"
                case .notSent: "was not sent to Intune"
                case .published, .awaitingApproval: "was published"
            }
            let place = profiles[position].places.first
            var diagnostic = Diagnostic(
                .notPublished, severity: result.status == .published ? .warning : .error, file: place?.file ?? "tenants/\(self.id)/profiles/\(id).json", "\(self.id)/\(id) \(what): \(message)",
                help: result.help)
            (diagnostic.tenant, diagnostic.profile) = (self.id, id)
            diagnostics.append(diagnostic)
        }
    }
}
