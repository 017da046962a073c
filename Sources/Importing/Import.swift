import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// Turns what tenants have into files of a config repository. Overwrites no file but `tenant.json`, which gets the names that are
/// new.
public struct Import: Sendable {
    public var source: any LiveSource
    /// The config repository's work tree.
    public var into: String
    public var extractsBases: Bool
    /// Nil: every tenant that the source knows by itself.
    public var tenants: TenantList?
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

    /// Called with how many tenants were read, of how many.
    public var progress: @Sendable (Int, Int) -> Void = { _, _ in }
    /// Asked before each tenant: whether to stop, which leaves everything as it is.
    public var isCancelled: @Sendable () -> Bool = { false }

    public init(from source: any LiveSource, into: String, extractsBases: Bool, only: Choice? = nil, tenants: TenantList? = nil) {
        self.tenants = tenants
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

    /// Reads everything; writes nothing. What is wrong with one tenant is in the diagnostics, and the others are imported.
    ///
    /// - Throws: where the source cannot be used at all; `CancellationError` where it was told to stop.
    public func run() throws -> Result {
        var result = Result()
        let bases = Bases()
        let source = source
        let (ids, diagnostics) = try waiting { try await source.tenants() }
        result.diagnostics = diagnostics
        // A source need not know its tenants by itself; whoever chose profiles knows them.
        let wanted = tenants?.entries ?? (only.map { $0.tenants.sorted() } ?? ids).map { .init(id: $0) }
        let imports = try read(wanted, bases).map { one($0, $1, $2) }
        var positions: [String: Int] = [:]
        var members: [BaseExtraction.Member] = []
        var places: [String] = []
        for one in imports {
            for var diagnostic in one.diagnostics {
                diagnostic.tenant = diagnostic.tenant ?? one.id
                result.diagnostics.append(diagnostic)
            }
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

    /// What is known of each tenant before the source is asked, and what the source has of it; nil where it was not asked.
    private func read(_ wanted: [TenantList.Entry], _ bases: Bases) throws -> [(TenantList.Entry, ExistingTenant, LiveObjects?)] {
        let known = wanted.map { ExistingTenant($0.id, in: into, bases) }
        let queries = zip(wanted, known).map { entry, existing -> LiveTenantQuery? in
            guard existing.problems.isEmpty else { return nil }
            let tenant = existing.tenant
            return LiveTenantQuery(id: entry.id, tenantID: tenant?.knownTenantID ?? entry.tenantID, cloud: tenant?.cloud ?? entry.cloud)
        }
        let found = try waiting { [source, progress, isCancelled] in
            try await concurrently(queries, width: source.width, isCancelled: isCancelled, progress: progress) { query -> LiveObjects? in
                guard let query else { return nil }
                return try await source.objects(of: query)
            }
        }
        return zip(zip(wanted, known), found).map { ($0.0, $0.1, $1) }
    }

    private func one(_ entry: TenantList.Entry, _ existing: ExistingTenant, _ found: LiveObjects?) -> TenantImport {
        guard let found else { return TenantImport(id: entry.id, refused: existing.problems) }
        let names = ImportNames(existing.tenant, found.directory)
        var live = LiveTenant(found, names: names)
        if let only { live.profiles.removeAll { !only.contains(entry.id, $0) } }
        return TenantImport(entry, live, names: names, existing: existing)
    }

    /// Writes what a run has found.
    public func write(_ result: Result) throws {
        let folder = GuardedFolder(into)
        for (path, bytes) in result.files.sorted(by: { $0.key < $1.key }) { try folder.write(path, bytes) }
    }
}
