import ConfigRepository
import Gates
import Impact
import JSONSource
import Payloads
import Profiles
import ReportModel
import Time

/// What a run would do to one tenant. Pure: made from values.
public struct TenantPlan {
    public let id: String
    public let displayName: String
    /// Nil when the tenant's folder is gone.
    public let desired: DesiredTenant?
    /// Nothing in a review.
    public let applied: AppliedEntries
    /// As applied or, in a review, as the base revision wants it; by profile id.
    public let before: [String: EffectiveProfile]
    /// Id of a desired profile → its id in `before`.
    public let origins: [String: String]
    /// What changes or moves, in the order of profile ids.
    public let changes: [ProfileImpact]
    let unchanged: Int
    /// What changes in the facts of tenant.json.
    public let factChanges: [FactChange]
    /// Path → blob id of the bases that the tenant's manifests extended before.
    public let basesBefore: [String: String]
    /// Profile id → what it was before it moved: another profile id or, where the tenant's folder was renamed, `tenant/profile`.
    let movedFrom: [String: String]
    /// Warnings about profiles that may have moved.
    private let doubts: [Diagnostic]
    /// Profile → what it is in Intune, where the plan begins from there.
    public var live: [String: LiveVersion] = [:]
    /// Profile → its entry, where the plan begins from Intune and that does not have it: it counts as new until it is made again.
    public var missing: [String: String] = [:]
    /// Whether the tenant has live profiles with the names of manifests, where somebody has looked.
    public var hasNamesakes = false

    public var isBroken: Bool { desired?.isBroken ?? false }
    /// Whether its people would lose everything that is applied.
    public let isEmptied: Bool

    /// Why the tenant must be adopted before anything of it goes out: nothing of it is applied, and it may have everything already.
    ///
    /// - Parameter isReview: `before` is what another revision wants.
    public func adoption(isReview: Bool) -> AdoptFirstGate.Reason? {
        guard before.isEmpty, applied.ids.isEmpty, let tenant = desired?.tenant else { return nil }
        if tenant.adoptsFirst { return isReview ? .askedInReview : .asked }
        return hasNamesakes ? .namesakes : nil
    }

    /// Desired against applied.
    ///
    /// - Parameter found: entries that count as they are in Intune, and not as they were applied: nil for one that is not there.
    public init(id: String, desired: DesiredTenant?, applied: AppliedEntries, found: [String: EffectiveProfile?] = [:]) throws {
        let isBroken = desired?.isBroken ?? false
        var before = isBroken ? [:] : try applied.profiles()
        if !isBroken { for (entry, live) in found { before[entry] = live } }
        self.init(
            id: id, desired: desired, applied: applied, before: before, home: { applied.home(of: $0)?.id ?? id },
            unchanged: applied.ids.count, displayName: applied.displayName, tenantID: applied.identity?.tenantID, facts: applied.facts, bases: applied.own?.state.bases ?? [:], members: applied.members)
    }

    /// Desired against what another revision wanted, which must not be broken.
    public init(id: String, desired: DesiredTenant?, baseline: DesiredTenant?) {
        let before = Dictionary((baseline?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.init(
            id: id, desired: desired, applied: AppliedEntries(noneOf: id), before: before, home: { _ in baseline?.id ?? id }, unchanged: before.count,
            displayName: baseline?.tenant?.displayName, tenantID: baseline?.tenant?.tenantID, facts: baseline?.tenant?.facts, bases: baseline?.bases ?? [:], members: { baseline?.tenant?.membersByAudience[$0] },
            adoption: baseline?.tenant.flatMap { was in desired?.tenant?.adoptionChange(from: was) })
    }

    /// - Parameters:
    ///   - home: the tenant id that a profile of `before` has there.
    ///   - unchanged: profiles that stay as they are when the tenant is broken.
    ///   - displayName: what the tenant was called before.
    ///   - facts: of the tenant before.
    ///   - members: people of an audience, as known before.
    ///   - adoption: whether it need no longer be adopted first.
    private init(
        id: String, desired: DesiredTenant?, applied: AppliedEntries, before: [String: EffectiveProfile], home: (String) -> String, unchanged: Int,
        displayName: String?, tenantID: String?, facts: TenantFacts?, bases: [String: String], members former: (String) -> Int??,
        adoption: FactChange? = nil
    ) {
        self.id = id
        basesBefore = bases
        self.desired = desired
        self.applied = applied
        self.displayName = desired?.tenant?.displayName ?? displayName ?? id
        guard !(desired?.isBroken ?? false), !(desired?.isIncomparable ?? false) else {
            // Left exactly as applied.
            (self.before, origins, changes, movedFrom, doubts) = ([:], [:], [], [:], [])
            factChanges = []
            isEmptied = false
            self.unchanged = desired?.isIncomparable ?? false ? desired?.profiles.count ?? 0 : unchanged
            return
        }
        self.before = before
        let tenantID = desired?.tenant?.tenantID ?? tenantID
        factChanges = [adoption].compactMap(\.self) + (facts.flatMap { desired?.tenant?.factChanges(from: $0, members: former) } ?? [])
        let members: (String) -> Int? = { Tenant.members(of: $0, in: desired?.tenant) { former($0) ?? nil } }
        let moves = Moves(before: before, after: desired?.profiles ?? [])
        origins = moves.origins
        doubts = moves.ambiguous.map { Self.doubt(id, $0.profile, $0.candidates) }
        var changes: [ProfileImpact] = []
        var movedFrom: [String: String] = [:]
        var same = 0
        // Without facts there is nothing on that side.
        if let known = desired?.tenant?.facts ?? facts {
            // Rules look at both sides by the ids that profiles have now.
            let names = Dictionary(moves.origins.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let old = before.mapValues { profile in names[profile.id].map { $0 == profile.id ? profile : EffectiveProfile(id: $0, values: profile.values) } ?? profile }
            let was = TenantView(facts ?? known, Array(old.values))
            let is_ = TenantView(known, desired?.profiles ?? [])
            for profile in desired?.profiles ?? [] {
                let origin = moves.origins[profile.id]
                let tenant = origin.map(home) ?? id
                if let origin, tenant != id || origin != profile.id { movedFrom[profile.id] = tenant == id ? origin : "\(tenant)/\(origin)" }
                let impact = Impact.compare(
                    tenant: tenant, tenantID: tenantID, entry: origin, before: origin.flatMap { old[$0] }, after: profile, was: was, is: is_, members: members)
                if impact.action == .none, movedFrom[profile.id] == nil { same += 1 } else { changes.append(impact) }
            }
            for (profile, gone) in before where !moves.continued.contains(profile) {
                changes.append(Impact.compare(tenant: home(profile), tenantID: tenantID, before: gone, after: nil, was: was, is: is_, members: members))
            }
        }
        changes.sort { JSONWriter.precedes($0.profile, $1.profile) }
        self.changes = changes
        self.movedFrom = movedFrom
        isEmptied = GateKeeper.isEmptied(applied: Array(before.values), changes: changes)
        self.unchanged = same
    }

    private static func doubt(_ tenant: String, _ profile: String, _ candidates: [String]) -> Diagnostic {
        var warning = Diagnostic(
            .ambiguousMove, severity: .warning, file: "tenants/\(tenant)/profiles/\(profile).json",
            "\(tenant)/\(profile) may be a renamed profile, and it is unclear which one: \(candidates.joined(separator: ", ")). It counts as new",
            help: "Give each profile the display name that it had, or rename one at a time and run reconcile in between")
        warning.tenant = tenant
        warning.profile = profile
        return warning
    }

    /// The id that the tenant had when a profile was applied, where it had another.
    public func formerTenant(of profile: String) -> String? {
        movedFrom[profile].flatMap { $0.split(separator: "/").count > 1 ? $0.split(separator: "/").first.map(String.init) : nil }
    }

    /// Holds with a held profile whatever would take its id: the held one keeps its entry under the id that it has there.
    public func holdingTogether(_ holds: [(proposal: Proposal, verdict: Verdict, by: [Hold])]) -> [(proposal: Proposal, verdict: Verdict, by: [Hold])] {
        guard !movedFrom.isEmpty else { return holds }
        var holds = holds
        let positions = Dictionary(holds.enumerated().map { ($1.proposal.impact.profile, $0) }, uniquingKeysWith: { first, _ in first })
        var open = holds.indices.filter { !holds[$0].by.isEmpty }
        while let held = open.popLast() {
            guard let kept = origins[holds[held].proposal.impact.profile], let taker = positions[kept], taker != held, holds[taker].by.isEmpty else { continue }
            holds[taker].by = holds[held].by
            open.append(taker)
        }
        return holds
    }

    /// - Parameters:
    ///   - heldBy: profile id → gates.
    ///   - waiting: those among them that only wait their turn.
    ///   - now: on whose day accepted drifts count, or no more.
    public func report(heldBy: [String: [String]], waiting: Set<String> = [], now: Instant) -> TenantReport {
        TenantReport(
            id: id, displayName: displayName, status: isBroken ? .failed : heldBy.isEmpty ? .ok : .held,
            profiles: changes.map { impact in
                var report = ProfileReport(impact: impact, heldBy: heldBy[impact.profile] ?? [], places: places(of: impact))
                report.movedFrom = movedFrom[impact.profile]
                report.isWaiting = waiting.contains(impact.profile)
                return report
            }, unchanged: unchanged, diagnostics: (desired?.diagnostics ?? []) + doubts + undoneAcceptances(now))
    }

    /// Accepting a drift is no licence to overwrite it in silence.
    private func undoneAcceptances(_ now: Instant) -> [Diagnostic] {
        guard let entries = desired?.accepted.following(renamed).entries.filter({ $0.isValid(at: now) }), !entries.isEmpty else { return [] }
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

    /// Earlier profile id → the id that it has now.
    private var renamed: [String: String] { applied.renamed(origins) }

    private func places(of impact: ProfileImpact) -> [SourcePlace] {
        // A tenant whose folder is gone has only its name left.
        desired?.places(of: impact) ?? impact.changes.map { _ in SourcePlace(file: "tenants/\(id)/profiles/\(impact.profile).json") }
    }
}
