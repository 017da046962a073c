import ConfigRepository
import Impact
import JSONSource
import Planning
import Profiles
import ReportModel

/// Validate: the files as they are, compared with nothing.
final class ValidationPlanner: TenantPlanner {
    private let context: RunContext
    private let loader: TenantLoader

    init(_ context: RunContext) throws {
        self.context = context
        loader = try context.revision.loader()
    }

    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep {
        guard var desired = try context.load(tenant, loader) else { return .done(Outcome(id: tenant.id)) }
        desired.diagnostics += Self.doubts(desired)
        let report = TenantReport(
            id: desired.id, displayName: desired.tenant?.displayName ?? desired.id, status: desired.isBroken ? .failed : .ok, profiles: [],
            unchanged: desired.manifestCount, diagnostics: desired.diagnostics)
        return .done(Outcome(id: desired.id, report: report, policyIsBroken: desired.policyIsBroken, profilesAfter: desired.manifestCount))
    }

    /// Warnings about manifests that are valid and probably do not mean what they say.
    private static func doubts(_ desired: DesiredTenant) -> [Diagnostic] {
        guard let facts = desired.tenant?.facts else { return [] }
        var found = desired.profiles.compactMap { desired.manifests[$0.id]?.assignedToNobody }
        for conflict in Rules.conflicts(among: desired.profiles, facts).prefix(JSONLimits.problems) {
            let others = "tenants/\(desired.id)/profiles/\(conflict.other).json"
            guard let manifest = desired.manifests[conflict.profile] else { continue }
            found.append(manifest.warning(conflict.rule.id, at: .include, "\(conflict.rule.title): \(others)", help: conflict.rule.remedy))
        }
        return found.map { warning in
            var warning = warning
            warning.tenant = desired.id
            return warning
        }
    }
}
