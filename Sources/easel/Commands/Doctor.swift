import ArgumentParser
import Basics
import Glibc
import Health
import Reports

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks at everything that easel needs, and says what to do about what is missing.",
        discussion: """
            Checks libgit2, the config repository, the applied state, SSH keys and host keys, time zones, the programs that verify signatures, and \
            room on the disk. With --live graph it also signs in to every tenant, and says which permission or consent is missing, which commands \
            need it, and where to grant it. Nothing is changed.

              easel doctor
              easel doctor --repo URL --state URL --out out
              easel doctor --live graph --tenant contoso

            Exit code 1 if something is broken; a warning leaves it at 0.

            --format json prints {"formatVersion", "checks": [{"name", "tenant"?, "outcome": "ok|warning|failed|skipped", "what", "fix"?}], \
            "summary": {"ok": n, "warning": n, "failed": n, "skipped": n}}.
            """)

    @Option(help: ArgumentHelp("'graph' to ask each tenant through Microsoft Graph (default: no tenant is asked).", valueName: "source"), completion: .list(["graph"]))
    var live: String?

    @Option(help: ArgumentHelp("The folder of reconcile's --out, to be looked at too.", valueName: "dir"), completion: .directory)
    var out: String?

    @OptionGroup(title: "Microsoft Graph") var graph: GraphOptions
    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "Output") var result: ResultOptions

    func validate() throws {
        if let live, live != "graph" { throw ValidationError("--live \(live): there is nothing to ask an export; use --live graph") }
    }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        let live = live.map { _ in graph.graph(caFile: places.remoteAccess.caFile) }
        let checks = try LiveOptions.closing(live) {
            var checkup = Checkup(places)
            (checkup.selection, checkup.out, checkup.source) = (source.selection, out, live)
            let progress = Progress(isShown: Console.isTerminal(STDERR_FILENO))
            defer { progress.finish() }
            checkup.progress = { progress.read($0, of: $1) }
            do { return try checkup.run() } catch is CancellationError { throw Failure("not every tenant was asked") }
        }
        Console.show(DoctorView(checks), as: result.format)
        if let code = Interruption.exitCode { throw ExitCode(code) }
        if checks.contains(where: { $0.outcome == .failed }) { throw ExitCode(1) }
    }
}
