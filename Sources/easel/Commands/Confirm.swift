import ArgumentParser
import Deferral
import Logging
import Reconciler

struct Confirm: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records a deferred reconcile as applied, once your own deployment is done.",
        discussion: """
            Refused when the applied state has moved since. With --results, only what was really applied is recorded; the rest stays as
            it was, and the next reconcile takes it up again. The file is
            {"results": [{"tenant": "contoso", "profile": "staff-mail", "status": "applied", "graphId": "…"}]}.

              easel reconcile --defer --out payloads
              easel confirm payloads
              easel confirm payloads --results results.json
            """)

    @Argument(help: ArgumentHelp("The folder that reconcile --defer --out has written.", valueName: "dir"))
    var directory: String

    @OptionGroup var source: RepositoryOptions
    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("JSON file that says what was applied and what failed; what it does not name was not applied.", valueName: "file"))
    var results: String?

    func validate() throws {
        guard source.selection.isEverything else { throw ValidationError("confirm records what was deferred, whole; for a part of it give --results") }
    }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        let confirmation = Confirmation(places: places, out: directory, results: try results.map { try DeploymentResults(file: $0) }, logger: Logger(label: "easel"))
        let result = try confirmation.run()
        for name in result.left { Console.write("  left      \(name)\n") }
        for name in result.confirmed.prefix(200) { Console.write("  recorded  \(name)\n") }
        if result.confirmed.count > 200 { Console.write("  and \(result.confirmed.count - 200) more\n") }
        guard let commit = result.commit else {
            return Console.write(result.left.isEmpty ? "There was nothing to do, and there is nothing to confirm.\n" : "\nNothing was applied, and nothing recorded.\n")
        }
        Console.write("\nRecorded on \(result.branch) as \(commit.short): \(result.confirmed.count) confirmed, \(result.left.count) left.\n")
    }
}
