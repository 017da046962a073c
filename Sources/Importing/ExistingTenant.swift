import Basics
import JSONSource
import Payloads
import Profiles

/// What the work tree already has of a tenant that is imported.
struct ExistingTenant {
    /// Nil where there is no `tenant.json`.
    private(set) var tenantFile: JSONDocument?
    /// Nil where there is no `tenant.json`, or none that can be understood.
    private(set) var tenant: Tenant?
    /// Display name → file; of several manifests with one name, the last.
    private(set) var manifests: [String: String] = [:]
    private(set) var profileIDs: Set<String> = []
    /// Why nothing can be imported into the tenant; empty where it can.
    private(set) var problems: [Diagnostic] = []

    /// - Parameter root: the work tree.
    init(_ id: String, in root: String, _ bases: Bases) {
        let files = Files(root: root)
        let folder = "tenants/\(id)"
        for path in ["tenants", folder, "\(folder)/profiles", "bases"] where ![.missing, .folder].contains(kind(of: files.path(path))) {
            problems = [Diagnostic(.notARegularFile, file: path, "This must be a folder; links are not followed, so nothing is written here", help: "Put a folder in its place")]
            return
        }
        let file = folder + "/tenant.json"
        if files.has(file) { tenantFile = readable(file) { JSONDocument(file: file, bytes: try files.bytes(file)) } }
        tenant = tenantFile.flatMap { Tenant(id: id, $0, targets: PayloadTargets.descriptions) }
        for name in readable(folder + "/profiles", { try list(files.path(folder + "/profiles")) }) ?? [] where name.hasSuffix(".json") {
            addManifest("\(folder)/profiles/\(name)", id: String(name.dropLast(".json".count)), files, bases)
        }
    }

    private mutating func addManifest(_ path: String, id: String, _ files: Files, _ bases: Bases) {
        let manifest = readable(path) {
            // The name may be in a base.
            try Manifest(id: id, file: path, bytes: files.bytes(path), bases: bases) { base in files.has(base) ? Bases.Source(bytes: try files.bytes(base), id: "") : nil }
        }
        guard let manifest else { return }
        guard let name = manifest.displayName else {
            // It may be the manifest of a profile that would then be written a second time.
            problems.append(
                Diagnostic(.unreadable, file: path, "Nothing is imported into the tenant, because the displayName of this manifest is unknown", help: "Run easel validate and correct it first"))
            return
        }
        manifests[name] = path
        profileIDs.insert(manifest.id)
    }

    /// A file that cannot be read stops its tenant and no other.
    private mutating func readable<Value>(_ path: String, _ read: () throws -> Value) -> Value? {
        do { return try read() } catch {
            problems.append(Diagnostic(.unreadable, file: path, "Nothing is imported into the tenant: \(error)"))
            return nil
        }
    }

    private struct Files {
        let root: String

        func path(_ path: String) -> String { "\(root)/\(path)" }
        func has(_ path: String) -> Bool { kind(of: self.path(path)) != .missing }
        func bytes(_ path: String) throws -> [UInt8] { try readFile(self.path(path), limit: JSONLimits.fileSize * 4) }
    }
}
