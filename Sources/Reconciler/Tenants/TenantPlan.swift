import AppliedState
import Gates
import Impact
import JSONSource
import Profiles

/// What a run would do to one tenant. Pure: made from values.
struct TenantPlan {
    let id: String
    let displayName: String
    /// Nil when the tenant's folder is gone.
    let desired: DesiredTenant?
    let applied: AppliedTenant?
    /// As applied, by profile id.
    let before: [String: Impact.Applied]
    /// What changes, in the order of profile ids.
    let changes: [ProfileImpact]
    let unchanged: Int

    var isBroken: Bool { desired?.isBroken ?? false }
    /// Whether every applied profile would be removed.
    var isEmptied: Bool { !before.isEmpty && changes.count { $0.action == .remove } == before.count }

    init(id: String, desired: DesiredTenant?, applied: AppliedTenant?) throws {
        self.id = id
        self.desired = desired
        self.applied = applied
        displayName = desired?.tenant?.displayName ?? applied?.state.displayName ?? id
        guard !(desired?.isBroken ?? false) else {
            // Left exactly as applied.
            before = [:]
            changes = []
            unchanged = applied?.state.profiles.count ?? 0
            return
        }
        before = try applied?.profiles() ?? [:]
        let members: (String) -> Int? = { id in desired?.tenant?.members(of: id) ?? applied?.state.members[id] }
        var changes: [ProfileImpact] = []
        var unchanged = 0
        for profile in desired?.profiles ?? [] {
            guard let facts = desired?.tenant?.facts else { continue }
            let impact = Impact.compare(tenant: id, before: before[profile.id], after: (profile, facts), members: members)
            if impact.action == .none { unchanged += 1 } else { changes.append(impact) }
        }
        let wanted = Set((desired?.profiles ?? []).map(\.id))
        for (profile, was) in before where !wanted.contains(profile) {
            changes.append(Impact.compare(tenant: id, before: was, after: nil, members: members))
        }
        changes.sort { JSONWriter.precedes($0.profile, $1.profile) }
        self.changes = changes
        self.unchanged = unchanged
    }

    /// - Parameter heldBy: profile id → gates.
    func report(heldBy: [String: [String]]) -> TenantReport {
        TenantReport(
            id: id, displayName: displayName, status: isBroken ? .failed : heldBy.isEmpty ? .ok : .held,
            profiles: changes.map { ProfileReport(impact: $0, heldBy: heldBy[$0.profile] ?? []) }, unchanged: unchanged,
            diagnostics: desired?.diagnostics ?? [])
    }
}
