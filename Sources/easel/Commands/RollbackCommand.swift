import ArgumentParser
import History
import Reconciler

struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Writes the manifests of an earlier applied state, as a commit to review.",
        discussion: """
            The commit is on a branch of its own; nothing is applied, and history is never rewritten. Going back is a change like any
            other: review says what it does to people.

              easel history
              easel rollback --to 5e6f7a8 --tenant contoso
              easel review main easel/rollback-5e6f7a8
            """)

    @Option(help: ArgumentHelp("The state commit to go back to; history lists them.", valueName: "state-commit"))
    var to: String

    @OptionGroup var source: SourceOptions
    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Name of the new branch (default: easel/rollback-COMMIT).", valueName: "name"))
    var branch: String?

    @Option(help: ArgumentHelp("The moment that the commit bears, as 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        let rollback = Rollback(places: places, selection: source.selection, to: to, branch: branch, now: Running.moment(now))
        let result = try rollback.run()
        guard result.commit != nil else { return Console.write("Everything is as it was then: nothing to roll back.\n") }
        for file in result.files { Console.write("  \(file.isRemoved ? "removed" : "written")  \(file.path)\n") }
        Console.write(
            """

            Committed on \(result.branch). Nothing is applied. What the way back does to people:

              easel review \(result.base) \(result.branch)

            """)
    }
}
