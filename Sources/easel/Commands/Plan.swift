import ArgumentParser
import Reconciler

struct Plan: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what reconcile would do, and what that does to people. Changes nothing.",
        discussion: """
              easel plan --repo ssh://git@git.example.com/mail/config.git
              easel plan --worktree --tenant contoso
              easel plan --staged
            """)

    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "Gates") var gates: GateOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Flag(help: "Read the working files of a local repository, tracked or not, instead of a commit.")
    var worktree = false

    @Flag(help: "Read what is staged in a local repository, exactly as the next commit will have it.")
    var staged = false

    @Option(
        help: ArgumentHelp(
            "'graph', or a folder of exports with one sub-folder per tenant id. Holds the profiles of tenants that were never adopted and have them already.", valueName: "source"), completion: .directory)
    var live: String?

    @Flag(help: "With --live: plan from what tenants have, as reconcile --repair would.")
    var repair = false

    @OptionGroup(title: "Microsoft Graph") var graph: GraphOptions

    @Flag(help: "Exit with code 2 if there is something to do.")
    var detailedExitcode = false

    func validate() throws {
        if repair, live == nil { throw ValidationError("--repair needs --live: what tenants have is where it begins") }
        try WorkTree.checkOne(worktree: worktree, staged: staged, ref: source.ref)
    }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        places.reads = staged ? .staged : worktree ? .files : .commit
        var request = RunRequest(mode: .plan, places: places, selection: source.selection, now: Running.moment(gates.now))
        gates.apply(to: &request)
        let live = live.map { graph.source($0, caFile: places.remoteAccess.caFile) }
        request.repairs = repair
        try LiveOptions.closing(live) {
            try Running.run(request, output, detailed: detailedExitcode, waiting: gates.exitCodeWaiting) { $0.live = try live.map(LiveOptions.checked) }
        }
    }
}
