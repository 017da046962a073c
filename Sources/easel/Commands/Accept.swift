import ArgumentParser
import Basics
import Gates
import JSONSource
import Live
import Profiles
import Reconciler
import ReportModel
import Time

struct Accept: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Notes a drift as wanted: it is listed as such from then on, and sets no exit code.",
        discussion: """
            The live value that is accepted is taken from a drift report; another value than that is drift again. Without a path, that
            a profile is missing or unmanaged is accepted. The entry goes into the tenant's accepted-drift.json; commit it like any
            change. What the manifest says stays: the next reconcile that changes the setting says that it undoes an accepted drift.

              easel drift --live exports --report drift.json
              easel accept staff-mail /mail/amountToSync --tenant contoso --report drift.json --reason "Board wish, ticket 4711"
            """)

    @Argument(help: ArgumentHelp("The profile's id, as the report shows it.", valueName: "profile"))
    var profile: String

    @Argument(help: ArgumentHelp("JSON pointers of the settings, as the report shows them; none: the profile is missing or unmanaged.", valueName: "path"))
    var paths: [String] = []

    @Option(help: ArgumentHelp("The tenant that may differ.", valueName: "id"))
    var tenant: TenantID

    @Option(help: ArgumentHelp("Why it is wanted.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("The JSON report of easel drift that shows the difference.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("The config repository: a folder on this machine.", valueName: "path"))
    var repo = "."

    @Option(help: ArgumentHelp("Who says so (default: GIT_AUTHOR_NAME, or the user's name).", valueName: "name"))
    var acceptedBy: String?

    @Option(help: ArgumentHelp("The last day on which it counts (UTC), as 2027-01-31 (default: no end).", valueName: "day"))
    var expires: String?

    func validate() throws {
        if paths.contains(where: { !$0.isEmpty }), report == nil { throw ValidationError("the live value of \(paths[0]) is taken from a drift report: give --report") }
        if let expires, !Approval.isDay(expires) { throw ValidationError("--expires \(expires) is no day; write it as 2027-01-31") }
        if let expires, let end = Instant(endOfDay: expires), end <= Running.moment(nil) { throw ValidationError("--expires \(expires) is over already") }
    }

    func run() throws {
        let folder = try WorkTree.folder(repo, "an accepted drift")
        var file = try AcceptedDriftFile(tenant: tenant.id, in: folder)
        for pointer in paths.isEmpty ? [""] : paths {
            file.accept(try seen(pointer), reason: reason, acceptedBy: acceptedBy ?? WorkTree.author, expires: expires)
        }
        let written = try file.write()
        Console.write("  written  \(written.path)\n\nCommit it: git add \(written.path) && git commit\n")
    }

    /// The difference as the report shows it; without a report, the profile as a whole.
    private func seen(_ pointer: String) throws -> AcceptedDriftFile.Difference {
        func difference(live: JSON? = nil, graphID: String? = nil) -> AcceptedDriftFile.Difference { .init(profile: profile, path: pointer, live: live, graphID: graphID) }
        guard let report else { return difference() }
        let document = JSONDocument(file: report, bytes: try readFile(report, limit: PreviousDrift.sizeLimit), limit: PreviousDrift.sizeLimit)
        guard document.problems.isEmpty, let root = document.root, root["command"]?.isString("drift") == true else {
            throw UsageError("\(report) is not a JSON report of easel drift. Write one with easel drift --report drift.json")
        }
        let tenants = root["tenants"].map { Array($0.elements) } ?? []
        let profiles = tenants.first { $0["id"]?.string == tenant.id }?["profiles"].map { Array($0.elements) } ?? []
        guard let found = profiles.first(where: { $0["id"]?.string == profile }) else {
            throw UsageError("\(report) shows no drift for \(tenant.id)/\(profile)\(didYouMean(profile, among: profiles.compactMap { $0["id"]?.string }))")
        }
        let changes = found["changes"].map { Array($0.elements) } ?? []
        guard let change = changes.first(where: { $0["path"]?.string == pointer }) else {
            throw UsageError("\(report) shows no drift for \(tenant.id)/\(profile) at '\(pointer)', only at: \(changes.compactMap { $0["path"]?.string }.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: ", "))")
        }
        guard change["drift"]?.isString("pending") != true else {
            throw UsageError("\(tenant.id)/\(profile)\(pointer.isEmpty ? "" : " \(pointer)") is pending, not drift: the manifest asks for it, and no reconcile has applied it yet")
        }
        guard pointer.isEmpty else { return difference(live: change["before"]?.plain) }
        let id = change["drift"]?.isString("unmanaged") == true ? found["graphId"]?.string : nil
        return difference(graphID: id.flatMap { StringForm.guid.accepts($0) ? $0 : nil })
    }
}
