import ArgumentParser
import Basics
import Deferral
import Logging
import Reports

struct Confirm: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records a deferred reconcile as applied, after your own deployment.",
        discussion: """
            Refuses if the applied state has moved since the reconcile. With --results, only what was really applied is recorded; the \
            rest stays as it was, and the next reconcile plans it again. The file has this form ("easel schema results" has all of it): \
            {"results": [{"tenant": "contoso", "profile": "staff-mail", "status": "published", "graphId": "…"}]}. The status is applied, \
            published, failed, awaitingApproval or notSent.

              easel reconcile --defer --out payloads
              easel confirm payloads
              easel confirm payloads --results results.json

            --format json prints {"formatVersion", "branch", "commit", "confirmed": ["tenant/profile"], "left": ["tenant/profile"], \
            "reasons": {"tenant/profile": {"status", "code", "message"}}}.
            """)

    @Argument(help: ArgumentHelp("The folder that reconcile --defer --out wrote.", valueName: "dir"), completion: .directory)
    var directory: String

    @OptionGroup(title: "Config repository") var source: RepositoryOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "State commits") var authorship: AuthorshipOptions
    @OptionGroup(title: "Output") var result: ResultOptions
    @OptionGroup(title: "Metrics and notifications") var watch: WatchOptions

    @Option(help: ArgumentHelp("JSON file that lists what was applied and what failed. What it does not name counts as not applied.", valueName: "file"), completion: .file())
    var results: String?

    @Option(help: ArgumentHelp("Time from which rings count, for example 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func validate() throws {
        guard source.selection.isEverything else { throw ValidationError("confirm records the whole deferred reconcile; use --results to record a part of it") }
    }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        try authorship.apply(to: &places)
        // A folder that cannot be read is an error of the confirmation itself.
        let deferred = (try? Confirmation.selection(of: directory)) ?? source.selection
        let watch = try watch.watch("confirm", repo: source.repo, selection: deferred, caFile: places.remoteAccess.caFile)
        try Watching.run(watch) { [places] in
            let confirmation = Confirmation(
                places: places, out: directory, results: try results.map { try DeploymentResults(file: $0) }, now: Running.moment(now).description, logger: Logger(label: "easel"))
            let done = try confirmation.run()
            let view = ConfirmView(done)
            Console.show(view, as: result.format)
            if let problem = Console.outputProblem { throw done.commit.map { RecordedButUnreported(commit: $0.description, problem) } ?? Failure(problem) }
            return (0, .init(text: view.outcome, outcomes: [("confirmed", done.confirmed.count), ("left", done.left.count)]))
        }
    }
}
