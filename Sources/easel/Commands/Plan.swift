import ArgumentParser
import Reconciler

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what reconcile would do, and what that does to people; changes nothing.",
        discussion: """
              easel plan --repo ssh://git@git.example.com/mail/config.git
              easel plan --worktree --tenant contoso
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var gates: GateOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Read the files of a local repository as they are now, tracked or not, instead of a commit.")
    var worktree = false

    @Flag(help: "Exit code 2 when there is something to do.")
    var detailedExitcode = false

    func validate() throws {
        if worktree, source.ref != nil { throw ValidationError("--worktree reads the files as they are, --ref a commit: choose one") }
    }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        places.reads = worktree ? .files : .commit
        var request = RunRequest(mode: .plan, places: places, selection: source.selection, now: Running.moment(gates.now))
        gates.apply(to: &request)
        try Running.run(request, output, detailed: detailedExitcode)
    }
}
