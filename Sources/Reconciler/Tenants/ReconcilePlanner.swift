import AppliedState
import Basics
import ConfigRepository
import Live
import Payloads
import Planning
import Profiles
import Rendering
import ReportModel

/// Plan and reconcile: desired against applied.
final class ReconcilePlanner: TenantPlanner {
    private let context: RunContext
    private let loader: TenantLoader
    private let state: StateSnapshot
    private let baseFiles: BaseFiles

    init(_ context: RunContext) throws {
        self.context = context
        loader = try context.revision.loader()
        state = try context.snapshot()
        baseFiles = try context.revision.baseFiles()
    }

    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep {
        let applied = try AppliedEntries(tenant.id, formerly: tenant.formerly, in: state)
        if let own = applied.own, isUnchanged(tenant, own.state) {
            let count = own.state.profiles.count
            var outcome = Outcome(id: tenant.id, profilesBefore: count, profilesAfter: count, isInConfig: tenant.folder != nil)
            (outcome.bases, outcome.sharedChanges) = (own.state.bases, own.state.sharedChanges)
            return .done(outcome)
        }
        var desired = try context.load(tenant, loader)
        if let known = applied.identity, let now = desired { desired?.diagnostics += context.otherIdentity(now, tenant, recorded: (known.tenantID, known.cloud)) }
        var hasNamesakes = false
        if let source = context.request.live, applied.ids.isEmpty, let known = desired, !known.isBroken {
            let live = try self.live(known, source)
            desired?.diagnostics += live.diagnostics.filter { $0.severity == .error }
            let names = Set(live.profiles.map(\.displayName))
            // What an earlier run has created and could not record is no stranger.
            let own = (context.claimedCreations[tenant.id] ?? []).union(applied.own?.state.unpublished.keys.map(\.self) ?? [])
            hasNamesakes = known.profiles.contains { names.contains($0.displayName) && !own.contains($0.id) }
        }
        var plan = try TenantPlan(id: tenant.id, desired: desired, applied: applied)
        plan.hasNamesakes = hasNamesakes
        return .planned(plan, folder: tenant.folder)
    }

    /// What a tenant has that the applied state does not know.
    private func live(_ desired: DesiredTenant, _ source: any LiveSource) throws -> (profiles: [LiveProfile], diagnostics: [Diagnostic]) {
        let query = LiveTenantQuery(id: desired.id, tenantID: desired.tenant?.tenantID, cloud: desired.tenant?.cloud)
        let live = try waiting { [tenant = desired.tenant] in try await source.read(query) { TenantNames(tenant, $0) } }
        let diagnostics = live.diagnostics.map { found in
            var found = found
            found.tenant = desired.id
            return found
        }
        return (live.profiles, diagnostics)
    }

    private func isUnchanged(_ tenant: Candidates.Tenant, _ state: TenantState) -> Bool {
        guard let id = tenant.folder?.id, state.folder == id, state.renderer == PayloadTargets.version, state.held.isEmpty,
            state.remainsIn.isEmpty, tenant.formerly.isEmpty, context.problems[tenant.id] == nil, !context.failedBefore.contains(tenant.id)
        else { return false }
        return state.bases.allSatisfy { baseFiles[$0.key]?.id == $0.value }
    }
}
