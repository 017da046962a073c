import ArgumentParser
import Reconciler

struct Reconcile: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Does the main job: plans, applies the gates, renders payloads, records the applied state and reports.",
        discussion: """
            What the gates let through is rendered, and recorded in one commit on the state branch. A broken tenant is reported and keeps \
            its applied state; it does not hold up the others.

              easel reconcile --repo https://git.example.com/mail/config.git --state /srv/easel/state.git --out payloads
            """)

    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "State commits") var authorship: AuthorshipOptions
    @OptionGroup(title: "Gates") var gates: GateOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(help: ArgumentHelp("Write every payload, PATCH bodies and the report to this folder, for the next pipeline step.", valueName: "dir"), completion: .directory)
    var out: String?

    @Option(
        help: ArgumentHelp(
            "'graph', or a folder of exports with one sub-folder per tenant id. Holds the profiles of tenants that were never adopted and have them already.", valueName: "source"), completion: .directory)
    var live: String?

    @Option(
        help: ArgumentHelp("'graph': send what the gates let through to Intune by Microsoft Graph, and record what it accepts. Without it, nothing is sent.", valueName: "service"))
    var publish: PublishTarget?

    @Flag(help: "Restore what somebody else has changed in Intune and nobody has accepted: plan from what tenants have (--live, --publish), with the same rules and gates.")
    var repair = false

    @OptionGroup(title: "Microsoft Graph") var graph: GraphOptions

    @Flag(name: .customLong("defer"), help: "Write payloads and the report, but record nothing yet. Run easel confirm after your own deployment to record it.")
    var defers = false

    func validate() throws {
        if defers, out == nil { throw ValidationError("--defer needs --out: easel confirm reads that folder") }
        if defers, publish != nil { throw ValidationError("--defer leaves publishing to somebody else; use --publish without it") }
        if repair, publish == nil, live == nil { throw ValidationError("--repair needs --live or --publish: what tenants have is where it begins") }
    }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        try authorship.apply(to: &places)
        let service = publish.map { _ in graph.publishing(caFile: places.remoteAccess.caFile) }
        let session = service.map { PublishingSession($0) { Interruption.hasCome } }
        // What was sent must be recorded, whoever asks the run to stop.
        if let session { places.isCancelled = { Interruption.hasCome && !session.hasSent } }
        var request = RunRequest(mode: .reconcile(.init(out: out, defers: defers, publishing: session)), places: places, selection: source.selection, now: Running.moment(gates.now))
        gates.apply(to: &request)
        let live = (live ?? publish?.rawValue).map { graph.source($0, caFile: places.remoteAccess.caFile) }
        request.repairs = repair
        try LiveOptions.closing(live, service) {
            try Running.run(request, output, waiting: gates.exitCodeWaiting) { $0.live = try live.map(LiveOptions.checked) }
        }
    }
}

/// What `--publish` names.
enum PublishTarget: String, ExpressibleByArgument {
    case graph
}
