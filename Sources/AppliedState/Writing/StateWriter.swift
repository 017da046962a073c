import Git

/// Makes one commit on the state branch: takes tenants' trees one by one, then moves the branch.
///
/// Guarantees: nothing is visible before `commit`. The branch moves only when every object is on the disk, and only if nobody else moved
/// it. If somebody did, but changed none of the tenants that this run looked at, the trees are grafted on the new tip; otherwise
/// `StateError.contended` is thrown and nothing has changed. Memory: an id for each object and tenant.
public final class StateWriter {
    private let store: StateStore
    private let branch: String
    private let repository: Repository
    private let base: StateSnapshot
    private let identity: StateIdentity
    private var pack: PackWriter?
    /// Kept as long as this writer exists: that protects the packs until a ref reaches what is in them.
    private var finished: [PackWriter] = []
    private var encoder: ObjectEncoder
    private var changes: [String: ObjectID?] = [:]

    /// Throws `StateError.unsigned` where the branch is to be signed and its tip is not.
    public init(store: StateStore, branch: String, base: StateSnapshot, identity: StateIdentity = StateIdentity()) throws {
        guard let repository = base.repository else { throw StateError.unreadable(file: branch, why: "there is no repository to write to") }
        self.store = store
        self.branch = branch
        self.base = base
        self.repository = repository
        self.identity = identity
        try identity.check(base.tip, of: branch, in: repository, isFirstLook: true)
        encoder = try ObjectEncoder()
    }

    /// Adds one tenant's new tree.
    public func put(_ tenant: String, _ tree: TenantTree) throws {
        changes[tenant] = .some(tree.id)
        for object in tree.objects { try writer().append(object) }
    }

    /// Whether no tenant changes.
    public var isEmpty: Bool { changes.isEmpty }

    private func writer() throws -> PackWriter {
        if let pack { return pack }
        let new = try PackWriter(repository: repository)
        pack = new
        return new
    }

    /// How often a lost race is retried.
    private static let tries = 200
    /// How often to wait for somebody else's lock, some seconds in all. A running program holds it for milliseconds, a killed one for
    /// ever.
    private static let waits = 40

    /// Writes the commit that `commit` would make but does not move the branch: only the returned snapshot shows it.
    public func draft(
        root: (RootState) throws -> RootState, files: [String: [UInt8]], message: String, time: Int64
    ) throws -> StateSnapshot {
        let commit = try write(on: base, root: root(base.rootState()), files: files, message: message, time: time, isSigned: false)
        return try snapshot(commit)
    }

    private func snapshot(_ tip: ObjectID?) throws -> StateSnapshot { try StateSnapshot(repository: repository, tip: tip, home: (store, branch)) }

    /// Writes the commit and moves the branch.
    ///
    /// - Parameters:
    ///   - root: makes the new root state from the one at the tip that the commit will be based on. It may throw
    ///     `StateError.contended` when what others have recorded in the meantime makes this run's plan invalid.
    ///   - files: `report.json`, `report.md`.
    ///   - time: of the commit, in seconds since 1970.
    ///   - prepare: is called before every attempt to move the branch, with the commit and the state in it; if it throws, nothing has changed.
    ///   - lookedAt: tenants that this run looked at and does not change. Like those that change, nobody else may have changed them.
    /// - Returns: the commit, and the state in it.
    public func commit(
        root: (RootState) throws -> RootState, files: [String: [UInt8]], message: String, time: Int64, lookedAt: Set<String> = [], prepare: (ObjectID, StateSnapshot) throws -> Void = { _, _ in }
    ) throws -> (commit: ObjectID, snapshot: StateSnapshot) {
        var tip = base
        var waited = 0
        for _ in 0..<Self.tries {
            let commit = try write(on: tip, root: root(tip.rootState()), files: files, message: message, time: time, isSigned: true)
            let made = try snapshot(commit)
            try prepare(commit, made)
            do {
                try store.move(branch, from: tip.tip, to: commit, repository, message: "easel: \(message.prefix { $0 != "\n" })")
                store.tidy(repository)
                return (commit, made)
            } catch let error as GitError where error.kind == .refMoved || (error.kind == .locked && waited < Self.waits) {
                if error.kind == .locked {
                    pause(waited)
                    waited += 1
                }
                tip = try snapshot(store.currentTip(branch, repository))
                // A branch that was moved back or deleted has another state than the one that was planned on.
                if try tip.isRewound(behind: base.tip) { throw StateError.contended(branch: branch) }
                if tip.tip != base.tip { try identity.check(tip.tip, of: branch, in: repository, isFirstLook: false) }
                for tenant in lookedAt.union(changes.keys) where tip.tree(ofTenant: tenant) != base.tree(ofTenant: tenant) {
                    throw StateError.contended(branch: branch)
                }
            }
        }
        throw StateError.contended(branch: branch)
    }

    private func write(on tip: StateSnapshot, root: RootState, files: [String: [UInt8]], message: String, time: Int64, isSigned: Bool) throws -> ObjectID {
        let pack = try writer()
        func add(_ kind: ObjectKind, _ bytes: [UInt8]) throws -> ObjectID {
            let object = encoder.encode(kind, bytes)
            try pack.append(object)
            return object.id
        }
        var tenants: [TreeEntry] = []
        for id in tip.tenantIDs where changes[id] == nil {
            if let tree = tip.tree(ofTenant: id) { tenants.append(TreeEntry(name: id, mode: TreeEntry.treeMode, id: tree)) }
        }
        for (id, tree) in changes {
            if let tree { tenants.append(TreeEntry(name: id, mode: TreeEntry.treeMode, id: tree)) }
        }
        var root = root
        root.parent = tip.tip?.description
        let tenantsTree = try Self.id(ofTenants: tenants)
        // What people have added beside easel's files stays.
        tenants += tip.strangers.filter { entry in entry.nameText.map { changes[$0] == nil } ?? true }
        let own = Set(files.keys).union(["tenants", StateSnapshot.record])
        var entries = tip.rootEntries.filter { entry in entry.nameText.map { !own.contains($0) } ?? true }
        if !tenants.isEmpty {
            entries.append(TreeEntry(name: "tenants", mode: TreeEntry.treeMode, id: try add(.tree, encodeTree(tenants))))
        }
        for (name, bytes) in files { entries.append(TreeEntry(name: name, mode: TreeEntry.fileMode, id: try add(.blob, bytes))) }
        let record = try Seal.sealed(root.json(), over: StateSnapshot.covered(entries, tenantsTree))
        entries.append(TreeEntry(name: StateSnapshot.record, mode: TreeEntry.fileMode, id: try add(.blob, record)))
        var bytes = try encodeCommit(
            tree: add(.tree, encodeTree(entries)), parents: tip.tip.map { [$0] } ?? [], name: identity.name, email: identity.email, time: time, message: message)
        if isSigned, let signer = identity.signer { bytes = try signer.signed(bytes) }
        let commit = try add(.commit, bytes)
        _ = try pack.finish()
        finished.append(pack)
        self.pack = nil
        repository.refresh()
        return commit
    }

    /// The id of a tree of these tenants' folders, for the root's record; nil where there are none.
    static func id(ofTenants entries: [TreeEntry]) throws -> ObjectID? {
        entries.isEmpty ? nil : ObjectEncoder.id(.tree, try encodeTree(entries))
    }
}
