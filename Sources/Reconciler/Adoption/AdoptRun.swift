import AppliedState
import Basics
import Git
import Impact
import JSONSource
import Live
import Profiles
import ReportModel

/// Enters what tenants have already into the applied state: every profile that a manifest describes and the state does not know,
/// in the form it has live. What a tenant already has is new to nobody.
struct AdoptRun {
    private let request: RunRequest
    private let live: (source: any LiveSource, name: String)
    private let views: any ReportViews
    private let sinks: [any ReportSink]
    private let start: Clock

    init(_ request: RunRequest, views: any ReportViews, sinks: [any ReportSink], start: Clock) throws {
        guard let live = request.live else { throw UsageError("adopt needs --live") }
        self.request = request
        self.live = live
        self.views = views
        self.sinks = sinks
        self.start = start
    }

    func run() throws -> RunResult {
        let (request, views, source) = (request, views, live.source)
        let opened = try request.places.open(.write, isReproducible: request.isReproducible)
        let surroundings = try Surroundings(request, opened)
        guard let store = opened.store else { throw UsageError("there is no repository for the applied state") }
        let snapshot = try surroundings.snapshot()
        let writer = try StateWriter(store: store.store, branch: store.branch, base: snapshot)
        let stateReports = StateReports(views, isNeeded: true)
        let everySink = sinks + stateReports.sinks
        for sink in everySink { try sink.begin(ReportHead(command: request.command, source: opened.head, base: opened.base, live: live.name)) }
        var summary = ReportSummary()
        summary.adoption = AdoptionSummary()
        var diagnostics = surroundings.diagnostics
        var adopted: [String: Int] = [:]
        let commit = opened.source.commit?.description ?? ""
        try workInOrder(surroundings.tenants) {
            (sides: try TenantThreeWays(surroundings, request, source), renderer: Adopter(renderer: try TenantRenderer()))
        } work: { worker, tenant in
            try request.checkCancelled()
            return try worker.renderer.adopt(tenant, worker.sides, commit: commit, views: views)
        } take: { outcomes, done in
            for (report, tree) in outcomes {
                summary.add(report)
                diagnostics += report.diagnostics
                if let tree {
                    adopted[report.id] = report.profiles.count { $0.adoption == .adopted }
                    try writer.put(report.id, tree)
                }
                if report.status != .ok || !report.profiles.isEmpty || !report.diagnostics.isEmpty { for sink in everySink { try sink.tenant(report) } }
            }
            request.progress?(done, surroundings.tenants.count)
        }
        var tail = ReportTail(
            summary: summary, diagnostics: diagnostics.sorted(), run: request.isReproducible ? nil : .init(startedAt: start.startedAt, duration: start.elapsed))
        if !writer.isEmpty {
            // The last moment at which nothing has happened.
            try request.checkCancelled()
            var plain = tail
            plain.run = nil
            try stateReports.end(plain)
            let count = summary.adoption?.adopted ?? 0
            let written = try writer.commit(
                root: { root in
                    var root = root
                    root.note(adopted, beside: nil)
                    return root
                }, files: stateReports.files, message: "Adopt \(count) profile\(count == 1 ? "" : "s") that \(adopted.count == 1 ? "a tenant has" : "\(adopted.count) tenants have") already\n",
                author: .init(name: "easel", email: "easel@localhost", time: request.now.secondsSince1970))
            tail.applied = request.isReproducible ? "recorded" : written.commit.description
            try store.store.remember(store.branch, at: written.commit)
        }
        for sink in sinks { try sink.end(tail) }
        let errors = diagnostics.count { $0.severity == .error }
        return RunResult(summary: summary, errors: errors, warnings: diagnostics.count - errors, applied: tail.applied)
    }
}

/// Makes the state of a tenant whose profiles are adopted. One per thread.
private final class Adopter {
    private var renderer: TenantRenderer

    init(renderer: TenantRenderer) { self.renderer = renderer }

    func adopt(_ candidate: Candidates.Tenant, _ sides: TenantThreeWays, commit: String, views: any ReportViews) throws -> (TenantReport, TenantTree?) {
        let (found, read) = try sides.compare(candidate)
        guard let found, let tenant = read.desired?.tenant else {
            let count = read.desired?.manifestCount ?? read.appliedProfiles.count
            return (read.report(candidate.id, read.isBroken ? .failed : .ok, [], count), nil)
        }
        let wanted = Set(read.desired?.profiles.map(\.id) ?? [])
        var adopted: [(profile: EffectiveProfile, record: TenantState.Profile)] = []
        var reports: [ProfileReport] = []
        var known = found.inSync
        for drift in found.profiles {
            let id = drift.impact.profile
            guard read.appliedProfiles[id] == nil else {
                known += 1
                continue
            }
            let note: AdoptionNote
            if let live = drift.live, wanted.contains(id) {
                let record = TenantState.Profile(
                    digest: live.digest, action: .none, generation: 1, advice: Set(Impact.advice(on: live, tenant.facts)), graphID: drift.graphID)
                adopted.append((live, record))
                note = .adopted
            } else {
                note = drift.live == nil ? .left("nothing live has this name; the next reconcile creates it") : .left("no manifest describes it")
            }
            reports.append(ProfileReport(impact: drift.impact, heldBy: [], places: sides.places(drift, read.desired, candidate.id), adoption: note))
        }
        let report = read.report(candidate.id, .ok, reports, known)
        guard !adopted.isEmpty else { return (report, nil) }
        return (report, try renderer.adopt(adopted, tenant, applied: read.applied, commit: commit, members: read.members, report: views.tenantPart(report)))
    }
}
