import ArgumentParser
import Basics
import Importing
import Live
import Reconciler
import ReportModel

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Says what tenants have otherwise than it was applied, and what putting it back would do to people.",
        discussion: """
            Desired (the config repository), applied (the state) and live (an export) are held against each other, field by field:
            missing, modified, unmanaged (only live), pending (desired, not yet applied). No tenant is changed. Differences noted in a
            tenant's accepted-drift.json are listed, and set no exit code; with an earlier report, only what is new is news.

              easel drift --live exports
              easel drift --live exports --report drift.json --previous yesterday.json
              easel drift --live exports --adopt
            """)

    @OptionGroup var live: LiveOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("An earlier JSON report of drift: its differences are marked as continuing, and what is resolved is listed.", valueName: "file"))
    var previous: String?

    @Flag(help: "Write manifests of the unmanaged profiles into the config repository's files, as easel import does, to be reviewed and committed.")
    var adopt = false

    @Option(help: ArgumentHelp("The moment that accepted drift is held against, as 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        let request = RunRequest(mode: .drift, places: places, selection: source.selection, now: Running.moment(now))
        let live = live.source
        guard adopt else { return try run(request, live) }
        let folder = try WorkTree.folder(source.repository.repo, "a manifest")
        let unmanaged = UnmanagedProfiles()
        do { try run(request, live, beside: unmanaged) } catch let code as ExitCode where Interruption.exitCode == nil {
            if try !unmanaged.adopt(from: live, into: folder) { throw ExitCode(1) }
            throw code
        }
    }

    private func run(_ request: RunRequest, _ live: any LiveSource, beside sink: (any ReportSink)? = nil) throws {
        try Running.run(request, output, beside: sink, detailed: true) { request in
            request.live = try LiveOptions.checked(live)
            // A moment that was given is no accident of this run.
            if now != nil || !output.reproducible { request.firstSeen = request.now.description }
            guard let previous else { return }
            // The first night there is none.
            if kind(of: previous) == .missing {
                request.notes.append("There is no earlier report at \(previous): nothing is told as new or resolved this time.")
            } else {
                request.previous = try PreviousDrift(file: previous, bytes: readFile(previous, limit: PreviousDrift.sizeLimit))
            }
        }
    }
}

/// Takes note of what is unmanaged and not accepted as that.
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

    /// Writes their manifests, and tells so beside the report; false where there were errors.
    func adopt(from live: any LiveSource, into folder: String) throws -> Bool {
        guard !choice.isEmpty else { return true }
        let job = Import(from: live, into: folder, extractsBases: false, only: choice)
        let result = try job.run()
        try job.write(result)
        Console.writeError("\n" + ImportCommand.told(result, color: Console.useColor(2)))
        if result.manifests > 0 { Console.writeError(ImportCommand.next) }
        return !result.diagnostics.contains { $0.severity == .error }
    }
}

/// Where what tenants have now is read.
struct LiveOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A folder of exports (Graph JSON or IntuneCD), one sub-folder per tenant id.", valueName: "folder"))
    var live: String

    /// Ask for it once in a run: everything that the run does must see the same source.
    var source: any LiveSource { ExportFolder(path: live) }

    /// - Throws: when the source cannot be used at all.
    static func checked(_ source: any LiveSource) throws -> (source: any LiveSource, name: String) {
        _ = try waiting { try await source.tenants() }
        return (source, source.name)
    }
}
