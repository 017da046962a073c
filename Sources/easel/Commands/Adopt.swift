import ArgumentParser
import Reconciler

struct Adopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records what tenants already have as applied, so that the first reconcile does not tell people of a first install.",
        discussion: """
            Every profile that a manifest describes, that the state does not know, and that a tenant has by the same name is entered
            into the applied state as it is live. After that plan speaks of what is there, and nothing has been changed anywhere.

              easel import exports --into . && git add -A && git commit -m "Import"
              easel adopt --live exports
              easel plan
            """)

    @OptionGroup var live: LiveOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("The moment that the commit bears, as 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        try Running.run(RunRequest(mode: .adopt, places: places, selection: source.selection, now: Running.moment(now)), output) { $0.live = try LiveOptions.checked(live.source) }
    }
}
