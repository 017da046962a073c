import ArgumentParser
import Basics
import Importing
import Live
import Profiles
import Reports

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Writes manifests from exports of tenants: Graph JSON or IntuneCD.",
        discussion: """
            With --tenant, the files and folders are exports of that tenant. Without it, give one folder that has a sub-folder per tenant \
            id. Ids become names in tenant.json. Existing manifests are not changed. What a manifest cannot express is listed with file \
            and line.

              easel import exports --into mail-config
              easel import export.json --into . --tenant contoso

            --format json prints {"formatVersion", "written": [path], "manifests": n, "refused": n, "tenants": n, "notes": [{"text", "tenants"}], \
            "diagnostics": [..]}, with diagnostics as in the report.
            """)

    @Argument(help: ArgumentHelp("Exports: deviceConfigurations as Graph returns them, or IntuneCD's folders.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("Folder of the config repository; it may be new.", valueName: "dir"))
    var into: String

    @Option(help: ArgumentHelp("The tenant that the exports come from.", valueName: "id"))
    var tenant: TenantID?

    @Option(help: ArgumentHelp("The tenant's id in Microsoft Entra ID, where the exports do not say it.", valueName: "guid"))
    var tenantID: String?

    @Flag(help: "Move what profiles of several tenants share into bases.")
    var extractBases = false

    @OptionGroup(title: "Output") var result: ResultOptions

    func validate() throws {
        guard let tenantID else { return }
        if tenant == nil { throw ValidationError("--tenant-id needs --tenant: it is the id of one tenant") }
        if !StringForm.guid.accepts(tenantID) { throw ValidationError("--tenant-id \(tenantID) is not a GUID") }
    }

    func run() throws {
        let into = withoutTrailingSlashes(into)
        let isNew = NewRepository.isNew(into)
        let job = Import(from: try source(), into: into, extractsBases: extractBases, tenantID: tenantID?.lowercased())
        var imported = try job.run()
        if !imported.files.isEmpty {
            if isNew { imported.files.merge(NewRepository.missingSchemas(into)) { own, _ in own } }
            try job.write(imported)
            if isNew { try NewRepository.initialize(into) }
        }
        Console.show(ImportView(imported), as: result.format)
        if let code = Interruption.exitCode { throw ExitCode(code) }
        if imported.diagnostics.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    private func source() throws -> any LiveSource {
        if let tenant { return ExportFiles(paths: files, tenant: tenant.id) }
        guard files.count == 1 else { throw UsageError("Without --tenant, name one folder that has a sub-folder of exports for each tenant") }
        let folder = ExportFolder(path: files[0])
        guard try !folder.tenants().ids.isEmpty else { throw UsageError("\(files[0]) has no sub-folder that is named like a tenant id. Give --tenant to import its files as one tenant's") }
        return folder
    }
}
