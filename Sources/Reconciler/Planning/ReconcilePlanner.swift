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
        let applied = try state.tenant(tenant.id)
        if let applied, isUnchanged(tenant, applied.state) {
            let count = applied.state.profiles.count
            return .done(Outcome(id: tenant.id, profilesBefore: count, profilesAfter: count, isInConfig: tenant.folder != nil))
        }
        let desired = try tenant.folder.map { try loader.load(tenant.id, $0) }
        return .planned(try TenantPlan(id: tenant.id, desired: desired, applied: applied), folder: tenant.folder)
    }

    private func isUnchanged(_ tenant: Candidates.Tenant, _ state: TenantState) -> Bool {
        guard let id = tenant.folder?.id, state.folder == id, state.renderer == TenantRenderer.version, state.held.isEmpty,
            !context.failedBefore.contains(tenant.id)
        else { return false }
        return state.bases.allSatisfy { baseFiles[$0.key]?.id == $0.value }
    }
}

/// Validate: the files as they are, compared with nothing.
final class ValidationPlanner: TenantPlanner {
    private let loader: TenantLoader

    init(_ context: RunContext) throws { loader = try context.revision.loader() }

    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep {
        guard let folder = tenant.folder else { return .done(Outcome(id: tenant.id)) }
        let desired = try loader.load(tenant.id, folder)
        let report = TenantReport(
            id: desired.id, displayName: desired.tenant?.displayName ?? desired.id, status: desired.isBroken ? .failed : .ok, profiles: [],
            unchanged: desired.manifestCount, diagnostics: desired.diagnostics)
        return .done(Outcome(id: desired.id, report: report, policyIsBroken: desired.policyIsBroken, profilesAfter: desired.manifestCount))
    }
}
