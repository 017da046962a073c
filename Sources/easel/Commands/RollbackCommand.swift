import ArgumentParser
import History
import Reports

struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Writes the manifests of an earlier applied state, as a commit to review.",
        discussion: """
            Manifests come back as they were written, with what they extend. Where a base has changed since, the manifest still extends it and \
            sets what differs; the output says so. The commit goes to a branch of its own. Nothing is applied, and history is never rewritten. Going back is a change like any \
            other: review shows what it does to people.

              easel history
              easel rollback --to 5e6f7a8 --tenant contoso
              easel review main easel/rollback-5e6f7a8

            --format json prints {"formatVersion", "base", "branch", "commit", "files": [{"path", "removed"}], "notes", "wasThere"}.
            """)

    @Option(help: ArgumentHelp("The state commit to go back to; easel history lists them.", valueName: "state-commit"))
    var to: String

    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "Output") var result: ResultOptions

    @Option(help: ArgumentHelp("Name of the new branch (default: easel/rollback-COMMIT).", valueName: "name"))
    var branch: String?

    @Option(help: ArgumentHelp("Time to write into the commit, for example 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        let rollback = Rollback(places: places, selection: source.selection, to: to, branch: branch, now: Running.moment(now))
        Console.show(RollbackView(try rollback.run()), as: result.format)
    }
}
