import AppliedState
import Basics
import ConfigRepository
import Git
import JSONSource
import Payloads
import Profiles

/// Which tenants a run must look at, known from tree ids alone.
public struct Candidates {
    public struct Tenant: Sendable {
        public let id: String
        /// Nil when its folder is gone.
        public let folder: TenantFolder?
        /// Its folder in the revision that a review compares with.
        public var before: TenantFolder?
        /// The folders that it was recorded as before it was renamed.
        public var formerly: [String] = []
        /// Whether what is recorded for it belongs to a tenant that has another folder now.
        public var isLeft = false
    }

    /// In the order of their ids.
    public var tenants: [Tenant] = []
    /// Tenants of the selection in the config repository, looked at or not.
    public var total = 0
    /// Nothing has to be looked at: trees, renderer and state are those of the last run.
    public var isUpToDate = false
    /// Every tenant that is not in `tenants` is as it was.
    public var record: RootState.Shard?
    /// In a review: the folders of tenants that are the same in both revisions, after and before.
    public var unread: [TenantFolder] = []
    public var unreadBefore: [TenantFolder] = []
    /// Tenants that were broken or held and are gone now, both from the config repository and from the applied state.
    public var vanished: Set<String> = []
    /// Tenants that were renamed, and belong by their new ids to another run.
    public var elsewhere: Set<String> = []
    /// Folder → what is wrong with the tenantId that it names.
    public var problems: [String: [Diagnostic]] = [:]
    /// What is wrong with the `tenants` and `bases` folders themselves.
    public var diagnostics: [Diagnostic] = []
    /// Whether an error in the `tenants` folder could be about a policy.
    public var concernsGates = false
    /// The trees that are then read, for the state.
    public var tenantsTree: String?
    public var basesTree: String?

    /// Stands for a tree in which something has no place. No tree has such an id, so that the next run looks again and reports it.
    private static let unsound = "unsound"
}

extension Candidates {
    /// - Parameters:
    ///   - baseline: the revision that a review compares with.
    ///   - snapshot: the applied state, with its root.
    ///   - comparesLive: whether what tenants have now decides, and not what was last done: then every one is looked at.
    ///   - all: in a review, also tenants that are the same in both revisions.
    public static func find(
        _ selection: Selection, _ revision: ConfigRevision, baseline: ConfigRevision?, applied snapshot: StateSnapshot, _ state: RootState, comparesLive: Bool, all: Bool = false
    ) throws -> Candidates {
        if let baseline {
            var result = try between(baseline, revision, selection, all: all)
            try result.identify(selection, revision, isReview: true, recorded: Identities.recorded(in: baseline, of: result.tenants))
            return result
        }
        let applied = snapshot.tenantIDs.filter { !state.gone.contains($0) }
        let record = selection.isWholeShard && !comparesLive ? state.shards[selection.shardName] : nil
        var result = try since(record, revision, selection, comparesLive ? RootState() : state, applied: applied)
        if !result.isUpToDate { try result.identify(selection, revision, isReview: false, recorded: state.tenantIDs) }
        return result
    }

    /// Those that may differ from what was applied.
    ///
    /// - Parameter record: what the shard's last run has read; nil looks at all.
    private static func since(
        _ record: RootState.Shard?, _ revision: ConfigRevision, _ selection: Selection, _ state: RootState, applied: [String]
    ) throws -> Candidates {
        var result = Candidates()
        let pending = state.held.union(state.failed).union(record?.stale ?? []).filter(selection.contains)
        let isCurrent = record.map { $0.renderer == PayloadTargets.version && $0.bases == revision.basesTree } ?? false
        let folder = revision.root.folder("tenants")
        // Working files have no ids by which they could be known.
        if isCurrent, record?.tenants == revision.tenantsTree, pending.isEmpty, folder == nil || folder?.id != nil {
            result.isUpToDate = true
            result.record = record
            result.total = record?.tenantCount ?? 0
            (result.tenantsTree, result.basesTree) = (revision.tenantsTree, revision.basesTree)
            result.noteNoTenants(revision, selection)
            return result
        }
        let folders = try result.folders(revision, selection)
        let there = folders.ids
        let known = there.filter(selection.contains)
        result.total = known.count
        result.noteNoTenants(revision, selection)

        var ids = Set(known)
        if isCurrent, let record, let before = try formerTenants(record.tenants, revision.source) {
            result.record = record
            let old = before.byName
            ids = ids.filter { folders[$0]?.id == nil || folders[$0]?.id != old[$0]?.id || pending.contains($0) }
            for id in old.keys where selection.contains(id) && !there.contains(id) { ids.insert(id) }
            ids.formUnion(pending)
        } else {
            ids.formUnion(applied.filter(selection.contains))
        }
        let appliedIDs = Set(applied)
        // A folder that is gone and of which nothing was applied needs nothing any more.
        result.vanished = pending.filter { folders[$0] == nil && !appliedIDs.contains($0) }
        ids = ids.filter { there.contains($0) || appliedIDs.contains($0) }
        try selection.check(among: there.union(appliedIDs))
        result.tenants = ids.sorted(by: JSONWriter.precedes).map { Tenant(id: $0, folder: folders[$0]) }
        return result
    }

    /// Those that may differ between two revisions: where no base differs, those whose folders do.
    private static func between(_ old: ConfigRevision, _ new: ConfigRevision, _ selection: Selection, all: Bool) throws -> Candidates {
        var result = Candidates()
        let (before, after) = (try old.tenantFolders(), try result.folders(new, selection))
        let ids = before.ids.union(after.ids)
        try selection.check(among: ids)
        let basesDiffer = new.basesTree != old.basesTree
        result.total = after.ids.count(where: selection.contains)
        result.noteNoTenants(new, selection)
        result.tenants = ids.filter(selection.contains).sorted(by: JSONWriter.precedes).compactMap { id in
            let (now, was) = (after[id], before[id])
            guard all || basesDiffer || now?.id == nil || now?.id != was?.id else {
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
        do {
            return try TreeReader(repository: repository, tree: tree).root()
        } catch let error as GitError where error.isOfOneObject { return nil }
    }

    /// The tenants' folders; what else is among them, or among the bases, becomes diagnostics.
    private mutating func folders(_ revision: ConfigRevision, _ selection: Selection) throws -> TenantFolders {
        let (folders, bases) = (try revision.tenantFolders(), try revision.baseFiles())
        diagnostics = folders.diagnostics.filter { $0.tenant.map(selection.contains) ?? true } + bases.diagnostics
        concernsGates = folders.concernsGates
        tenantsTree = folders.isSound ? revision.tenantsTree : Self.unsound
        basesTree = bases.isSound ? revision.basesTree : Self.unsound
        return folders
    }

    /// A pipeline that looks in the wrong place must not be content for ever.
    private mutating func noteNoTenants(_ revision: ConfigRevision, _ selection: Selection) {
        guard total == 0, selection.isEverything, revision.problems.isEmpty, diagnostics.isEmpty else { return }
        diagnostics.append(
            Diagnostic(
                .noTenants, severity: .warning, file: "tenants", "This repository has no tenant: easel looked for tenants/TENANT/tenant.json and found no such folder",
                help: "Check --repo and --ref, or start with \"easel init\""))
    }
}
