import AppliedState
import Basics
import ConfigRepository
import Gates
import Git
import JSONSource
import Live
import Profiles
import ReportModel
import Time

/// Desired, applied and live, three ways: changes nothing.
struct DriftRun {
    private let request: RunRequest
    private let live: (source: any LiveSource, name: String)
    private let sinks: [any ReportSink]
    private let start: Clock

    init(_ request: RunRequest, sinks: [any ReportSink], start: Clock) throws {
        guard let live = request.live else { throw UsageError("drift needs --live") }
        self.request = request
        self.live = live
        self.sinks = sinks
        self.start = start
    }

    func run() throws -> RunResult {
        let (request, source) = (request, live.source)
        let opened = try request.places.open(.read, isReproducible: request.isReproducible)
        let surroundings = try Surroundings(request, opened)
        for sink in sinks {
            try sink.begin(ReportHead(command: request.command, source: opened.head, base: opened.base, live: live.name))
        }
        var summary = ReportSummary()
        summary.drift = DriftSummary(comparesWithEarlier: request.previous != nil)
        var diagnostics = surroundings.diagnostics + (try strangers(surroundings))
        var failed: Set<String> = []
        var stays: Set<String> = []
        var skipped: [String: Int] = [:]
        let total = surroundings.tenants.count
        try workInOrder(surroundings.tenants) {
            try TenantThreeWays(surroundings, request, source)
        } work: { worker, tenant in
            try request.checkCancelled()
            return try worker.drift(tenant)
        } take: { results, done in
            for (report, others) in results {
                skipped.merge(others, uniquingKeysWith: +)
                summary.add(report)
                diagnostics += report.diagnostics
                if report.status == .failed { failed.insert(report.id) }
                for profile in report.profiles where request.previous != nil {
                    guard let drift = profile.drift else { continue }
                    for change in profile.impact.changes { stays.insert(PreviousDrift.key(report.id, profile.impact.profile, change.path, drift.kind, drift.graphID)) }
                }
                if report.status != .ok || !report.profiles.isEmpty || !report.diagnostics.isEmpty { for sink in sinks { try sink.tenant(report) } }
            }
            request.progress?(done, total)
        }
        func isKnown(_ tenant: String) -> Bool { !failed.contains(tenant) && request.selection.contains(tenant) }
        let resolved = request.previous?.resolved(stays: stays, isKnown: isKnown) ?? []
        summary.drift?.changes?.resolved = resolved.count
        var tail = ReportTail(
            summary: summary, diagnostics: diagnostics.sorted(), notes: request.notes + Self.note(skipped), run: request.isReproducible ? nil : .init(startedAt: start.startedAt, duration: start.elapsed))
        tail.resolved = resolved
        tail.carried = request.previous?.carried(isKnown: isKnown) ?? []
        for sink in sinks { try sink.end(tail) }
        let errors = diagnostics.count { $0.severity == .error }
        return RunResult(summary: summary, errors: errors, warnings: diagnostics.count - errors, applied: nil)
    }

    /// In one sentence, what else the exports hold.
    private static func note(_ skipped: [String: Int]) -> [String] {
        guard !skipped.isEmpty else { return [] }
        let shown = 10
        let types = skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(shown).map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return ["Skipped in the exports, since they are no email profiles: \(types)\(skipped.count > shown ? ", and \(skipped.count - shown) more types" : "")."]
    }

    /// Exports of tenants that the config repository does not know: nobody looks at those.
    private func strangers(_ surroundings: Surroundings) throws -> [Diagnostic] {
        guard request.selection.isEverything else { return [] }
        let known = Set(surroundings.tenants.map(\.id))
        let source = live.source
        let (ids, diagnostics) = try waiting { try await source.tenants() }
        return diagnostics + ids.filter { !known.contains($0) }.map { id in
            Diagnostic(
                .missingTenantFile, severity: .warning, file: "\(live.name)/\(id)", "there is an export of \(id), and no such tenant in the config repository",
                help: "easel import writes its manifests; or take the export away")
        }
    }
}

/// What drift and adopt read before the first tenant.
struct Surroundings: Sendable {
    private let source: ConfigSource
    private let storePath: String?
    let listing: StateListing
    let rootState: RootState
    let bases = Bases()
    let baseFiles: [String: ConfigEntry]
    let zones: ZoneStore
    let tenants: [Candidates.Tenant]
    let diagnostics: [Diagnostic]

    init(_ request: RunRequest, _ opened: OpenedPlaces) throws {
        source = opened.source
        storePath = opened.store?.store.repositoryPath
        let reader = try source.reader()
        let root = try reader.root()
        let repository = try storePath.map(Repository.openBare(path:))
        let snapshot = try StateSnapshot(repository: repository, tip: opened.store?.tip)
        listing = snapshot.listing
        rootState = try snapshot.rootState()
        let candidates = try Candidates.find(
            root: root, reader: reader, selection: request.selection, state: RootState(), applied: Array(snapshot.tenantIDs), previousTenants: { _ in nil })
        tenants = candidates.tenants
        diagnostics = candidates.diagnostics
        baseFiles = try root.first { $0.name == "bases" && $0.kind == .folder }.map { try reader.files(below: $0, path: "bases") } ?? [:]
        zones = ZoneStore()
    }

    /// For one thread.
    func loader() throws -> TenantLoader { TenantLoader(reader: try source.reader(), bases: bases, baseFiles: baseFiles, zones: zones) }
    func snapshot() throws -> StateSnapshot {
        StateSnapshot(listing, repository: try storePath.map(Repository.openBare(path:)))
    }
}
