import AppliedState
import Basics
import ConfigRepository
import Gates
import Impact
import JSONSource
import Live
import Profiles
import ReportModel

/// Holds desired, applied and live of one tenant against each other. One per thread.
final class TenantThreeWays {
    private let request: RunRequest
    private let source: any LiveSource
    private let loader: TenantLoader
    private let state: StateSnapshot

    init(_ surroundings: Surroundings, _ request: RunRequest, _ source: any LiveSource) throws {
        self.request = request
        self.source = source
        loader = try surroundings.loader()
        state = try surroundings.snapshot()
    }

    /// One tenant's three sides; nil for what could not be read, of which the diagnostics tell.
    struct Sides {
        let desired: DesiredTenant?
        let applied: AppliedTenant?
        let appliedProfiles: [String: ThreeWayComparison.Applied]
        let live: LiveTenant
        var diagnostics: [Diagnostic]

        var isBroken: Bool { diagnostics.contains { $0.severity == .error } }
        func report(_ id: String, _ status: TenantReport.Status, _ profiles: [ProfileReport], _ unchanged: Int) -> TenantReport {
            TenantReport(
                id: id, displayName: desired?.tenant?.displayName ?? applied?.state.displayName ?? id, status: status, profiles: profiles, unchanged: unchanged,
                diagnostics: diagnostics)
        }
        func members(_ id: String) -> Int? { Tenant.members(of: id, in: desired?.tenant) { applied?.state.members[$0] } }
    }

    func read(_ candidate: Candidates.Tenant) throws -> Sides {
        let desired = try candidate.folder.map { try loader.load(candidate.id, $0) }
        let applied = try state.tenant(candidate.id)
        let known = Dictionary(uniqueKeysWithValues: (desired?.profiles ?? []).map { ($0.id, $0) })
        let appliedProfiles = try applied?.profiles(known: known) ?? [:]
        let (source, tenant) = (source, desired?.tenant)
        let query = LiveTenantQuery(id: candidate.id, tenantID: tenant?.tenantID, cloud: tenant?.cloud)
        let live = try waiting { try await source.read(query) { TenantNames(tenant, $0) } }
        var diagnostics = desired?.diagnostics ?? []
        for var diagnostic in live.diagnostics {
            diagnostic.tenant = diagnostic.tenant ?? candidate.id
            diagnostics.append(diagnostic)
        }
        diagnostics += Self.unknown(live, candidate.id)
        return Sides(
            desired: desired, applied: applied,
            appliedProfiles: Dictionary(
                uniqueKeysWithValues: appliedProfiles.map { ($0, ThreeWayComparison.Applied(profile: $1.profile, graphID: applied?.state.profiles[$0]?.graphID)) }),
            live: live, diagnostics: diagnostics)
    }

    /// Nil where a side is broken.
    func compare(_ candidate: Candidates.Tenant) throws -> (found: ThreeWayComparison.Result?, sides: Sides) {
        var sides = try read(candidate)
        guard !sides.isBroken else { return (nil, sides) }
        let found = ThreeWayComparison.compare(
            tenant: candidate.id, desired: Dictionary(uniqueKeysWithValues: (sides.desired?.profiles ?? []).map { ($0.id, $0) }), applied: sides.appliedProfiles,
            live: sides.live.profiles, facts: sides.desired?.tenant?.facts, members: sides.members)
        sides.diagnostics += found.diagnostics
        return (sides.isBroken ? nil : found, sides)
    }

    /// A tenant's report, and what else lies in its export: type → objects.
    func drift(_ candidate: Candidates.Tenant) throws -> (report: TenantReport, skipped: [String: Int]) {
        var (found, sides) = try compare(candidate)
        let skipped = sides.live.others
        guard let found else { return (sides.report(candidate.id, .failed, [], sides.desired?.manifestCount ?? sides.appliedProfiles.count), skipped) }
        var book = AcceptanceBook(sides.desired?.accepted ?? AcceptedDrift(), now: request.now)
        let profiles = found.profiles.map { drift in
            ProfileReport(
                impact: drift.impact, heldBy: [], places: places(drift, sides.desired, candidate.id),
                drift: note(drift, sides.appliedProfiles[drift.impact.profile]?.profile, candidate.id, &book))
        }
        sides.diagnostics += book.remarks(tenant: candidate.id)
        return (sides.report(candidate.id, .ok, profiles, found.inSync), skipped)
    }

    private func note(_ drift: ProfileDrift, _ applied: EffectiveProfile?, _ tenant: String, _ book: inout AcceptanceBook) -> DriftNote {
        let profile = drift.impact.profile
        let differences = zip(drift.impact.changes, drift.kinds).map { change, kind -> DriftNote.Difference in
            let was = request.previous?.earlier(tenant, profile, change.path, kind: kind, graphID: drift.graphID, live: change.before)
            let entry = book.entry(for: change, of: profile, kind: kind, graphID: drift.graphID)
            let setting = Catalogue.settings.firstIndex { $0.pointer == change.path }
            return DriftNote.Difference(
                kind: kind, applied: setting.flatMap { applied?.values[$0].json } ?? (change.path.isEmpty ? applied.map { .string($0.displayName) } : nil) ?? .null,
                acceptance: entry.map { .init(reason: $0.reason, acceptedBy: $0.acceptedBy, expires: $0.expires) },
                firstSeen: was?.firstSeen ?? request.firstSeen, isNew: request.previous.map { _ in was == nil })
        }
        return DriftNote(kind: drift.kind, differences: differences, graphID: drift.graphID)
    }

    /// Of an unmanaged profile, where the export has it; else where the manifest says what it should be.
    func places(_ drift: ProfileDrift, _ desired: DesiredTenant?, _ tenant: String) -> [SourcePlace] {
        if let desired, desired.manifests[drift.impact.profile] != nil { return desired.places(of: drift.impact) }
        return drift.impact.changes.map { _ in SourcePlace(file: "tenants/\(tenant)/profiles/\(drift.impact.profile).json") }
    }

    /// What the source leaves open, once for all profiles of the tenant.
    private static func unknown(_ live: LiveTenant, _ tenant: String) -> [Diagnostic] {
        live.unknown.map { unknown in
            var diagnostic = Diagnostic(.notInExport, severity: .warning, at: unknown.place, "\(unknown.sentence); the applied values are assumed", help: unknown.remedy)
            diagnostic.tenant = tenant
            return diagnostic
        }
    }
}
