import ArgumentParser
import Basics
import Glibc
import Importing
import Live
import Reports

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Creates a working config repository to start from, with an example or with your own tenants.",
        discussion: """
            It has one example tenant, JSON Schemas, settings that make editors use the schemas, and a hook that checks what is staged before \
            each commit; "git config core.hooksPath .githooks" switches it on in a clone. Existing files are not changed, so you can also run it in an \
            existing config repository to add what is missing.

            With --from or --from-graph it has your own tenants in place of the example: a manifest of each email profile, bases with what several \
            tenants share, a policy with rings, and CODEOWNERS. Exports do not always say which tenant they are of: --tenants also gives \
            them their ids. What it wrote is checked. Commit it, then run easel adopt, which records what the \
            tenants have; no tenant is changed.

              easel init mail-config
              easel init mail-config --from exports --owner @contoso/mail-admins
              easel init mail-config --from-graph --tenants customers.csv
              easel init mail-config --from-graph --tenant contoso --tenant-id GUID

            --format json prints {"formatVersion", "directory", "written": [path], "kept": [path]} and, of your own tenants, "imported" as easel import \
            prints it and "check": {"tenants", "profiles", "diagnostics"}.
            """)

    @Argument(help: ArgumentHelp("Folder of the repository; it may exist.", valueName: "dir"), completion: .directory)
    var directory: String

    @Option(help: ArgumentHelp("Begin with the tenants in this folder of exports (Graph JSON or IntuneCD), which has one sub-folder per tenant id.", valueName: "exports"), completion: .directory)
    var from: String?

    @Flag(help: "Begin with tenants as Microsoft Graph has them: --tenant with --tenant-id, or --tenants with a list.")
    var fromGraph = false

    @OptionGroup var choice: ImportedTenants

    @Option(help: ArgumentHelp("Whom CODEOWNERS names, as @organization/team or an email address.", valueName: "owner"))
    var owner: String?

    @OptionGroup(title: "Microsoft Graph") var graph: GraphOptions
    @OptionGroup(title: "Microsoft Graph") var authorities: AuthorityOptions
    @OptionGroup(title: "Output") var result: ResultOptions

    private var isOwn: Bool { fromGraph || from != nil }

    func validate() throws {
        if fromGraph, from != nil { throw ValidationError("--from and --from-graph: choose one") }
        if fromGraph, !choice.isGiven { throw ValidationError("--from-graph needs to know your tenants: name one with --tenant and --tenant-id, or give --tenants a list") }
        for (name, isGiven) in [("--tenant", choice.tenant != nil), ("--tenants", choice.tenants != nil), ("--owner", owner != nil)] where isGiven && !isOwn {
            throw ValidationError("\(name) is about tenants of your own: it needs --from or --from-graph")
        }
        if let owner, !owner.contains("@") || owner.contains(where: { $0.isWhitespace || $0 == "#" }) || owner.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw ValidationError("--owner is @organization/team, @person or an email address")
        }
    }

    func run() throws {
        guard isOwn else { return Console.show(try NewRepository(directory: directory).make(), as: result.format) }
        let directory = withoutTrailingSlashes(directory)
        guard !directory.isEmpty else { throw UsageError("the name of the folder is empty") }
        guard NewRepository.isNew(directory) else { throw UsageError("\(directory) has tenants or bases already. To add tenants to it, run easel import --into \(directory)") }
        let live = fromGraph ? "graph" : from ?? ""
        let source: any LiveSource = fromGraph ? graph.graph(caFile: authorities.caFile, readsNames: true) : try Self.exports(live)
        let view = try LiveOptions.closing(source) {
            let job = Import(from: source, into: directory, extractsBases: true, tenants: try choice.chosen())
            let progress = Progress(isShown: Console.isTerminal(STDERR_FILENO))
            defer { progress.finish() }
            let imported = try job.runShowingProgress(progress)
            guard imported.manifests > 0 else {
                Console.show(ImportView(imported), as: result.format)
                throw imported.diagnostics.contains { $0.severity == .error } ? ExitCode(1) as any Error : Failure("nothing was written: no tenant has an email profile for iOS. Without --from, easel init writes an example")
            }
            return try OwnTenants(directory: directory, owner: owner, live: fromGraph || live != "graph" ? live : "./graph").make(imported, by: job)
        }
        Console.show(view, as: result.format)
        if let code = Interruption.exitCode { throw ExitCode(code) }
        if view.hasErrors { throw ExitCode(1) }
    }

    /// - Throws: where the folder has no tenants.
    private static func exports(_ path: String) throws -> ExportFolder {
        let folder = ExportFolder(path: path)
        guard try !folder.tenants().ids.isEmpty else {
            throw UsageError("\(path) has no sub-folder that is named like a tenant id, such as \(path)/contoso. Put each tenant's exports into one")
        }
        return folder
    }
}
