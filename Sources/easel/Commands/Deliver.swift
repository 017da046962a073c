import ArgumentParser
import Basics
import Git
import HandOff
import Reconciler
import Reports

struct Deliver: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes everything that was recorded since a commit to a folder, as reconcile --out does.",
        discussion: """
            For a pipeline that lost the folder before it had published it. Records nothing. Each .patch.json leads from what was applied at \
            that commit to what is applied now.

              easel history
              easel deliver --since 5e6f7a8 --out payloads

            --format json prints {"formatVersion", "actions": {"update": 3}, "commit", "folder", "since", "tenants"}.
            """)

    @Option(help: ArgumentHelp("The state commit that was published last; easel history lists them.", valueName: "state-commit"))
    var since: String

    @Option(help: ArgumentHelp("The folder to write: a new or empty one, or one that easel has written.", valueName: "dir"), completion: .directory)
    var out: String

    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "Output") var result: ResultOptions
    @OptionGroup(title: "Metrics and notifications") var watch: WatchOptions

    func run() throws {
        var places = try source.places()
        places.state = state.state
        let redelivery = Redelivery(
            places: places, selection: source.selection, since: since, out: out,
            documents: [ReportFormat.markdown.document, ReportFormat.html.document], now: Running.moment(nil))
        let watch = try watch.watch("deliver", repo: source.repository.repo, selection: source.selection, caFile: places.remoteAccess.caFile)
        try Watching.run(watch) {
            let made = try redelivery.run()
            let view = DeliverView(folder: out, since: made.since.description, commit: made.commit.description, actions: made.actions, tenants: made.tenants)
            Console.show(view, as: result.format)
            if let problem = Console.outputProblem { throw Failure(problem) }
            return (0, .init(text: view.outcome, outcomes: [("delivered", made.actions.values.reduce(0, +))]))
        }
    }
}
