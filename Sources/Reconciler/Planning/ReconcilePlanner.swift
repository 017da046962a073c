import AppliedState
import ConfigRepository
import Profiles
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
        let applied = try AppliedEntries(tenant, in: state)
        if let own = applied.own, isUnchanged(tenant, own.state) {
            let count = own.state.profiles.count
            var outcome = Outcome(id: tenant.id, profilesBefore: count, profilesAfter: count, isInConfig: tenant.folder != nil)
            (outcome.bases, outcome.sharedChanges) = (own.state.bases, own.state.sharedChanges)
            return .done(outcome)
        }
        var desired = try context.load(tenant, loader)
        if let known = applied.identity, let now = desired { desired?.diagnostics += context.otherIdentity(now, tenant, recorded: (known.tenantID, known.cloud)) }
        return .planned(try TenantPlan(id: tenant.id, desired: desired, applied: applied), folder: tenant.folder)
    }

    private func isUnchanged(_ tenant: Candidates.Tenant, _ state: TenantState) -> Bool {
        guard let id = tenant.folder?.id, state.folder == id, state.renderer == TenantRenderer.version, state.held.isEmpty,
            state.remainsIn.isEmpty, tenant.formerly.isEmpty, context.problems[tenant.id] == nil, !context.failedBefore.contains(tenant.id)
        else { return false }
        return state.bases.allSatisfy { baseFiles[$0.key]?.id == $0.value }
    }
}
