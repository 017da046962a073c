import ArgumentParser
import Basics
import Glibc
import Importing
import Live
import Reconciler
import ReportModel
import Reports

struct DriftCommand: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Shows how tenants differ from what was applied, and what restoring it would do to people.",
        discussion: """
            Compares each profile three ways, field by field: desired (the config repository), applied (the state) and live (Microsoft Graph or an export). \
            A profile can be missing, modified, unmanaged (only live) or pending (desired, not yet applied). No tenant is changed. \
            Differences in a tenant's accepted-drift.json are listed, but do not affect the exit code. With --previous, the report says \
            what is new, what continues and what is resolved.

              easel drift --live graph
              easel drift --live exports
              easel drift --live exports --report drift.json --previous yesterday.json
              easel drift --live exports --adopt
            """)

    @OptionGroup(title: "Live source") var live: LiveOptions
    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(help: ArgumentHelp("An earlier JSON report of easel drift: its differences are marked as continuing, and resolved ones are listed.", valueName: "file"), completion: .file())
    var previous: String?

    @Flag(help: "Write manifests of the unmanaged profiles into the working files of the config repository, as easel import does. Review and commit them.")
    var adopt = false

    @Option(help: ArgumentHelp("Time used to evaluate the expiry of accepted drift, for example 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        // Everything that the run does must see the same source.
        let live = live.source(caFile: places.remoteAccess.caFile, readsNames: adopt)
        let request = RunRequest(mode: .drift(.init(live: live)), places: places, selection: source.selection, now: Running.moment(now))
        try LiveOptions.closing(live) { try adopt ? runAndAdopt(request, live) : run(request, live) }
    }

    private func runAndAdopt(_ request: RunRequest, _ live: any LiveSource) throws {
        let folder = try WorkTree.folder(source.repository.repo, "a manifest")
        let unmanaged = UnmanagedProfiles()
        do { try run(request, live, beside: unmanaged) } catch let code as ExitCode where Interruption.exitCode == nil {
            if try !unmanaged.adopt(from: live, into: folder) { throw ExitCode(1) }
            throw code
        }
    }

    private func run(_ request: RunRequest, _ live: any LiveSource, beside sink: (any ReportSink)? = nil) throws {
        try Running.run(request, output, beside: sink, detailed: true) { request in
            var comparison = RunRequest.DriftComparison(live: try LiveOptions.checked(live))
            // A time that was given is the same in every run.
            if now != nil || !output.reproducible { comparison.firstSeen = request.now.description }
            if let previous {
                // In the first night there is no earlier report.
                if kind(of: previous) == .missing {
                    comparison.notes = ["There is no earlier report at \(previous), so nothing is marked as new or resolved this time."]
                } else {
                    let bytes = try readFile(previous, limit: RecordedReport.sizeLimit, followsLinks: true)
                    // Drift is looked for every night, whatever became of last night's report: this run's takes its place.
                    do { comparison.earlier = try EarlierDrift(RecordedReport(file: previous, bytes: bytes)) } catch let problem as RecordedReport.Problem {
                        comparison.notes = ["The earlier report cannot be used, so nothing is marked as new or resolved this time: \(problem)."]
                    }
                }
            }
            request.mode = .drift(comparison)
        }
    }
}

/// Collects the profiles that are unmanaged and not accepted as such.
private final class UnmanagedProfiles: ReportSink {
    private var choice = Import.Choice()

    func begin(_ head: ReportHead) {}
    func tenant(_ tenant: TenantReport) {
        for profile in tenant.profiles {
            guard let drift = profile.drift, drift.kind == .unmanaged, !drift.isAccepted else { continue }
            choice.add(tenant.id, graphID: drift.graphID, displayName: profile.impact.displayName)
        }
    }
    func end(_ tail: ReportTail) {}

    /// Writes their manifests, and says so on stderr, since the report is on stdout. False if there were errors.
    func adopt(from live: any LiveSource, into folder: String) throws -> Bool {
        guard !choice.isEmpty else { return true }
        let job = Import(from: live, into: folder, extractsBases: false, only: choice)
        let result = try job.run()
        try job.write(result)
        let color = Console.useColor(STDERR_FILENO)
        Console.writeError(harmlessLines("\n" + ImportView(result).text(ReportOptions(color: color, width: Console.width)), keepsColor: color))
        return !result.diagnostics.contains { $0.severity == .error }
    }
}
