import AppliedState
import ConfigRepository
import Gates
import Git
import Impact
import Profiles
import ReportModel
import Time

/// What all workers of a run share; values only, or their own locks.
struct RunContext: Sendable {
    let request: RunRequest
    let source: ConfigSource
    let storePath: String?
    let listing: StateListing
    let rootState: RootState
    let bases: Bases
    let baseFiles: [String: ConfigEntry]
    let zones: ZoneStore
    let keeper: GateKeeper
    let massRemoval: Bool
    let baseline: Baseline?
    let views: any ReportViews
}

/// What a review compares with.
struct Baseline: Sendable {
    let source: ConfigSource
    let root: [ConfigEntry]
    let bases: Bases
    let baseFiles: [String: ConfigEntry]
}

/// One tenant, worked off.
struct Outcome {
    let id: String
    /// Nil: as it was, and nothing of it was read.
    let report: TenantReport?
    let holds: [(proposal: Proposal, by: [Hold])]
    let policyIsBroken: Bool
    /// The tenant's policy, where it asks for signed commits.
    var signatureAsker: String?
    var rendered = TenantRenderer.Rendered()
    /// Applied profiles before, and after.
    let profilesBefore: Int
    let profilesAfter: Int
    let inConfig: Bool
}

/// Works tenants off, one by one. One per thread: it has repositories of its own.
final class Worker {
    private let context: RunContext
    private let loader: TenantLoader
    /// Of the revision that a review compares with.
    private let before: TenantLoader?
    private let state: StateSnapshot
    private var renderer: TenantRenderer

    init(_ context: RunContext) throws {
        self.context = context
        loader = TenantLoader(
            reader: try context.source.reader(), bases: context.bases, baseFiles: context.baseFiles, zones: context.zones)
        before = try context.baseline.map { baseline in
            TenantLoader(reader: try baseline.source.reader(), bases: baseline.bases, baseFiles: baseline.baseFiles, zones: context.zones)
        }
        // The owner was looked at when the run opened it.
        state = StateSnapshot(context.listing, repository: try context.storePath.map(Repository.openBare(path:)))
        renderer = try TenantRenderer()
    }

    /// A tenant that was looked at, between plan and verdict.
    enum Step {
        /// Nothing is to be planned: it is as it was, or only validated.
        case checked(Outcome)
        case planned(TenantPlan, folder: ConfigEntry?)
    }

    func plan(_ candidate: Candidates.Tenant) throws -> Step {
        if let before, let baseline = context.baseline { return try review(candidate, before, baseline) }
        let applied = context.request.mode == .validate ? nil : try state.tenant(candidate.id)
        if let applied, isUnchanged(candidate, applied.state) {
            let count = applied.state.profiles.count
            return .checked(
                Outcome(
                    id: candidate.id, report: nil, holds: [], policyIsBroken: false, profilesBefore: count, profilesAfter: count,
                    inConfig: candidate.folder != nil))
        }
        let desired = try candidate.folder.map { try loader.load(candidate.id, $0) }
        if context.request.mode == .validate, let desired { return .checked(outcome(desired)) }
        return .planned(try TenantPlan(id: candidate.id, desired: desired, applied: applied), folder: candidate.folder)
    }

    private func review(_ candidate: Candidates.Tenant, _ loader: TenantLoader, _ baseline: Baseline) throws -> Step {
        var desired = try candidate.folder.map { try self.loader.load(candidate.id, $0) }
        if let desired, !desired.isBroken, !desired.folderID.isEmpty, desired.folderID == candidate.before?.id,
            desired.bases.allSatisfy({ !$0.value.isEmpty && baseline.baseFiles[$0.key]?.id == $0.value })
        {
            let count = desired.manifestCount
            return .checked(
                Outcome(id: candidate.id, report: nil, holds: [], policyIsBroken: false, profilesBefore: count, profilesAfter: count, inConfig: true))
        }
        let was = try candidate.before.map { try loader.load(candidate.id, $0) }
        if let was, was.isBroken {
            // What is applied is older than that revision, so nobody can say here what changes.
            let cause = was.diagnostics.first { $0.severity == .error }
            let place = cause.map { " (\($0.file):\($0.line):\($0.column): \($0.message))" } ?? ""
            desired = desired ?? DesiredTenant(id: candidate.id)
            var warning = Diagnostic(
                .notComparable, severity: .warning, file: "tenants/\(candidate.id)",
                "tenant \(candidate.id) is broken in the revision compared with, so what changes for its people cannot be told\(place)",
                help: "\"easel plan\" compares with what was really applied")
            warning.tenant = candidate.id
            desired?.diagnostics.append(warning)
            desired?.isIncomparable = true
        }
        return .planned(TenantPlan(id: candidate.id, desired: desired, baseline: was), folder: candidate.folder)
    }

    /// That of a tenant that is compared with nothing.
    private func outcome(_ desired: DesiredTenant) -> Outcome {
        let report = TenantReport(
            id: desired.id, displayName: desired.tenant?.displayName ?? desired.id, status: desired.isBroken ? .failed : .ok, profiles: [],
            unchanged: desired.manifestCount, diagnostics: desired.diagnostics)
        return Outcome(
            id: desired.id, report: report, holds: [], policyIsBroken: desired.policyIsBroken, profilesBefore: 0,
            profilesAfter: desired.manifestCount, inConfig: true)
    }

    private func isUnchanged(_ candidate: Candidates.Tenant, _ state: TenantState) -> Bool {
        guard let folder = candidate.folder, !folder.id.isEmpty, state.folder == folder.id, state.renderer == TenantRenderer.version,
            state.held.isEmpty, !context.rootState.failed.contains(candidate.id)
        else { return false }
        return state.bases.allSatisfy { context.baseFiles[$0.key]?.id == $0.value }
    }

    /// Gates that look at one profile alone.
    func judge(_ plan: TenantPlan) -> [(proposal: Proposal, by: [Hold])] {
        plan.changes.map { change in
            let proposal = Proposal(tenant: plan.id, impact: change)
            return (proposal, context.keeper.judge(proposal, facts: facts(of: plan)).holds)
        }
    }

    /// What gates know of the plan beside the change at hand.
    func facts(of plan: TenantPlan) -> PlanFacts {
        PlanFacts(
            policy: plan.desired?.policy, tenantIsEmptied: plan.isEmptied, isMassRemoval: context.massRemoval,
            removalsHeld: plan.applied?.state.removalsHeld ?? [:])
    }

    func finish(_ plan: TenantPlan, _ folder: ConfigEntry?, _ holds: [(proposal: Proposal, by: [Hold])]) throws -> Outcome {
        var heldBy: [String: [String]] = [:]
        var removalsHeld: [String: Set<String>] = [:]
        for (proposal, by) in holds where !by.isEmpty {
            heldBy[proposal.impact.profile] = by.names
            for gate in context.keeper.judge(proposal, facts: facts(of: plan)).remembers { removalsHeld[gate, default: []].insert(proposal.impact.profile) }
        }
        let report = plan.report(heldBy: heldBy, now: context.request.now)
        var rendered = TenantRenderer.Rendered()
        let before = plan.applied?.state.profiles.count ?? 0
        var after = before
        if context.request.mode == .reconcile, !plan.isBroken {
            rendered = try renderer.render(
                plan, held: Set(heldBy.keys), removalsHeld: removalsHeld, source: folder, commit: context.source.commit?.description ?? "",
                report: context.views.tenantPart(report))
            after = rendered.profileCount
        }
        return Outcome(
            id: plan.id, report: report, holds: holds, policyIsBroken: plan.desired?.policyIsBroken ?? false,
            signatureAsker: plan.desired?.policy.flatMap { $0.requireSignedCommits ? $0.source.label : nil }, rendered: rendered,
            profilesBefore: before, profilesAfter: after, inConfig: folder != nil)
    }
}
