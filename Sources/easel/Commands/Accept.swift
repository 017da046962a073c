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

    @Option(help: ArgumentHelp("The JSON report of easel drift that shows the difference.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("The config repository: a folder on this machine.", valueName: "path"))
    var repo = "."

    @Option(help: ArgumentHelp("Who accepts it (default: GIT_AUTHOR_NAME, or your user name).", valueName: "name"))
    var acceptedBy: String?

    @Option(help: ArgumentHelp("The last day on which it is valid (UTC), for example 2027-01-31 (default: no end).", valueName: "day"))
    var expires: String?

    @OptionGroup var result: ResultOptions

    func validate() throws {
        if paths.contains(where: { !$0.isEmpty }), report == nil { throw ValidationError("the live value of \(paths[0]) is read from a drift report: add --report") }
        if let expires, !Approval.isDay(expires) { throw ValidationError("--expires \(expires) is not a day; write it as 2027-01-31") }
        if let expires, let end = Instant(endOfDay: expires), end <= Running.moment(nil) { throw ValidationError("--expires \(expires) is in the past") }
    }

    func run() throws {
        let folder = try WorkTree.folder(repo, "an accepted drift")
        guard kind(of: "\(folder)/tenants/\(tenant.id)") == .folder else { throw UsageError("there is no tenant '\(tenant.id)' in \(folder)") }
        let path = "tenants/\(tenant.id)/accepted-drift.json"
        var entries: [JSON] = []
        var root: [String: JSON] = ["kind": "acceptedDrift"]
        if kind(of: "\(folder)/\(path)") != .missing {
            let document = JSONDocument(file: path, bytes: try readFile("\(folder)/\(path)", limit: JSONLimits.fileSize))
            try check(document)
            if case .object(let members)? = document.root?.plain { root = members }
            if case .array(let items) = root["entries"] { entries = items }
        }
        for pointer in paths.isEmpty ? [""] : paths {
            let seen = try seen(pointer)
            entries.removeAll { entry in
                guard case .object(let members) = entry, members["path"] == .string(pointer) else { return false }
                // Ids of unmanaged profiles shift; that of the service does not.
                if let id = members["graphId"], let mine = seen.graphID { return id == mine }
                return members["profile"] == .string(profile) && members["graphId"] == nil
            }
            var entry: [String: JSON] = [
                "profile": .string(profile), "path": .string(pointer), "reason": .string(reason), "acceptedBy": .string(acceptedBy ?? WorkTree.author),
            ]
            entry["live"] = seen.live
            entry["graphId"] = seen.graphID
            entry["expires"] = expires.map(JSON.string)
            entries.append(.object(entry))
        }
        root["entries"] = .array(entries)
        let bytes = Array(pretty(.object(root)).utf8)
        // What easel would refuse to read must not be written.
        try check(JSONDocument(file: path, bytes: bytes))
        try replaceFile("\(folder)/\(path)", bytes)
        Console.show(AcceptView(file: path, tenant: tenant.id, profile: profile, paths: paths.isEmpty ? [""] : paths), as: result.format)
    }

    private func check(_ document: JSONDocument) throws {
        var diagnostics: [Diagnostic] = []
        _ = AcceptedDrift(document, diagnostics: &diagnostics)
        guard let problem = diagnostics.first else { return }
        throw UsageError("\(problem.file):\(problem.line):\(problem.column): \(problem.message)\(problem.help.map { "; \($0)" } ?? "")")
    }

    /// The live value that the report shows, nil for a profile as a whole; and which one it is, if it is unmanaged.
    private func seen(_ pointer: String) throws -> (live: JSON?, graphID: JSON?) {
        guard let report else { return (nil, nil) }
        let document = JSONDocument(file: report, bytes: try readFile(report, limit: PreviousDrift.sizeLimit), limit: PreviousDrift.sizeLimit)
        guard document.problems.isEmpty, let root = document.root, root["command"]?.isString("drift") == true else {
            throw UsageError("\(report) is no JSON report of easel drift; write one with --report drift.json")
        }
        let tenants = root["tenants"].map { Array($0.elements) } ?? []
        let profiles = tenants.first { $0["id"]?.string == tenant.id }?["profiles"].map { Array($0.elements) } ?? []
        guard let found = profiles.first(where: { $0["id"]?.string == profile }) else {
            let near = nearNames(to: profile, among: profiles.compactMap { $0["id"]?.string })
            throw UsageError("\(report) shows no drift of \(tenant.id)/\(profile)\(near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")")
        }
        let changes = found["changes"].map { Array($0.elements) } ?? []
        guard let change = changes.first(where: { $0["path"]?.string == pointer }) else {
            throw UsageError("\(report) shows no drift of \(tenant.id)/\(profile) at '\(pointer)'; it has: \(changes.compactMap { $0["path"]?.string }.joined(separator: ", "))")
        }
        guard change["drift"]?.isString("pending") != true else {
            throw UsageError("\(tenant.id)/\(profile)\(pointer.isEmpty ? "" : " \(pointer)") is pending: the manifest asks for it, and no reconcile has applied it yet; there is no drift to accept")
        }
        guard pointer.isEmpty else { return (change["before"]?.plain, nil) }
        let id = change["drift"]?.isString("unmanaged") == true ? found["graphId"]?.string : nil
        return (nil, id.flatMap { StringForm.guid.accepts($0) ? .string($0) : nil })
    }
}
