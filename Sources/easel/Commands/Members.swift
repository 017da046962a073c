import ArgumentParser
import Basics
import Glibc
import Importing
import Live
import Reports

struct Members: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Counts the people in each tenant's groups, and writes the numbers into the tenant.json files.",
        discussion: """
            Asks Microsoft Graph how many people and devices belong to each group of tenant.json, those of groups in it included, and refreshes \
            "members" and "kind"; likewise "members" of "allUsers" and "allDevices" where the file has them. Nothing else of a file changes. \
            What Graph does not say stays as it was, and is reported. A tenant that cannot be read holds up no other.

            The files are the working files: review and commit the edit like any other. A change's people are counted with these numbers, and \
            easel review shows how they changed.

              easel members --live graph
              easel members --live graph --tenant contoso

            Needs the application permission GroupMember.Read.All; for allUsers User.Read.All, for allDevices DeviceManagementManagedDevices.Read.All.

            --format json prints {"formatVersion", "written": [path], "changes": [{"tenant", "path", "before", "after"}], "groups": n, "tenants": n, \
            "diagnostics": [..]}, with diagnostics as in the report.
            """)

    @Option(help: ArgumentHelp("'graph' for Microsoft Graph; exports do not say who is in a group.", valueName: "source"), completion: .list(["graph"]))
    var live: String

    @Option(help: ArgumentHelp("The config repository: a folder on this machine.", valueName: "path"), completion: .directory)
    var repo = "."

    @Option(name: .customLong("tenant"), help: ArgumentHelp("Only this tenant. Can be repeated.", valueName: "id"))
    var tenants: [TenantID] = []

    @OptionGroup(title: "Microsoft Graph") var graph: GraphOptions
    @OptionGroup(title: "Microsoft Graph") var authorities: AuthorityOptions
    @OptionGroup(title: "Output") var result: ResultOptions

    func validate() throws {
        if live != "graph" { throw ValidationError("--live \(live): exports do not say who is in a group; use --live graph") }
    }

    func run() throws {
        let folder = try WorkTree.folder(repo, "a number of people")
        let source = graph.graph(caFile: authorities.caFile)
        let refreshed = try LiveOptions.closing(source) {
            var job = MembersRefresh(from: source, root: folder, tenants: tenants.isEmpty ? nil : Set(tenants.map(\.id)))
            let progress = Progress(isShown: Console.isTerminal(STDERR_FILENO))
            defer { progress.finish() }
            job.progress = { progress.read($0, of: $1) }
            job.isCancelled = { Interruption.hasCome }
            do {
                let refreshed = try job.run()
                try job.write(refreshed)
                return refreshed
            } catch is CancellationError { throw Failure("nothing was written") }
        }
        Console.show(MembersView(refreshed), as: result.format)
        if let code = Interruption.exitCode { throw ExitCode(code) }
        if refreshed.diagnostics.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }
}
