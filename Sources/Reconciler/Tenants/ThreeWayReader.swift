import AppliedState
import Basics
import ConfigRepository
import Impact
import Live
import Planning
import Profiles
import ReportModel

/// Desired, applied and live of one tenant, each as far as it could be read; the diagnostics say what could not.
struct ThreeSides {
    let tenant: Candidates.Tenant
    let desired: DesiredTenant?
    let applied: AppliedEntries
    /// By the ids that are desired for them.
    let appliedProfiles: [String: ThreeWayComparison.Applied]
    /// Desired id of a profile → the id of its entry.
    let origins: [String: String]
    let live: LiveTenant
    /// What the source was asked.
    let query: LiveTenantQuery
    var diagnostics: [Diagnostic]

    var isBroken: Bool { diagnostics.contains { $0.severity == .error } }
    /// Profiles that a report counts when nothing can be said about them.
    var count: Int { desired?.manifestCount ?? appliedProfiles.count }

    func report(_ status: TenantReport.Status, _ profiles: [ProfileReport], unchanged: Int) -> TenantReport {
        TenantReport(
            id: tenant.id, displayName: desired?.tenant?.displayName ?? applied.displayName ?? tenant.id, status: status, profiles: profiles,
            unchanged: unchanged, diagnostics: diagnostics)
    }

    func members(_ audience: String) -> Int? { Tenant.members(of: audience, in: desired?.tenant) { applied.members(of: $0) ?? nil } }

    /// Where a profile's changes have their place: where the manifest says what it should be, else where its manifest would be.
    func places(of impact: ProfileImpact) -> [SourcePlace] {
        if let desired, desired.manifests[impact.profile] != nil { return desired.places(of: impact) }
        return impact.changes.map { _ in SourcePlace(file: "tenants/\(tenant.id)/profiles/\(impact.profile).json") }
    }
}

/// Reads and compares the three sides of tenants, for drift and adopt. One per thread.
final class ThreeWayReader {
    private let context: RunContext
    private let source: any LiveSource
    private let loader: TenantLoader
    private let state: StateSnapshot

    init(_ context: RunContext, _ source: any LiveSource) throws {
        self.context = context
        self.source = source
        loader = try context.revision.loader()
        state = try context.snapshot()
    }

    /// What differs; nil where a side is broken.
    func compare(_ tenant: Candidates.Tenant) throws -> (found: ThreeWayComparison.Result?, sides: ThreeSides) {
        var sides = try read(tenant)
        guard !sides.isBroken else { return (nil, sides) }
        let desired = Dictionary((sides.desired?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let found = ThreeWayComparison.compare(
            tenant: tenant.id, desired: desired, applied: sides.appliedProfiles, live: sides.live.profiles, facts: sides.desired?.tenant?.facts ?? sides.applied.facts,
            members: sides.members)
        sides.diagnostics += found.diagnostics
        return (sides.isBroken ? nil : found, sides)
    }

    private func read(_ tenant: Candidates.Tenant) throws -> ThreeSides {
        let applied = try AppliedEntries(tenant.id, formerly: tenant.formerly, in: state)
        var desired = try context.load(tenant, loader)
        if let known = applied.identity, let now = desired { desired?.diagnostics += context.otherIdentity(now, tenant, recorded: (known.tenantID, known.cloud)) }
        let entries = try applied.profiles(remembersTargets: false)
        let origins = Moves(before: entries, after: desired?.profiles ?? []).origins
        let desiredIDs = Dictionary(origins.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        // A tenant that has left the config repository is still known by what was recorded of it.
        let query = LiveTenantQuery(id: tenant.id, tenantID: desired?.tenant?.tenantID ?? applied.identity?.tenantID, cloud: desired?.tenant?.cloud ?? applied.identity?.cloud.flatMap(Tenant.Cloud.init(rawValue:)))
        let names = desired?.tenant
        let live = try waiting { [source] in try await source.read(query) { TenantNames(names, $0) } }
        var diagnostics = desired?.diagnostics ?? []
        let unknown = live.unknown.map { unknown in
            let what = unknown.part == .assignments ? "their assignments are not compared" : "the applied values are assumed"
            return Diagnostic(.notInExport, severity: .warning, at: unknown.place, "\(unknown.sentence); \(what)", help: unknown.remedy)
        }
        for var diagnostic in live.diagnostics + unknown {
            diagnostic.tenant = diagnostic.tenant ?? tenant.id
            diagnostics.append(diagnostic)
        }
        let sides = entries.map { (desiredIDs[$0] ?? $0, ThreeWayComparison.Applied(profile: EffectiveProfile(id: desiredIDs[$0] ?? $0, values: $1.values), graphID: applied.record(of: $0)?.graphID)) }
        return ThreeSides(
            tenant: tenant, desired: desired, applied: applied, appliedProfiles: Dictionary(sides, uniquingKeysWith: { first, _ in first }), origins: origins, live: live, query: query,
            diagnostics: diagnostics)
    }
}
