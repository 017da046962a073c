import ConfigRepository
import Planning
import Profiles

/// Review: one revision against another, with no state.
final class ReviewPlanner: TenantPlanner {
    private let context: RunContext
    private let loader: TenantLoader
    private let before: TenantLoader?
    private let baseFilesBefore: BaseFiles?

    init(_ context: RunContext) throws {
        self.context = context
        loader = try context.revision.loader()
        before = try context.baseline?.loader()
        baseFilesBefore = try context.baseline?.baseFiles()
    }

    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep {
        var desired = try context.load(tenant, loader)
        if let desired, !desired.isBroken, tenant.formerly.isEmpty, let id = desired.folderID, id == tenant.before?.id,
            desired.bases.allSatisfy({ !$0.value.isEmpty && baseFilesBefore?[$0.key]?.id == $0.value })
        {
            var outcome = Outcome(id: tenant.id, profilesBefore: desired.manifestCount, profilesAfter: desired.manifestCount)
            outcome.bases = desired.bases
            return .done(outcome)
        }
        let was = try tenant.before.flatMap { folder in try before.map { try $0.load(tenant.formerly.first ?? tenant.id, folder) } }
        if let known = was?.tenant, let now = desired {
            desired?.diagnostics += context.otherIdentity(now, tenant, recorded: (known.knownTenantID, known.cloud.rawValue))
        }
        if let was, was.isBroken {
            // What is applied is older than that revision, so nobody can say here what changes.
            desired = desired ?? DesiredTenant(id: tenant.id)
            desired?.diagnostics.append(Self.incomparable(was))
            desired?.isIncomparable = true
        }
        return .planned(TenantPlan(id: tenant.id, desired: desired, baseline: was), folder: tenant.folder)
    }

    private static func incomparable(_ was: DesiredTenant) -> Diagnostic {
        let cause = was.diagnostics.first { $0.severity == .error }
        let place = cause.map { " (\($0.file):\($0.line):\($0.column): \($0.message))" } ?? ""
        var warning = Diagnostic(
            .notComparable, severity: .warning, file: "tenants/\(was.id)",
            "Tenant \(was.id) is broken in the revision compared with, so the effect on its people is unknown\(place)",
            help: "Run \"easel plan\": it compares with what was really applied")
        warning.tenant = was.id
        return warning
    }
}
