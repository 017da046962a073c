import ArgumentParser
import Basics
import Git
import Importing
import Live
import Profiles
import Reconciler
import Reports

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Writes manifests from what tenants have: Graph or IntuneCD exports.",
        discussion: """
            Files and folders are read as one tenant's, or, without --tenant, one folder with a sub-folder per tenant id. Ids become
            names in tenant.json. Manifests that are there are left alone. What no manifest can say is listed with file and line.

              easel import exports --into mail-config
              easel import export.json --into . --tenant contoso
            """)

    @Argument(help: ArgumentHelp("Exports: deviceConfigurations as Graph returns them, or IntuneCD's folders.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("The config repository's folder, new or not.", valueName: "dir"))
    var into: String

    @Option(help: ArgumentHelp("The tenant that the exports are of.", valueName: "id"))
    var tenant: TenantID?

    @Flag(help: "Lift what profiles of several tenants share into bases.")
    var extractBases = false

    func run() throws {
        let into = withoutTrailingSlashes(into)
        let isNew = kind(of: into + "/tenants") == .missing && kind(of: into + "/bases") == .missing
        let job = Import(from: try source(), into: into, extractsBases: extractBases)
        let result = try job.run()
        var written = result.files
        if isNew { for file in Starter.editing where kind(of: into + "/" + file.path) == .missing { written[file.path] = Array(file.text.utf8) } }
        var whole = result
        whole.files = written
        if !result.files.isEmpty { try job.write(whole) }
        if isNew, !result.files.isEmpty, kind(of: into + "/.git") == .missing { _ = try Repository.initialize(path: into, bare: false, initialBranch: "main") }
        Console.write(Self.told(result, color: Console.useColor(1)))
        let counted = "\(result.manifests) manifest\(result.manifests == 1 ? "" : "s") of \(result.tenants) tenant\(result.tenants == 1 ? "" : "s")"
        let errors = result.diagnostics.count { $0.severity == .error }
        Console.write("\nImported: \(counted)\(errors > 0 ? "; \(errors) error\(errors == 1 ? "" : "s")" : "").\n")
        if result.manifests > 0 {
            Console.write(Self.next)
        }
        if let code = Interruption.exitCode { throw ExitCode(code) }
        if errors > 0 { throw ExitCode(1) }
    }

    private func source() throws -> any LiveSource {
        if let tenant { return ExportFiles(paths: files, tenant: tenant.id) }
        guard files.count == 1 else { throw UsageError("without --tenant, name one folder that has a sub-folder of exports for each tenant") }
        let folder = ExportFolder(path: files[0])
        guard try !folder.tenants().ids.isEmpty else { throw UsageError("\(files[0]) has no sub-folder that is named like a tenant id. Give --tenant to import its files as one tenant's") }
        return folder
    }

    static let next = "\nNext: easel validate, commit, and easel adopt --live with the same exports, so that what tenants have counts as applied.\n"

    /// What was written, and what people should look at.
    static func told(_ result: Import.Result, color: Bool) -> String {
        var text = result.files.keys.sorted().map { "  written  \($0)\n" }.joined()
        if !result.notes.isEmpty { text += "\nTo look at\n" }
        for (note, tenants) in result.notes {
            let more = tenants.count > 5 ? " and \(tenants.count - 5) more" : ""
            text += "  \(tenants.prefix(5).joined(separator: ", "))\(more): \(plainText(note))\n"
        }
        if !result.diagnostics.isEmpty { text += "\n" + plainText(result.diagnostics, color: color, width: Console.width) }
        return text
    }
}
