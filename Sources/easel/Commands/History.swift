import ArgumentParser
import Glibc
import History
import Profiles
import Reconciler
import Reports
import Time

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Shows who was changed, when and how, from the state branch.",
        discussion: """
            Shows the newest run first: what it changed, the commit that made the edit and its author, who approved it and why, and
            which gates had held it for how long. What a gate still holds is not shown, since it did not happen.

              easel history
              easel history contoso/staff-mail
              easel history contoso --since 2026-11-01 --format markdown
              easel history --since 7d --limit 1000 --format json
            """)

    @Argument(help: ArgumentHelp("A tenant, or one profile of it.", valueName: "tenant[/profile]"))
    var what: String?

    @OptionGroup(title: "Config repository") var source: RepositoryOptions
    @OptionGroup(title: "Applied state") var state: StateOptions

    @Option(help: ArgumentHelp("Show at most this many runs.", valueName: "n"))
    var limit = 20

    @Option(help: ArgumentHelp("Show only runs since this day (2026-11-20, UTC), moment (2026-11-20T08:00:00Z), or so long ago (36h, 7d).", valueName: "when"))
    var since: String?

    @Option(help: "How the result is printed: text, markdown or json.")
    var format = HistoryReport.Format.text

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit \(limit) is too low; it must be at least 1") }
        if let since, moment(since) == nil { throw ValidationError("--since '\(since)' is not a day, a moment or a length of time; write 2026-11-20, 2026-11-20T08:00:00Z, 36h or 7d") }
        if let bad = parts.first(where: { !StringForm.id.accepts($0) }) ?? (parts.count > 2 ? what : nil) {
            throw ValidationError("'\(bad)' is not a tenant or profile id; write TENANT or TENANT/PROFILE")
        }
    }

    private var parts: [String] { what?.split(separator: "/", omittingEmptySubsequences: false).map(String.init) ?? [] }

    private func moment(_ text: String) -> Instant? {
        if let moment = Instant(text) ?? Instant(endOfDay: text)?.adding(seconds: -86_400) { return moment }
        guard let unit = text.last.flatMap({ ["h": 3600, "d": 86_400][$0] }), let count = Int(text.dropLast()), (0...100_000).contains(count) else { return nil }
        return Instant(secondsSince1970: Int64(time(nil))).adding(seconds: -count * unit)
    }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        var selection = source.selection
        if let tenant = parts.first { selection.tenants.insert(tenant) }
        let options = ReportOptions(color: Console.useColor(STDOUT_FILENO), width: Console.width)
        var report = HistoryReport(format, options: options, isNarrow: !selection.tenants.isEmpty, to: Console.write)
        try StateHistory.walk(places, selection: selection, profile: parts.count > 1 ? parts[1] : nil, limit: limit, since: since.flatMap(moment)?.secondsSince1970, fetched: { report.begin($0) }) { report.add($0) }
        report.end()
    }
}

extension HistoryReport.Format: ExpressibleByArgument {}
