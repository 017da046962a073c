import ConfigRepository
import Impact
import JSONSource
import Payloads
import Profiles

extension DesiredTenant {
    /// A warning where the tenant's targets now include Graph and profiles are applied that were delivered in another way so far: nothing of them
    /// changes, so that nothing creates them in Intune.
    public func newToIntune(_ applied: AppliedEntries) throws -> Diagnostic? {
        guard let tenant, tenant.asks(for: GraphTarget().description), let document, let root = document.root else { return nil }
        let missing = try profiles.map(\.id).filter { profile in
            guard let record = applied.record(of: profile), record.graphID == nil else { return false }
            return try applied.home(of: profile)?.files("payloads")[profile + ".graph.json"] == nil
        }.sorted(by: JSONWriter.precedes)
        guard !missing.isEmpty else { return nil }
        let shown = 5
        let names = missing.prefix(shown).joined(separator: ", ") + (missing.count > shown ? " and \(missing.count - shown) more" : "")
        var warning = Diagnostic(
            .newToIntune, severity: .warning, at: root["targets"] ?? root, "The target graph is new, and Intune does not have what is applied already: \(names)",
            help: "Run easel reconcile --publish graph --repair, which creates them through the gates. A publisher of your own must create them")
        warning.tenant = id
        return warning
    }
}

extension TenantPlan {
    /// What a publisher must do for the tenant in Intune; for a tenant whose targets do not include Graph, only what removes profiles that it has
    /// there from earlier.
    ///
    /// - Parameter held: profiles that stay as applied.
    public func operations(held: Set<String>) throws -> [Payloads.Operation] {
        let tenant = desired?.tenant
        let isTarget = tenant?.asks(for: GraphTarget().description) ?? true
        guard let tenantID = tenant?.tenantID ?? applied.identity?.tenantID else { return [] }
        let cloud = tenant?.cloud ?? applied.identity?.cloud.flatMap(Tenant.Cloud.init(rawValue:)) ?? .global
        let wanted = Dictionary((desired?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return try changes.compactMap { change in
            let origin = origins[change.profile]
            guard !held.contains(change.profile), let fingerprint = change.fingerprint, let kind = operation(change, origin.flatMap { before[$0] }, wanted[change.profile]) else { return nil }
            if case .remove = kind {
                // What was applied to another target only is not in Intune.
                guard try applied.record(of: change.profile)?.graphID != nil || applied.home(of: change.profile)?.files("payloads")[change.profile + ".graph.json"] != nil else { return nil }
            } else if !isTarget {
                return nil
            }
            return Payloads.Operation(
                kind, tenant: id, tenantID: tenantID, cloud: cloud, profile: change.profile, displayName: change.displayName, fingerprint: fingerprint,
                graphID: id(of: change.profile, origin, kind), files: "tenants/\(id)/payloads/\(change.profile)")
        }
    }

    /// The Graph id of a profile; nil for one that is created.
    private func id(of profile: String, _ origin: String?, _ kind: Payloads.Operation.Change) -> String? {
        if case .create = kind { return nil }
        return live[profile]?.graphID ?? applied.record(of: origin ?? profile)?.graphID
    }

    private func operation(_ change: ProfileImpact, _ was: EffectiveProfile?, _ is_: EffectiveProfile?) -> Payloads.Operation.Change? {
        switch (change.action, was, is_) {
        case (.create, _, .some): .create
        case (.update, let was?, let is_?): .update(from: was, to: is_)
        case (.reinstall, let was?, let is_?): .reinstall(from: was, to: is_)
        case (.remove, _, _): .remove
        default: nil
        }
    }
}
