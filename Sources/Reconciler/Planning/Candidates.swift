import AppliedState
import Basics
import ConfigRepository
import Git
import JSONSource
import Profiles

/// Which tenants a run must look at, known from tree ids alone.
struct Candidates {
    struct Tenant: Sendable {
        let id: String
        /// Nil when its folder is gone.
        let folder: ConfigEntry?
        /// Its folder in the revision that a review compares with.
        var before: ConfigEntry?
    }

    /// In the order of their ids.
    var tenants: [Tenant] = []
    /// Tenants of the selection in the config repository, looked at or not.
    var total = 0
    /// Nothing has to be looked at: trees, renderer and state are those of the last run.
    var isUpToDate = false
    /// Every tenant that is not in `tenants` is as it was.
    var record: RootState.Shard?
    /// In a review: the folders of tenants that are the same in both revisions, after and before.
    var unread: [ConfigEntry] = []
    var unreadBefore: [ConfigEntry] = []
    /// Tenants that were broken or held and are gone now, both from the config repository and from the applied state.
    var vanished: Set<String> = []
    /// What is wrong with the `tenants` folder itself.
    var diagnostics: [Diagnostic] = []
}

extension Candidates {
    static func find(
        _ request: RunRequest, _ revision: ConfigRevision, _ baseline: ConfigRevision?, _ snapshot: StateSnapshot, _ state: RootState
    ) throws -> Candidates {
        if let baseline { return try between(baseline, revision, request.selection) }
        switch request.mode {
        // What tenants have now may have changed in every one of them.
        case .drift, .adopt: return try since(nil, revision, request.selection, RootState(), applied: Array(snapshot.tenantIDs))
        default:
            let record = request.selection.isWholeShard ? state.shards[request.selection.shardName] : nil
            return try since(record, revision, request.selection, state, applied: Array(snapshot.tenantIDs))
        }
    }

    /// Those that may differ from what was applied.
    ///
    /// - Parameter record: what the shard's last run has read; nil looks at all.
    private static func since(
        _ record: RootState.Shard?, _ revision: ConfigRevision, _ selection: Selection, _ state: RootState, applied: [String]
    ) throws -> Candidates {
        var result = Candidates()
        let pending = state.held.union(state.failed).union(record?.stale ?? []).filter(selection.contains)
        let isCurrent = record.map { $0.renderer == TenantRenderer.version && $0.bases == revision.basesTree } ?? false
        let folder = revision.root.folder("tenants")
        // Working files have no ids by which they could be known.
        if isCurrent, record?.tenants == revision.tenantsTree, pending.isEmpty, folder == nil || folder?.id != nil {
            result.isUpToDate = true
            result.record = record
            result.total = record?.tenantCount ?? 0
            return result
        }
        let folders = try result.folders(revision)
        let known = folders.keys.filter(selection.contains)
        result.total = known.count

        var ids = Set(known)
        if isCurrent, let record, let before = try formerTenants(record.tenants, revision.source) {
            result.record = record
            let old = before.byName
            ids = ids.filter { folders[$0]?.id != old[$0]?.id || pending.contains($0) }
            for id in old.keys where folders[id] == nil && selection.contains(id) { ids.insert(id) }
            ids.formUnion(pending)
        } else {
            ids.formUnion(applied.filter(selection.contains))
        }
        let appliedIDs = Set(applied)
        // A folder that is gone and of which nothing was applied needs nothing any more.
        result.vanished = pending.filter { folders[$0] == nil && !appliedIDs.contains($0) }
        ids = ids.filter { folders[$0] != nil || appliedIDs.contains($0) }
        try selection.check(among: Set(folders.keys).union(appliedIDs))
        result.tenants = ids.sorted(by: JSONWriter.precedes).map { Tenant(id: $0, folder: folders[$0]) }
        return result
    }

    /// Those that may differ between two revisions: where no base differs, those whose folders do.
    private static func between(_ old: ConfigRevision, _ new: ConfigRevision, _ selection: Selection) throws -> Candidates {
        var result = Candidates()
        let after = try result.folders(new).filter { selection.contains($0.key) }
        let before = try old.source.reader().tenantFolders(in: old.root).filter { selection.contains($0.key) }
        let ids = Set(after.keys).union(before.keys)
        try selection.check(among: ids)
        let basesDiffer = new.basesTree != old.basesTree
        result.total = after.count
        result.tenants = ids.sorted(by: JSONWriter.precedes).compactMap { id in
            let (now, was) = (after[id], before[id])
            guard basesDiffer || now?.id == nil || now?.id != was?.id else {
                if let now { result.unread.append(now) }
                if let was { result.unreadBefore.append(was) }
                return nil
            }
            return Tenant(id: id, folder: now, before: was)
        }
        return result
    }

    /// The entries of a `tenants` tree that an earlier run has read; nil where the repository no longer has it.
    private static func formerTenants(_ id: String?, _ source: ConfigSource) throws -> [ConfigEntry]? {
        guard case .commit(let path, _, _, let trust) = source else { return nil }
        guard let id else { return [] }
        let repository = try Repository.open(path: path, trustOwner: trust)
        guard let tree = ObjectID(hex: id), repository.exists(tree) else { return nil }
        return try TreeReader(repository: repository, tree: tree).root()
    }

    /// Tenant id → folder; what else is in the `tenants` folder becomes diagnostics.
    private mutating func folders(_ revision: ConfigRevision) throws -> [String: ConfigEntry] {
        guard let folder = revision.root.folder("tenants") else { return [:] }
        let reader = try revision.source.reader()
        var folders: [String: ConfigEntry] = [:]
        for entry in try reader.entries(of: folder) {
            guard let name = entry.name else {
                diagnostics.append(Diagnostic(.badFileName, file: "tenants", "This folder holds a name that is not valid UTF-8"))
                continue
            }
            let file = "tenants/\(name)"
            switch entry.kind {
            case .file: break
            case .other: diagnostics.append(Diagnostic(.notARegularFile, file: file, "A tenant's folder is expected; links and submodules are not followed"))
            case .folder:
                if StringForm.id.accepts(name) {
                    folders[name] = entry
                } else if try reader.entries(of: entry).contains(where: { $0.name == "tenant.json" || $0.name == "profiles" }) {
                    diagnostics.append(
                        Diagnostic(.badFileName, file: file, "'\(name.prefix(80))' cannot be a tenant id", help: "Name the folder with \(StringForm.id.about)"))
                }
            }
        }
        return folders
    }
}
