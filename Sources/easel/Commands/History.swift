import ArgumentParser
import Glibc
import History
import Profiles
import Reconciler
import Reports

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Shows who was changed, when and how, from the state branch.",
        discussion: """
            Shows the newest run first. What a gate held is not shown, since it did not happen.

              easel history
              easel history contoso/staff-mail
              easel history contoso --limit 100 --format json
            """)

    @Argument(help: ArgumentHelp("A tenant, or one profile of it.", valueName: "tenant[/profile]"))
    var what: String?

    @OptionGroup var source: RepositoryOptions
    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Show at most this many runs.", valueName: "n"))
    var limit = 20

    @Option(help: "How the result is printed: text or json.")
    var format = HistoryReport.Format.text

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit \(limit) is too low; it must be at least 1") }
        if let bad = parts.first(where: { !StringForm.id.accepts($0) }) ?? (parts.count > 2 ? what : nil) {
            throw ValidationError("'\(bad)' is not a tenant or profile id; write TENANT or TENANT/PROFILE")
        }
    }

    private var parts: [String] { what?.split(separator: "/", omittingEmptySubsequences: false).map(String.init) ?? [] }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        var selection = source.selection
        if let tenant = parts.first { selection.tenants.insert(tenant) }
        let options = ReportOptions(color: Console.useColor(STDOUT_FILENO), width: Console.width)
        var report = HistoryReport(format, options: options, isNarrow: !selection.tenants.isEmpty, to: Console.write)
        try StateHistory.walk(places, selection: selection, profile: parts.count > 1 ? parts[1] : nil, limit: limit, fetched: { report.begin($0) }) { report.add($0) }
        report.end()
    }
}

extension HistoryReport.Format: ExpressibleByArgument {}
