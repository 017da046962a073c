import ArgumentParser
import Files
import Live
import Reconciler

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Says what tenants have otherwise than it was applied, and what putting it back would do to people.",
        discussion: """
            Desired (the config repository), applied (the state) and live (an export) are held against each other, field by field:
            missing, modified, unmanaged (only live), pending (desired, not yet applied). Nothing is changed. Differences noted in a
            tenant's accepted-drift.json are listed, and set no exit code; with an earlier report, only what is new is news.

              easel drift --live exports
              easel drift --live exports --report drift.json --previous yesterday.json
            """)

    @OptionGroup var live: LiveOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("An earlier JSON report of drift: its differences are marked as continuing, and what is resolved is listed.", valueName: "file"))
    var previous: String?

    @Option(help: ArgumentHelp("The moment that accepted drift is held against, as 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        try Running.run(RunRequest(mode: .drift, places: places, selection: source.selection, now: Running.moment(now)), output, detailed: true) { request in
            request.live = try live.source()
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

/// Where what tenants have now is read.
struct LiveOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A folder of exports (Graph JSON or IntuneCD), one sub-folder per tenant id.", valueName: "folder"))
    var live: String

    func source() throws -> (source: any LiveSource, name: String) {
        let folder = ExportFolder(path: withoutTrailingSlashes(live))
        _ = try folder.tenants()
        return (folder, live)
    }
}
