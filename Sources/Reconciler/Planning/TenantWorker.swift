import AppliedState
import ConfigRepository
import Gates
import Git
import Profiles
import ReportModel

/// What all threads of a run share: values, or objects with their own locks.
struct RunContext: Sendable {
    let request: RunRequest
    let revision: ConfigRevision
    let baseline: ConfigRevision?
    let keeper: GateKeeper
    let listing: StateListing
    let storePath: String?
    /// Tenants that were broken when they were last looked at.
    let failedBefore: Set<String>
    let isMassRemoval: Bool

    init(_ prepared: Preparation, isMassRemoval: Bool) throws {
        request = prepared.request
        revision = prepared.revision
        baseline = prepared.baseline
        keeper = prepared.gates.keeper
        listing = prepared.snapshot.listing
        storePath = prepared.opened.store?.store.repositoryPath
        failedBefore = prepared.rootState.failed
        self.isMassRemoval = isMassRemoval
    }

    /// The applied state, for one thread.
    func snapshot() throws -> StateSnapshot { StateSnapshot(listing, repository: try storePath.map(Repository.openBare(path:))) }
}

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
    var holds: [(proposal: Proposal, by: [Hold])] = []
    var policyIsBroken = false
    /// The tenant's policy, where it asks for signed commits.
    var signatureAsker: String?
    var rendered = TenantRenderer.Rendered()
    /// Applied profiles before, and after.
    var profilesBefore = 0
    var profilesAfter = 0
    var isInConfig = true
    /// Graph's other objects that a live source showed: type → count.
    var otherObjects: [String: Int] = [:]
}

/// A tenant between plan and verdict, with what the gates say of each change.
struct Draft {
    let step: TenantStep
    var holds: [(proposal: Proposal, verdict: Verdict, by: [Hold])] = []
    var facts = PlanFacts()

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
    }

    func planAndJudge(_ tenant: Candidates.Tenant) throws -> Draft {
        try context.request.checkCancelled()
        let step = try planner.plan(tenant)
        guard case .planned(let plan, _) = step else { return Draft(step: step) }
        let facts = PlanFacts(
            policy: plan.desired?.policy, tenantIsEmptied: plan.isEmptied, isMassRemoval: context.isMassRemoval,
            removalsHeld: plan.applied?.state.removalsHeld ?? [:],
            peopleToday: DayLedger(days: plan.applied?.state.ledger ?? [:]).people(on: DayLedger.day(context.request.now)))
        let holds = plan.changes.map { change in
            let proposal = Proposal(tenant: plan.id, impact: change)
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
        var removalsHeld: [String: Set<String>] = [:]
        for (proposal, verdict, by) in draft.holds where !by.isEmpty {
            heldBy[proposal.impact.profile] = by.names
            for gate in verdict.remembers { removalsHeld[gate, default: []].insert(proposal.impact.profile) }
        }
        let report = plan.report(heldBy: heldBy, now: context.request.now)
        let before = plan.applied?.state.profiles.count ?? 0
        var outcome = Outcome(
            id: plan.id, report: report, holds: draft.holds.map { ($0.proposal, $0.by) }, policyIsBroken: plan.desired?.policyIsBroken ?? false,
            signatureAsker: plan.desired?.policy.flatMap { $0.requireSignedCommits ? $0.source.label : nil }, profilesBefore: before, profilesAfter: before,
            isInConfig: folder != nil)
        if case .reconcile = context.request.mode, !plan.isBroken {
            outcome.rendered = try renderer.render(
                plan, held: Set(heldBy.keys), removalsHeld: removalsHeld, ledger: ledger(draft, plan), source: folder, commit: context.revision.source.commit?.description ?? "",
                report: report.json())
            outcome.profilesAfter = outcome.rendered.profileCount
        }
        return outcome
    }

    /// The tenant's people by day, where its own policy limits them.
    private func ledger(_ draft: Draft, _ plan: TenantPlan) -> [String: Int] {
        guard plan.desired?.policy?.countsDays == true else { return [:] }
        var ledger = DayLedger(days: plan.applied?.state.ledger ?? [:])
        for hold in draft.holds where hold.by.isEmpty { ledger.enter(hold.proposal.peopleOfTheDay, on: DayLedger.day(context.request.now)) }
        return ledger.days
    }
}
