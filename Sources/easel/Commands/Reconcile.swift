import ArgumentParser
import Reconciler

struct Reconcile: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The main job: plan, gates, payloads, applied state and report.",
        discussion: """
            What the gates let through is rendered and recorded in one commit on the state branch; a broken tenant is left exactly as
            applied and does not hold up the others.

              easel reconcile --repo https://git.example.com/mail/config.git --state /srv/easel/state.git --out payloads
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var gates: GateOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Folder for the next pipeline step: every payload, PATCH bodies and the report.", valueName: "dir"))
    var out: String?

    @Flag(name: .customLong("defer"), help: "Write payloads and report, and leave the state alone: easel confirm records it once your own deployment is done.")
    var defers = false

    func validate() throws { if defers, out == nil { throw ValidationError("--defer needs --out: it is what easel confirm reads") } }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        var request = RunRequest(mode: .reconcile, places: places, selection: source.selection, now: Running.moment(gates.now))
        gates.apply(to: &request)
        request.out = out
        request.defers = defers
        try Running.run(request, output)
    }
}
