import ArgumentParser
import Reconciler

struct Adopt: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records what tenants already have as applied, so that the first reconcile does not report a first install.",
        discussion: """
            If a manifest describes a profile that the state does not have, and the tenant has one with the same name, it is recorded in \
            the applied state as it is live. After that, plan compares with what the tenants really have. No tenant is changed.

              easel import exports --into . && git add -A && git commit -m "Import"
              easel adopt --live exports
              easel adopt --live graph
              easel plan
            """)

    @OptionGroup(title: "Live source") var live: LiveOptions
    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Applied state") var state: StateOptions
    @OptionGroup(title: "State commits") var authorship: AuthorshipOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(help: ArgumentHelp("Time to write into the commit, for example 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    func run() throws {
        var places = try source.places()
        places.state = state.state
        try authorship.apply(to: &places)
        let live = live.source(caFile: places.remoteAccess.caFile)
        let request = RunRequest(mode: .adopt(live), places: places, selection: source.selection, now: Running.moment(now))
        try LiveOptions.closing(live) { try Running.run(request, output) { _ in _ = try LiveOptions.checked(live) } }
    }
}
