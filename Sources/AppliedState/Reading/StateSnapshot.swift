import Git
import JSONSource

/// The applied state at one commit, read on demand. Use one per thread, like its repository.
public final class StateSnapshot {
    /// Nil where there is none yet; then nothing was applied.
    let repository: Repository?
    /// Nil before the first reconcile.
    public let tip: ObjectID?
    private let root: [TreeEntry]
    private let tenants: [String: ObjectID]
    /// What people have added to the folder `tenants` that is not a tenant's folder.
    let strangers: [TreeEntry]

    public init(repository: Repository?, tip: ObjectID?) throws {
        self.repository = repository
        self.tip = tip
        guard let tip, let repository else {
            root = []
            tenants = [:]
            strangers = []
            return
        }
        root = try repository.entries(ofTree: repository.tree(ofCommit: tip))
        let folder = root.first { $0.nameText == "tenants" && $0.kind == .tree }
        let entries = try folder.map { try repository.entries(ofTree: $0.id) } ?? []
        var tenants: [String: ObjectID] = [:]
        var strangers: [TreeEntry] = []
        for entry in entries {
            if entry.kind == .tree, let name = entry.nameText { tenants[name] = entry.id } else { strangers.append(entry) }
        }
        self.tenants = tenants
        self.strangers = strangers
    }

    /// The same commit through another thread's repository, so that the tree of all tenants is read only once.
    public init(_ other: borrowing StateListing, repository: Repository?) {
        self.repository = repository
        tip = other.tip
        root = other.root
        tenants = other.tenants
        strangers = other.strangers
    }

    public var listing: StateListing { StateListing(tip: tip, root: root, tenants: tenants, strangers: strangers) }

    /// The root's record, compared with the tenants' folders. Throws `StateError.edited` where they differ.
    public func rootState() throws -> RootState {
        let state = try recordedRoot()
        guard try state.tenantsTree != tenantsTree() else { return state }
        throw StateError.edited(file: try editedPlace() ?? (state.tenantsTree == nil ? "state.json" : "tenants"))
    }

    /// The id of a tree of the tenants' folders as they are now. Where people have added nothing, it is that of the folder `tenants`.
    private func tenantsTree() throws -> String? {
        if strangers.isEmpty, let folder = root.first(where: { $0.nameText == "tenants" && $0.kind == .tree }) { return folder.id.description }
        return try StateWriter.id(ofTenants: tenants.map { TreeEntry(name: $0.key, mode: TreeEntry.treeMode, id: $0.value) })
    }

    private func recordedRoot() throws -> RootState {
        guard let entry = root.first(where: { $0.nameText == "state.json" }) else {
            if tip != nil, !root.isEmpty { throw StateError.unreadable(file: "state.json", why: "it is missing, so this is not a state branch") }
            return RootState()
        }
        return try RootState(document("state.json", entry.id))
    }

    /// The path that somebody changed: the first difference from the latest earlier commit that is as easel left it. Nil where that
    /// commit is too far back, or missing.
    private func editedPlace() throws -> String? {
        guard let repository, var commit = tip else { return nil }
        for _ in 0..<100 {
            guard let parent = try repository.commit(commit).parents.first, repository.exists(parent) else { return nil }
            let before = try StateSnapshot(repository: repository, tip: parent)
            guard let recorded = try? before.recordedRoot().tenantsTree, try recorded == before.tenantsTree() else {
                commit = parent
                continue
            }
            let ids = Set(tenants.keys).union(before.tenants.keys).sorted(by: JSONWriter.precedes)
            guard let id = ids.first(where: { tenants[$0] != before.tenants[$0] }) else { return nil }
            return try difference(before.tenants[id], tenants[id], path: "tenants/\(id)", repository)
        }
        return nil
    }

    /// The path of the first difference between two trees, one of which may be absent.
    private func difference(_ one: ObjectID?, _ other: ObjectID?, path: String, _ repository: Repository) throws -> String {
        guard let one, let other else { return path }
        let (old, new) = (try repository.entries(ofTree: one), try repository.entries(ofTree: other))
        for name in Set(old.map(\.name)).union(new.map(\.name)).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let (was, is_) = (old.first { $0.name == name }, new.first { $0.name == name })
            guard was != is_ else { continue }
            let place = "\(path)/\(String(decoding: name, as: UTF8.self))"
            guard was?.kind == .tree, is_?.kind == .tree else { return place }
            return try difference(was?.id, is_?.id, path: place, repository)
        }
        return path
    }

    /// Whether the commit is from a state branch.
    public func isState() throws -> Bool { root.contains { $0.nameText == "state.json" } ? try !rootState().shards.isEmpty || !tenants.isEmpty : false }

    /// A file at the top of the state: `state.json`, `report.md`.
    public func file(_ name: String) throws -> [UInt8]? { try root.first { $0.nameText == name }.flatMap { try repository?.stateFile($0.id) } }

    public var tenantIDs: Dictionary<String, ObjectID>.Keys { tenants.keys }
    /// The id of a tenant's folder; nil when nothing was applied.
    public func tree(ofTenant id: String) -> ObjectID? { tenants[id] }
    var rootEntries: [TreeEntry] { root }

    /// One tenant as applied; nil when nothing was applied.
    public func tenant(_ id: String) throws -> AppliedTenant? {
        guard let repository, let tree = tenants[id] else { return nil }
        let entries = try repository.entries(ofTree: tree)
        let path = "tenants/\(id)/"
        guard let file = entries.first(where: { $0.nameText == "state.json" }) else {
            throw StateError.unreadable(file: path + "state.json", why: "it is missing")
        }
        return AppliedTenant(
            id: id, tree: tree, state: try TenantState(document(path + "state.json", file.id)), entries: entries, repository: repository)
    }

    private func document(_ file: String, _ id: ObjectID) throws -> JSONDocument {
        JSONDocument(file: file, bytes: try repository?.stateFile(id) ?? [], limit: JSONLimits.ownFileSize)
    }
}

extension Repository {
    /// A blob of the state branch. Payloads may be larger than files that people write by hand.
    func stateFile(_ blob: ObjectID) throws -> [UInt8] { try withBlob(blob, limit: JSONLimits.ownFileSize) { [UInt8]($0) } }
}

/// The root of a state commit, for other threads.
public struct StateListing: Sendable {
    let tip: ObjectID?
    let root: [TreeEntry]
    let tenants: [String: ObjectID]
    let strangers: [TreeEntry]
}
