import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// Turns exports into files of a config repository. Nothing that is there is overwritten but `tenant.json`, which gets the names
/// that are new.
public struct Import: Sendable {
    /// Of one tenant: files and folders of exports; of several: one folder with a sub-folder per tenant id.
    public var files: [String]
    /// Nil: several tenants.
    public var tenant: String?
    /// The config repository's work tree.
    public var into: String
    public var extractsBases: Bool
    /// Nil: all of them.
    public var only: Choice?

    /// Some of the live profiles.
    public struct Choice: Sendable {
        /// Tenant id → the service's ids, and the names of those that the export gives no id.
        private var chosen: [String: Set<String>] = [:]

        public init() {}

        public var isEmpty: Bool { chosen.isEmpty }
        var tenants: Set<String> { Set(chosen.keys) }

        public mutating func add(_ tenant: String, graphID: String?, displayName: String) { chosen[tenant, default: []].insert(graphID?.lowercased() ?? displayName) }
        func contains(_ tenant: String, _ profile: LiveProfile) -> Bool { chosen[tenant]?.contains(profile.graphID?.lowercased() ?? profile.displayName) ?? false }
    }

    public init(files: [String], tenant: String?, into: String, extractsBases: Bool, only: Choice? = nil) {
        self.only = only
        self.files = files
        self.tenant = tenant
        self.into = into
        self.extractsBases = extractsBases
    }

    public struct Result: Sendable {
        /// Path in the config repository → bytes, of what is to be written.
        public var files: [String: [UInt8]] = [:]
        public var manifests = 0
        public var tenants = 0
        /// What people should look at, each with the tenants that it is about.
        public var notes: [(text: String, tenants: [String])] = []
        public var diagnostics: [Diagnostic] = []
    }

    /// Reads everything; writes nothing.
    public func run() throws -> Result {
        var result = Result()
        var imports: [TenantImport] = []
        let bases = Bases()
        if let tenant {
            for file in files where kind(of: file) == .missing { throw FileError(path: file, operation: "read", code: 2) }
            imports = [try one(tenant, bases) { try Exports.read(files, shown: { $0 }, names: $0) }]
        } else {
            guard files.count == 1 else { throw UsageError("without --tenant, name one folder that has a sub-folder of exports for each tenant id") }
            let folder = ExportFolder(path: withoutTrailingSlashes(files[0]))
            let (ids, diagnostics) = try folder.tenants()
            result.diagnostics = diagnostics
            guard !ids.isEmpty else { throw UsageError("\(files[0]) has no sub-folder whose name is a tenant id; give --tenant to import its files as one tenant's") }
            imports = try ids.filter { only?.tenants.contains($0) ?? true }.map { id in try one(id, bases) { try folder.read(id, names: $0) } }
        }
        var positions: [String: Int] = [:]
        var members: [BaseExtraction.Member] = []
        var places: [String] = []
        for one in imports {
            result.diagnostics += one.diagnostics
            for note in one.notes {
                if let known = positions[note] {
                    result.notes[known].tenants.append(one.id)
                } else {
                    positions[note] = result.notes.count
                    result.notes.append((note, [one.id]))
                }
            }
            guard let tenant = one.tenant, !one.profiles.isEmpty || one.tenantFile != nil else { continue }
            result.tenants += 1
            if let file = one.tenantFile { result.files["tenants/\(one.id)/tenant.json"] = file }
            for profile in one.profiles {
                members.append(.init(tenant: tenant, profile: profile.profile))
                places.append("tenants/\(one.id)/profiles/\(profile.id).json")
            }
        }
        var manifests = members.map(\.profile.manifest)
        if extractsBases {
            let existing = try list(into + "/bases").map { "bases/" + $0 }
            let extraction = BaseExtraction(members, taken: Set(existing))
            manifests = extraction.manifests
            for (path, base) in extraction.bases { result.files[path] = Array(pretty(base).utf8) }
        }
        for (place, manifest) in zip(places, manifests) { result.files[place] = Array(pretty(manifest).utf8) }
        result.manifests = manifests.count
        result.diagnostics = result.diagnostics.sorted()
        return result
    }

    private func one(_ id: String, _ bases: Bases, _ read: ((LiveDirectory) -> any ReferenceNames) throws -> LiveTenant) throws -> TenantImport {
        let folder = "tenants/\(id)"
        for path in ["tenants", folder, "\(folder)/profiles", "bases"] where ![.missing, .folder].contains(kind(of: "\(into)/\(path)")) {
            return TenantImport(id: id, refused: [Diagnostic(.notARegularFile, file: path, "a folder is expected; links are not followed, so nothing is written there", help: "put a folder in its place")])
        }
        func bytes(_ path: String) throws -> [UInt8] { try readFile("\(into)/\(path)", limit: JSONLimits.fileSize * 4) }
        func isThere(_ path: String) -> Bool { kind(of: "\(into)/\(path)") != .missing }
        var broken: [Diagnostic] = []
        // A file that cannot be read stops its tenant and nobody else.
        func readable<Value>(_ path: String, _ read: () throws -> Value) -> Value? {
            do { return try read() } catch {
                broken.append(Diagnostic(.unreadable, file: path, "\(error); nothing is imported into the tenant"))
                return nil
            }
        }
        let file = folder + "/tenant.json"
        let existing = isThere(file) ? readable(file) { JSONDocument(file: file, bytes: try bytes(file)) } : nil
        var manifests: [String: String] = [:]
        var taken: Set<String> = []
        for name in readable(folder + "/profiles", { try list("\(into)/\(folder)/profiles") }) ?? [] where name.hasSuffix(".json") {
            let path = "\(folder)/profiles/\(name)"
            // The name may stand in a base; one that has none is known by its file's name alone.
            let manifest = readable(path) {
                try Manifest(id: String(name.dropLast(".json".count)), file: path, bytes: bytes(path), bases: bases) { base in
                    isThere(base) ? Bases.Source(bytes: try bytes(base), id: "") : nil
                }
            }
            guard let manifest else { continue }
            guard let name = manifest.displayName else {
                // It may be the one that an export would be written as a second time.
                broken.append(Diagnostic(.unreadable, file: path, "the name of this manifest cannot be told, so nothing is imported into the tenant", help: "run easel validate, and mend it first"))
                continue
            }
            manifests[name] = path
            taken.insert(manifest.id)
        }
        guard broken.isEmpty else { return TenantImport(id: id, refused: broken) }
        var names: ImportNames?
        let tenant = existing.flatMap { Tenant(id: id, $0, targets: PayloadTargets.descriptions) }
        var live = try read { directory in
            let made = ImportNames(tenant, directory)
            names = made
            return made
        }
        if let only { live.profiles.removeAll { !only.contains(id, $0) } }
        return TenantImport(id: id, live, names: names ?? ImportNames(tenant, live.directory), existing: existing, manifests: manifests, taken: taken)
    }

    /// Writes what a run has found.
    public func write(_ result: Result) throws {
        for (path, bytes) in result.files.sorted(by: { $0.key < $1.key }) {
            let file = "\(into)/\(path)"
            if let slash = file.lastIndex(of: "/") { try makeFolder(String(file[..<slash])) }
            try replaceFile(file, bytes)
        }
    }
}
