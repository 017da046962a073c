import ArgumentParser
import Glibc
import History
import Profiles
import Reconciler
import Reports

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Tells who was changed when and how, from the state branch.",
        discussion: """
            Newest first. What a gate held is not told: it did not happen.

              easel history
              easel history contoso/staff-mail
              easel history contoso --limit 100 --format json
            """)

    @Argument(help: ArgumentHelp("A tenant, or one profile of it.", valueName: "tenant[/profile]"))
    var what: String?

    @OptionGroup var source: RepositoryOptions
    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Runs that are told at most.", valueName: "n"))
    var limit = 20

    @Option(help: "text or json.")
    var format = HistoryReport.Format.text

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit \(limit): at least 1") }
        if let bad = parts.first(where: { !StringForm.id.accepts($0) }) ?? (parts.count > 2 ? what : nil) {
            throw ValidationError("'\(bad)' is no tenant or profile id; write TENANT or TENANT/PROFILE")
        }
    }

    private var parts: [String] { what?.split(separator: "/", omittingEmptySubsequences: false).map(String.init) ?? [] }

    func run() throws {
        var places = try source.places()
        places.state = state.state
        var selection = source.selection
        if let tenant = parts.first { selection.tenants.insert(tenant) }
        let options = ReportOptions(color: Console.useColor(STDOUT_FILENO), width: Console.width)
        var report = HistoryReport(format, options: options, profile: parts.count > 1 ? parts[1] : nil, isNarrow: !selection.tenants.isEmpty)
        var found = 0
        try StateHistory.walk(places, selection: selection, limit: limit) { entry in
            guard let text = report.add(entry) else { return false }
            Console.write(text)
            found += 1
            return true
        }
        Console.write(report.end())
        if found == 0, format == .text { Console.write("Nothing was applied yet\(what.map { " to \($0)" } ?? "").\n") }
    }
}

extension HistoryReport.Format: ExpressibleByArgument {}
