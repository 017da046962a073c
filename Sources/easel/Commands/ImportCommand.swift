import ArgumentParser
import Basics
import Glibc
import Importing
import Live
import Profiles
import Reports

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Writes manifests of what tenants have, from Microsoft Graph or from exports: Graph JSON or IntuneCD.",
        discussion: """
            With --live graph, tenants are read from Microsoft Graph: one (--tenant, with --tenant-id where the folder does not know it yet), those \
            of a list (--tenants), or else every tenant that the folder already has. A tenant that cannot be read is reported, and the others are \
            written.

            Exports are files and folders of one tenant (--tenant), or one folder that has a sub-folder per tenant id. Ids become names in \
            tenant.json. Existing manifests are not changed. What a manifest cannot express is listed with file and line.

              easel import --live graph --into mail-config --tenant contoso --tenant-id 11111111-2222-4333-8444-555555555555
              easel import --live graph --into mail-config --tenants customers.csv --extract-bases
              easel import exports --into mail-config
              easel import export.json --into . --tenant contoso

            --format json prints {"formatVersion", "written": [path], "manifests": n, "refused": n, "tenants": n, "notes": [{"text", "tenants"}], \
            "diagnostics": [..]}, with diagnostics as in the report.
            """)

    @Argument(help: ArgumentHelp("Exports: deviceConfigurations as Graph returns them, or IntuneCD's folders.", valueName: "file"), completion: .file())
    var files: [String] = []

    @Option(help: ArgumentHelp("Folder of the config repository; it may be new.", valueName: "dir"), completion: .directory)
    var into: String

    @Option(
        help: ArgumentHelp("In place of files: 'graph' for Microsoft Graph, or a folder of exports with one sub-folder per tenant id. Write ./graph for a folder of that name.", valueName: "source"), completion: .directory)
    var live: String?

    @OptionGroup var choice: ImportedTenants

    @Flag(help: "Move what profiles of several tenants share into bases.")
    var extractBases = false

    @OptionGroup(title: "Microsoft Graph") var graph: GraphOptions
    @OptionGroup(title: "Microsoft Graph") var authorities: AuthorityOptions
    @OptionGroup(title: "Output") var result: ResultOptions

    func validate() throws {
        if live != nil, !files.isEmpty { throw ValidationError("--live takes the place of files: name one or the other") }
        if live == nil, files.isEmpty { throw ValidationError("name what to import: --live graph, or files with exports") }
    }

    func run() throws {
        let into = withoutTrailingSlashes(into)
        let isNew = NewRepository.isNew(into)
        let source = try source()
        let imported = try LiveOptions.closing(source) {
            let job = Import(from: source, into: into, extractsBases: extractBases, tenants: try chosen(into))
            let progress = Progress(isShown: Console.isTerminal(STDERR_FILENO))
            defer { progress.finish() }
            var imported = try job.runShowingProgress(progress)
            if !imported.files.isEmpty {
                if isNew { imported.files.merge(NewRepository.missingSchemas(into)) { own, _ in own } }
                try job.write(imported)
                if isNew { try NewRepository.initialize(into) }
            }
            return imported
        }
        Console.show(ImportView(imported), as: result.format)
        if let code = Interruption.exitCode { throw ExitCode(code) }
        if imported.diagnostics.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    private func source() throws -> any LiveSource {
        if live == "graph" { return graph.source("graph", caFile: authorities.caFile, readsNames: true) }
        if let tenant = choice.tenant, live == nil { return ExportFiles(paths: files, tenant: tenant.id) }
        let folders = live.map { [$0] } ?? files
        guard folders.count == 1 else { throw UsageError("Without --tenant, name one folder that has a sub-folder of exports for each tenant") }
        let folder = ExportFolder(path: folders[0])
        guard try !folder.tenants().ids.isEmpty else {
            throw UsageError("\(folders[0]) has no sub-folder that is named like a tenant id. To import its files as one tenant's, name them without --live and give --tenant")
        }
        return folder
    }

    /// The tenants that somebody named; nil for those that the exports are of.
    private func chosen(_ into: String) throws -> TenantList? {
        if choice.isGiven { return try choice.chosen() }
        guard live == "graph" else { return nil }
        let existing = try TenantList(existingIn: into)
        guard !existing.entries.isEmpty else { throw UsageError("\(into) has no tenants yet. Name what to import: --tenant with --tenant-id, or --tenants with a list") }
        return existing
    }
}
