import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// Turns what tenants have into files of a config repository. Overwrites no file but `tenant.json`, which gets the names that are
/// new.
public struct Import: Sendable {
    /// Every tenant that it knows is imported.
    public var source: any LiveSource
    /// The config repository's work tree.
    public var into: String
    public var extractsBases: Bool
    /// The id in Microsoft Entra ID of the one tenant that is imported, in lower case; nil: as the source says it.
    public var tenantID: String?
    /// Nil: every profile.
    public var only: Choice?

    /// Some of the live profiles.
    public struct Choice: Sendable {
        /// Tenant id → the service's ids; names of profiles for which the source has no id.
        private var chosen: [String: Set<String>] = [:]

        public init() {}

        public var isEmpty: Bool { chosen.isEmpty }
        var tenants: Set<String> { Set(chosen.keys) }

        public mutating func add(_ tenant: String, graphID: String?, displayName: String) { chosen[tenant, default: []].insert(graphID?.lowercased() ?? displayName) }
        func contains(_ tenant: String, _ profile: LiveProfile) -> Bool { chosen[tenant]?.contains(profile.graphID?.lowercased() ?? profile.displayName) ?? false }
    }

    public init(from source: any LiveSource, into: String, extractsBases: Bool, only: Choice? = nil, tenantID: String? = nil) {
        self.tenantID = tenantID
        self.source = source
        self.into = into
        self.extractsBases = extractsBases
        self.only = only
    }

    public struct Result: Sendable {
        /// Path in the config repository → bytes, of what is to be written.
        public var files: [String: [UInt8]] = [:]
        public var manifests = 0
        public var tenants = 0
        /// Profiles that get no manifest, since nobody knows whom they are assigned to.
        public var refused = 0
        /// What people should look at, each with the tenants that it is about.
        public var notes: [(text: String, tenants: [String])] = []
        public var diagnostics: [Diagnostic] = []
    }

    /// Reads everything; writes nothing.
    public func run() throws -> Result {
        var result = Result()
        let bases = Bases()
        let source = source
        let (ids, diagnostics) = try waiting { try await source.tenants() }
        result.diagnostics = diagnostics
        // A source need not know its tenants by itself; whoever chose profiles knows them.
        let imports = try (only.map { $0.tenants.sorted() } ?? ids).map { try one($0, bases) }
        var positions: [String: Int] = [:]
        var members: [BaseExtraction.Member] = []
        var places: [String] = []
        for one in imports {
            result.diagnostics += one.diagnostics
            result.refused += one.refused
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

    private func one(_ id: String, _ bases: Bases) throws -> TenantImport {
        let existing = ExistingTenant(id, in: into, bases)
        guard existing.problems.isEmpty else { return TenantImport(id: id, refused: existing.problems) }
        let tenant = existing.tenantFile.flatMap { Tenant(id: id, $0, targets: PayloadTargets.descriptions) }
        let query = LiveTenantQuery(id: id, tenantID: tenant?.tenantID, cloud: tenant?.cloud)
        let source = source
        let found = try waiting { try await source.objects(of: query) }
        let names = ImportNames(tenant, found.directory)
        var live = LiveTenant(found, names: names)
        if let only { live.profiles.removeAll { !only.contains(id, $0) } }
        return TenantImport(id: id, live, names: names, existing: existing, tenantID: tenantID)
    }

    /// Writes what a run has found.
    public func write(_ result: Result) throws {
        let folder = GuardedFolder(into)
        for (path, bytes) in result.files.sorted(by: { $0.key < $1.key }) { try folder.write(path, bytes) }
    }
}
