import ArgumentParser
import Basics
import Glibc
import Importing
import Live
import Reconciler
import ReportModel
import Reports

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Shows how tenants differ from what was applied, and what restoring it would do to people.",
        discussion: """
            Compares each profile three ways, field by field: desired (the config repository), applied (the state) and live (an export). \
            A profile can be missing, modified, unmanaged (only live) or pending (desired, not yet applied). No tenant is changed. \
            Differences in a tenant's accepted-drift.json are listed, but do not affect the exit code. With --previous, the report says \
            what is new, what continues and what is resolved.

              easel drift --live exports
              easel drift --live exports --report drift.json --previous yesterday.json
              easel drift --live exports --adopt
            """)

    @OptionGroup var live: LiveOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("An earlier JSON report of easel drift: its differences are marked as continuing, and resolved ones are listed.", valueName: "file"))
    var previous: String?

    @Flag(help: "Write manifests of the unmanaged profiles into the working files of the config repository, as easel import does. Review and commit them.")
    var adopt = false

    @Option(help: ArgumentHelp("Time used to evaluate the expiry of accepted drift, for example 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        let request = RunRequest(mode: .drift, places: places, selection: source.selection, now: Running.moment(now))
        guard adopt else { return try run(request) }
        let folder = try WorkTree.folder(source.repository.repo, "a manifest")
        let unmanaged = UnmanagedProfiles()
        do { try run(request, beside: unmanaged) } catch let code as ExitCode where Interruption.exitCode == nil {
            if try !unmanaged.adopt(from: live.live, into: folder) { throw ExitCode(1) }
            throw code
        }
    }

    private func run(_ request: RunRequest, beside sink: (any ReportSink)? = nil) throws {
        try Running.run(request, output, beside: sink, detailed: true) { request in
            request.live = try live.source()
            // A time that was given is the same in every run.
            if now != nil || !output.reproducible { request.firstSeen = request.now.description }
            guard let previous else { return }
            // In the first night there is no earlier report.
            if kind(of: previous) == .missing {
                request.notes.append("There is no earlier report at \(previous), so nothing is marked as new or resolved this time.")
            } else {
                request.previous = try PreviousDrift(file: previous, bytes: readFile(previous, limit: PreviousDrift.sizeLimit))
            }
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
    func adopt(from live: String, into folder: String) throws -> Bool {
        guard !choice.isEmpty else { return true }
        let job = Import(files: [live], tenant: nil, into: folder, extractsBases: false, only: choice)
        let result = try job.run()
        try job.write(result)
        Console.writeError("\n" + ImportView(result).text(ReportOptions(color: Console.useColor(STDERR_FILENO), width: Console.width)))
        return !result.diagnostics.contains { $0.severity == .error }
    }
}

/// Where easel reads what tenants have now.
struct LiveOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder of exports (Graph JSON or IntuneCD), with one sub-folder per tenant id.", valueName: "folder"))
    var live: String

    func source() throws -> (source: any LiveSource, name: String) {
        let folder = ExportFolder(path: withoutTrailingSlashes(live))
        _ = try folder.tenants()
        return (folder, live)
    }
}
