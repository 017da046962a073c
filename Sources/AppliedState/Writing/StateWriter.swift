import Git

/// Makes one commit on the state branch: takes tenants' trees as they come, then moves the branch.
///
/// Guarantees: nothing is visible before `commit`; the branch moves only when every object is on the disk, and only if
/// nobody else moved it — if somebody did, and touched none of the tenants that this run looked at, its trees are grafted on the
/// new tip; else `StateError.contended` with nothing changed. Memory: an id per object and tenant.
public final class StateWriter {
    private let store: StateStore
    private let branch: String
    private let repository: Repository
    private let base: StateSnapshot
    private var pack: PackWriter?
    /// Kept until this writer goes: nobody clears away what no ref reaches yet.
    private var finished: [PackWriter] = []
    private var encoder: ObjectEncoder
    private var changes: [String: ObjectID?] = [:]

    public init(store: StateStore, branch: String, base: StateSnapshot) throws {
        guard let repository = base.repository else { throw StateError.unreadable(file: branch, why: "there is no repository to write to") }
        self.store = store
        self.branch = branch
        self.base = base
        self.repository = repository
        encoder = try ObjectEncoder()
    }

    public func put(_ tenant: String, _ tree: TenantTree) throws {
        changes[tenant] = .some(tree.id)
        for object in tree.objects { try writer().append(object) }
    }

    public var isEmpty: Bool { changes.isEmpty }

    private func writer() throws -> PackWriter {
        if let pack { return pack }
        let new = try PackWriter(repository: repository)
        pack = new
        return new
    }

    /// The author of a state commit.
    public struct Author: Sendable {
        public let name: String
        public let email: String
        /// Seconds since 1970.
        public let time: Int64

        public init(name: String, email: String, time: Int64) {
            self.name = name
            self.email = email
            self.time = time
        }
    }

    /// How often a lost race is tried again before giving up.
    private static let tries = 200
    /// How often a lock that is in the way is waited for, some seconds in all: a program that is at work holds it for
    /// milliseconds, one that was killed for ever.
    private static let waits = 40

    /// Writes the commit that `commit` would make, and leaves the branch where it is: nobody sees it but through what is returned.
    public func draft(
        root: (RootState) throws -> RootState, files: [String: [UInt8]], message: String, author: Author
    ) throws -> StateSnapshot {
        let commit = try write(on: base, root: root(base.rootState()), files: files, message: message, author: author)
        return try StateSnapshot(repository: repository, tip: commit)
    }

    /// Writes the commit and moves the branch.
    ///
    /// - Parameters:
    ///   - root: the new root state, made from the one at the tip that the commit will stand on. It may throw
    ///     `StateError.contended` where what others have entered meanwhile makes this run's plan void.
    ///   - files: `report.json`, `report.md`.
    ///   - lookedAt: tenants that were looked at and stay as they are: like those that change, they must be as they were when this ends.
    /// - Returns: the commit, and how the tenants stand in it.
    public func commit(
        root: (RootState) throws -> RootState, files: [String: [UInt8]], message: String, author: Author, lookedAt: Set<String> = []
    ) throws -> (commit: ObjectID, snapshot: StateSnapshot) {
        var tip = base
        var waited = 0
        for _ in 0..<Self.tries {
            let commit = try write(on: tip, root: root(tip.rootState()), files: files, message: message, author: author)
            do {
                try store.move(branch, from: tip.tip, to: commit, repository, message: "easel: \(message.prefix { $0 != "\n" })")
                store.tidy(repository)
                return (commit, try StateSnapshot(repository: repository, tip: commit))
            } catch let error as GitError where error.kind == .refMoved || (error.kind == .locked && waited < Self.waits) {
                if error.kind == .locked {
                    pause(waited)
                    waited += 1
                }
                tip = try StateSnapshot(repository: repository, tip: store.currentTip(branch, repository))
                // A branch that was moved back, or deleted, is another state than the one that was planned on.
                if try tip.isRewound(behind: base.tip) { throw StateError.contended(branch: branch) }
                for tenant in lookedAt.union(changes.keys) where tip.tree(ofTenant: tenant) != base.tree(ofTenant: tenant) {
                    throw StateError.contended(branch: branch)
                }
            }
        }
        throw StateError.contended(branch: branch)
    }

    private func write(on tip: StateSnapshot, root: RootState, files: [String: [UInt8]], message: String, author: Author) throws -> ObjectID {
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
        root.tenantsTree = try Self.id(ofTenants: tenants)
        // What people have put beside easel's files stays.
        tenants += tip.strangers.filter { entry in entry.nameText.map { changes[$0] == nil } ?? true }
        let own = Set(files.keys).union(["tenants", "state.json"])
        var entries = tip.rootEntries.filter { entry in entry.nameText.map { !own.contains($0) } ?? true }
        if !tenants.isEmpty {
            entries.append(TreeEntry(name: "tenants", mode: TreeEntry.treeMode, id: try add(.tree, encodeTree(tenants))))
        }
        entries.append(TreeEntry(name: "state.json", mode: TreeEntry.fileMode, id: try add(.blob, root.json())))
        for (name, bytes) in files { entries.append(TreeEntry(name: name, mode: TreeEntry.fileMode, id: try add(.blob, bytes))) }
        let commit = try add(
            .commit,
            encodeCommit(
                tree: add(.tree, encodeTree(entries)), parents: tip.tip.map { [$0] } ?? [], name: author.name, email: author.email,
                time: author.time, message: message))
        _ = try pack.finish()
        finished.append(pack)
        self.pack = nil
        repository.refresh()
        return commit
    }

    /// What the root remembers of the tenants' folders; nil where there are none.
    static func id(ofTenants entries: [TreeEntry]) throws -> String? {
        entries.isEmpty ? nil : ObjectEncoder.id(.tree, try encodeTree(entries)).description
    }
}
