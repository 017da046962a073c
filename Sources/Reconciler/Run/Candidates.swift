import AppliedState
import Basics
import ConfigRepository
import Git
import JSONSource
import Profiles

/// Which tenants a run must look at, told from tree ids alone.
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
    /// The ids of the trees that this run works off.
    var tenantsTree: String?
    var basesTree: String?
    /// Nothing has to be looked at: trees, renderer and state are those of the last run.
    var isUpToDate = false
    /// Every tenant that is not in `tenants` is as it was.
    var record: RootState.Shard?
    /// Of a review: the folders of tenants that are the same in both revisions.
    var unread: [ConfigEntry] = []
    var unreadBefore: [ConfigEntry] = []
    /// Tenants that were broken or held and are nowhere any more, neither in the config repository nor in the applied state.
    var vanished: Set<String> = []
    /// What is wrong with the `tenants` folder itself.
    var diagnostics: [Diagnostic] = []
}

extension Candidates {
    /// - Parameters:
    ///   - root: the config repository's top level.
    ///   - previousTenants: the entries of a `tenants` tree by its id, none where that is nil; nil where the repository no longer has it.
    static func find(
        root: [ConfigEntry], reader: any ConfigReader, selection: Selection, state: RootState, applied: some Sequence<String>,
        previousTenants: (String?) throws -> [ConfigEntry]?
    ) throws -> Candidates {
        var result = Candidates()
        let folder = root.first { $0.name == "tenants" && $0.kind == .folder }
        let bases = root.first { $0.name == "bases" && $0.kind == .folder }
        result.tenantsTree = folder?.id
        result.basesTree = bases?.id

        let record = selection.isWholeShard ? state.shards[selection.shardName] : nil
        let pending = state.held.union(state.failed).union(record?.stale ?? []).filter(selection.contains)
        let isCurrent = record.map { $0.renderer == TenantRenderer.version && $0.bases == result.basesTree } ?? false
        if isCurrent, record?.tenants == result.tenantsTree, pending.isEmpty, folder?.id.isEmpty != true {
            result.isUpToDate = true
            result.record = record
            result.total = record?.tenantCount ?? 0
            return result
        }

        var folders: [String: ConfigEntry] = [:]
        for entry in try folder.map({ try reader.entries(of: $0) }) ?? [] { try result.enter(entry, reader, &folders) }
        let known = folders.keys.filter(selection.contains)
        result.total = known.count

        var ids = Set(known)
        if isCurrent, let record, let before = try previousTenants(record.tenants) {
            result.record = record
            let old = Dictionary(before.compactMap { entry in entry.name.map { ($0, entry.id) } }, uniquingKeysWith: { first, _ in first })
            ids = ids.filter { folders[$0]?.id != old[$0] || pending.contains($0) }
            for id in old.keys where folders[id] == nil && selection.contains(id) { ids.insert(id) }
            ids.formUnion(pending)
        } else {
            ids.formUnion(applied.filter(selection.contains))
        }
        let appliedIDs = Set(applied)
        // A folder that is gone and of which nothing was applied is nobody's business.
        result.vanished = pending.filter { folders[$0] == nil && !appliedIDs.contains($0) }
        ids = ids.filter { folders[$0] != nil || appliedIDs.contains($0) }
        if let unknown = selection.tenants.sorted().first(where: { folders[$0] == nil && !appliedIDs.contains($0) }) {
            let near = nearNames(to: unknown, among: Array(folders.keys) + Array(appliedIDs))
            throw UsageError("there is no tenant '\(unknown)'\(near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")")
        }
        result.tenants = ids.sorted(by: JSONWriter.precedes).map { Tenant(id: $0, folder: folders[$0]) }
        return result
    }

    /// Those that may differ between two revisions: where no base differs, those whose folders do.
    ///
    /// - Parameter baseline: the other revision's top level, and its reader.
    static func find(
        root: [ConfigEntry], reader: any ConfigReader, selection: Selection, baseline: (root: [ConfigEntry], reader: any ConfigReader)
    ) throws -> Candidates {
        var result = Candidates()
        var after: [String: ConfigEntry] = [:]
        let folder = root.first { $0.name == "tenants" && $0.kind == .folder }
        for entry in try folder.map({ try reader.entries(of: $0) }) ?? [] { try result.enter(entry, reader, &after) }
        after = after.filter { selection.contains($0.key) }
        let before = try baseline.reader.tenantFolders(in: baseline.root).filter { selection.contains($0.key) }
        func bases(_ root: [ConfigEntry]) -> String? { root.first { $0.name == "bases" && $0.kind == .folder }.map(\.id) }
        let basesDiffer = bases(root) != bases(baseline.root)
        let ids = Set(after.keys).union(before.keys)
        if let unknown = selection.tenants.sorted().first(where: { !ids.contains($0) }) {
            let near = nearNames(to: unknown, among: ids)
            throw UsageError("there is no tenant '\(unknown)'\(near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")")
        }
        result.total = after.count
        result.tenants = ids.sorted(by: JSONWriter.precedes).compactMap { id in
            let (new, old) = (after[id], before[id])
            guard basesDiffer || new?.id != old?.id || new?.id.isEmpty != false else {
                if let new { result.unread.append(new) }
                if let old { result.unreadBefore.append(old) }
                return nil
            }
            return Tenant(id: id, folder: new, before: old)
        }
        return result
    }

    /// Sorts out what lies in the `tenants` folder.
    private mutating func enter(_ entry: ConfigEntry, _ reader: any ConfigReader, _ folders: inout [String: ConfigEntry]) throws {
        guard let name = entry.name else {
            diagnostics.append(Diagnostic(.badFileName, file: "tenants", "a name that is not valid UTF-8"))
            return
        }
        let file = "tenants/\(name)"
        switch entry.kind {
        case .file: break
        case .other:
            diagnostics.append(Diagnostic(.notARegularFile, file: file, "a tenant's folder is expected; links and submodules are not followed"))
        case .folder:
            if StringForm.id.accepts(name) {
                folders[name] = entry
            } else if try reader.entries(of: entry).contains(where: { $0.name == "tenant.json" || $0.name == "profiles" }) {
                diagnostics.append(
                    Diagnostic(.badFileName, file: file, "'\(name.prefix(80))' cannot be a tenant id", help: "a tenant's folder must be named in \(StringForm.id.about)"))
            }
        }
    }
}
