import ArgumentParser
import Basics
import Importing
import Profiles

/// Which tenants are imported, for commands that write manifests of what tenants have.
struct ImportedTenants: ParsableArguments {
    @Option(help: ArgumentHelp("Import one tenant, into this folder below tenants/.", valueName: "id"))
    var tenant: TenantID?

    @Option(help: ArgumentHelp("The tenant's id in Microsoft Entra ID, where neither the folder nor the exports say it.", valueName: "guid"))
    var tenantID: String?

    @Option(help: ArgumentHelp("The tenant's Microsoft cloud: global, usGov, usGovDoD or china (default: as its folder says, else global).", valueName: "cloud"))
    var cloud: Tenant.Cloud?

    @Option(help: ArgumentHelp("File with a line for each tenant to import: id,GUID or id,GUID,cloud.", valueName: "file"), completion: .file())
    var tenants: String?

    var isGiven: Bool { tenant != nil || tenants != nil }

    func validate() throws {
        if tenant != nil, tenants != nil { throw ValidationError("--tenant and --tenants: choose one") }
        for (name, isGiven) in [("--tenant-id", tenantID != nil), ("--cloud", cloud != nil)] where isGiven && tenant == nil {
            throw ValidationError("\(name) needs --tenant: it is about one tenant")
        }
        if let tenantID, !StringForm.guid.accepts(tenantID) { throw ValidationError("--tenant-id \(tenantID) is not a GUID") }
    }

    /// The tenants that somebody named; nil where nobody named any.
    func chosen() throws -> TenantList? {
        if let tenant { return TenantList([.init(id: tenant.id, tenantID: tenantID, cloud: cloud)]) }
        guard let tenants else { return nil }
        guard let text = String(validating: try readFile(tenants, limit: 16 << 20, followsLinks: true), as: UTF8.self) else { throw Failure("cannot read the list of tenants in \(tenants): it is not text in UTF-8") }
        return try TenantList(text, name: tenants)
    }
}

extension Tenant.Cloud: ExpressibleByArgument {}

extension Import {
    /// Reads everything, with a progress bar; Ctrl-C ends it.
    func runShowingProgress(_ progress: Progress) throws -> Result {
        var job = self
        job.progress = { progress.read($0, of: $1) }
        job.isCancelled = { Interruption.hasCome }
        do { return try job.run() } catch is CancellationError { throw Failure("nothing was written") }
    }
}
