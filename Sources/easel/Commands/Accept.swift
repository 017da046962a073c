import ArgumentParser
import Basics
import Gates
import JSONSource
import Live
import Profiles
import Reconciler
import ReportModel
import Reports
import Time

struct Accept: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Marks a drift as wanted: reports list it as accepted, and it no longer affects the exit code.",
        discussion: """
            The accepted live value is read from a drift report; any other value is drift again. Without a path, the profile as a whole is \
            accepted as missing or unmanaged. The entry is written to the tenant's accepted-drift.json; commit it like any change. The \
            manifest stays as it is: the next reconcile that changes the setting reports that it undoes an accepted drift.

              easel drift --live exports --report drift.json
              easel accept staff-mail /mail/amountToSync --tenant contoso --report drift.json --reason "Board wish, ticket 4711"

            --format json prints {"formatVersion", "written": [path], "accepted": [{"tenant", "profile", "path"}]}.
            """)

    @Argument(help: ArgumentHelp("The profile's id, as shown in the report.", valueName: "profile"))
    var profile: String

    @Argument(help: ArgumentHelp("JSON pointers of the settings, as shown in the report. Without one, the profile as a whole is accepted as missing or unmanaged.", valueName: "path"))
    var paths: [String] = []

    @Option(help: ArgumentHelp("The tenant that may differ.", valueName: "id"))
    var tenant: TenantID

    @Option(help: ArgumentHelp("Why the difference is wanted.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("The JSON report of easel drift that shows the difference.", valueName: "file"), completion: .file())
    var report: String?

    @Option(help: ArgumentHelp("The config repository: a folder on this machine.", valueName: "path"), completion: .directory)
    var repo = "."

    @Option(help: ArgumentHelp("Who accepts it (default: Git's user.name and user.email).", valueName: "name"))
    var acceptedBy: String?

    @Option(help: ArgumentHelp("The last day on which it is valid (UTC), for example 2027-01-31 (default: no end).", valueName: "day"))
    var expires: String?

    @OptionGroup(title: "Output") var result: ResultOptions

    func validate() throws {
        if paths.contains(where: { !$0.isEmpty }), report == nil { throw ValidationError("the live value of \(paths[0]) is read from a drift report: add --report") }
        if let expires, !Approval.isDay(expires) { throw ValidationError("--expires \(expires) is not a day; write it as 2027-01-31") }
        if let expires, let end = Instant(endOfDay: expires), end <= Running.moment(nil) { throw ValidationError("--expires \(expires) is in the past") }
    }

    func run() throws {
        let folder = try WorkTree.folder(repo, "an accepted drift")
        var file = try AcceptedDriftFile(tenant: tenant.id, in: folder)
        let accepted = paths.isEmpty ? [""] : paths
        for pointer in accepted { file.accept(try difference(pointer), reason: reason, acceptedBy: try acceptedBy ?? WorkTree.author(repo), expires: expires) }
        let written = try file.write()
        Console.show(AcceptView(file: written.path, tenant: tenant.id, profile: profile, paths: accepted), as: result.format)
    }

    /// The difference as the report shows it; without a report, the profile as a whole.
    private func difference(_ pointer: String) throws -> AcceptedDriftFile.Difference {
        func accepted(live: JSON? = nil, graphID: String? = nil) -> AcceptedDriftFile.Difference { .init(profile: profile, path: pointer, live: live, graphID: graphID) }
        guard let report else { return accepted() }
        let recorded = try RecordedReport(file: report)
        do { try recorded.check(isOf: .drift) } catch { throw UsageError("\(error)") }
        let profiles = try recorded.tenants().first { $0.id == tenant.id }?.profiles ?? []
        guard let found = profiles.first(where: { $0.impact.profile == profile }), let drift = found.drift else {
            throw UsageError("\(report) shows no drift of \(tenant.id)/\(profile)\(didYouMean(profile, among: profiles.map(\.impact.profile)))")
        }
        let changes = found.impact.changes
        guard let position = changes.firstIndex(where: { $0.path == pointer }) else {
            throw UsageError("\(report) shows no drift of \(tenant.id)/\(profile) at '\(pointer)', only at: \(changes.map { $0.path.isEmpty ? "\"\"" : $0.path }.joined(separator: ", "))")
        }
        guard drift.differences[position].kind != .pending else {
            throw UsageError("\(tenant.id)/\(profile)\(pointer.isEmpty ? "" : " \(pointer)") is pending, not drift: the manifest asks for it, and no reconcile has applied it yet")
        }
        if !pointer.isEmpty { return accepted(live: changes[position].before.json) }
        return accepted(graphID: drift.differences[position].kind == .unmanaged ? drift.graphID.flatMap { StringForm.guid.accepts($0) ? $0 : nil } : nil)
    }
}
