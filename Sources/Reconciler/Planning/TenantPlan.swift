import AppliedState
import ConfigRepository
import Gates
import Impact
import JSONSource
import Profiles
import ReportModel
import Time

/// What a run would do to one tenant. Pure: made from values.
struct TenantPlan {
    let id: String
    let displayName: String
    /// Nil when the tenant's folder is gone.
    let desired: DesiredTenant?
    let applied: AppliedTenant?
    /// As applied or, in a review, as the base revision wants it; by profile id.
    let before: [String: EffectiveProfile]
    /// What changes, in the order of profile ids.
    let changes: [ProfileImpact]
    let unchanged: Int

    var isBroken: Bool { desired?.isBroken ?? false }
    /// Whether its people would lose everything that is applied.
    let isEmptied: Bool

    /// Desired against applied.
    init(id: String, desired: DesiredTenant?, applied: AppliedTenant?) throws {
        let isBroken = desired?.isBroken ?? false
        self.init(
            id: id, desired: desired, applied: applied, before: isBroken ? [:] : try applied?.profiles() ?? [:],
            unchanged: applied?.state.profiles.count ?? 0, displayName: applied?.state.displayName, facts: applied?.state.facts,
            members: { applied?.state.members[$0] })
    }

    /// Desired against what another revision wanted, which must not be broken.
    init(id: String, desired: DesiredTenant?, baseline: DesiredTenant?) {
        let before = Dictionary((baseline?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.init(
            id: id, desired: desired, applied: nil, before: before, unchanged: before.count, displayName: baseline?.tenant?.displayName,
            facts: baseline?.tenant?.facts, members: { baseline?.tenant?.members(of: $0) })
    }

    /// - Parameters:
    ///   - unchanged: profiles that stay as they are when the tenant is broken.
    ///   - displayName: what the tenant was called before.
    ///   - facts: of the tenant before.
    ///   - members: people of an audience, as known before.
    private init(
        id: String, desired: DesiredTenant?, applied: AppliedTenant?, before: [String: EffectiveProfile], unchanged: Int, displayName: String?,
        facts: TenantFacts?, members: (String) -> Int?
    ) {
        self.id = id
        self.desired = desired
        self.applied = applied
        self.displayName = desired?.tenant?.displayName ?? displayName ?? id
        guard !(desired?.isBroken ?? false), !(desired?.isIncomparable ?? false) else {
            // Left exactly as applied.
            self.before = [:]
            changes = []
            isEmptied = false
            self.unchanged = desired?.isIncomparable ?? false ? desired?.profiles.count ?? 0 : unchanged
            return
        }
        self.before = before
        let members: (String) -> Int? = { Tenant.members(of: $0, in: desired?.tenant, formerly: members) }
        var changes: [ProfileImpact] = []
        var same = 0
        let after = Dictionary((desired?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // Without facts there is nothing on that side.
        if let known = desired?.tenant?.facts ?? facts {
            let was = TenantView(facts ?? known, Array(before.values))
            let is_ = TenantView(known, Array(after.values))
            for profile in Set(after.keys).union(before.keys) {
                let impact = Impact.compare(
                    tenant: id, tenantID: desired?.tenant?.tenantID, before: before[profile], after: after[profile], was: was, is: is_, members: members)
                if impact.action == .none { same += 1 } else { changes.append(impact) }
            }
        }
        changes.sort { JSONWriter.precedes($0.profile, $1.profile) }
        self.changes = changes
        isEmptied = GateKeeper.isEmptied(applied: Array(before.values), changes: changes)
        self.unchanged = same
    }

    /// - Parameters:
    ///   - heldBy: profile id → gates.
    ///   - now: on whose day accepted drifts count, or no more.
    func report(heldBy: [String: [String]], now: Instant) -> TenantReport {
        TenantReport(
            id: id, displayName: displayName, status: isBroken ? .failed : heldBy.isEmpty ? .ok : .held,
            profiles: changes.map { ProfileReport(impact: $0, heldBy: heldBy[$0.profile] ?? [], places: places(of: $0)) }, unchanged: unchanged,
            diagnostics: (desired?.diagnostics ?? []) + undoneAcceptances(now))
    }

    /// Accepting a drift is no licence to overwrite it in silence.
    private func undoneAcceptances(_ now: Instant) -> [Diagnostic] {
        guard let entries = desired?.accepted.entries.filter({ $0.isValid(at: now) }), !entries.isEmpty else { return [] }
        let byProfile = Dictionary(grouping: entries, by: \.profile)
        return changes.flatMap { impact in
            (byProfile[impact.profile] ?? []).filter { $0.isUndone(by: impact) }.map { entry in
                var warning = Diagnostic(
                    .undoesAcceptance, severity: .warning, at: entry.place,
                    "This change to \(id)/\(entry.profile)\(entry.path.isEmpty ? "" : " \(entry.path)") undoes a drift that \(entry.acceptedBy) accepted: \(entry.reason)",
                    help: "Write into the manifest what the tenant should have, or remove the entry")
                warning.tenant = id
                warning.profile = entry.profile
                return warning
            }
        }
    }

    private func places(of impact: ProfileImpact) -> [SourcePlace] {
        // A tenant whose folder is gone has only its name left.
        desired?.places(of: impact) ?? impact.changes.map { _ in SourcePlace(file: "tenants/\(id)/profiles/\(impact.profile).json") }
    }
}
