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

    /// - Parameter home: where the branch is, so that an error can say how to repair it.
    public init(repository: Repository?, tip: ObjectID?, home: Home? = nil) throws {
        self.repository = repository
        self.tip = tip
        self.home = home
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

    public typealias Home = (store: StateStore, branch: String)
    private let home: Home?

    /// The same commit through another thread's repository, so that the tree of all tenants is read only once.
    public init(_ other: borrowing StateListing, repository: Repository?) {
        self.repository = repository
        home = nil
        tip = other.tip
        root = other.root
        tenants = other.tenants
        strangers = other.strangers
    }

    public var listing: StateListing { StateListing(tip: tip, root: root, tenants: tenants, strangers: strangers) }

    /// The root's record. Throws `StateError.edited` where anything of the state is not as easel left it.
    public func rootState() throws -> RootState {
        guard tip != nil else { return RootState() }
        do {
            let state = try recordedRoot()
            if try isAsEaselLeftIt(state) { return state }
        } catch let error as StateError {
            guard case .unreadable = error, try lastGood() != nil else { throw error }
        }
        let good = try lastGood()
        throw StateError.edited(file: try editedPlace(since: good), repair: repair(good))
    }

    /// Whether a run recorded this commit. Others are made by people, who may put files beside easel's, or repair what somebody edited.
    public func isRun() throws -> Bool {
        do { return try isRun(recordedRoot()) } catch StateError.unreadable { return false }
    }

    private func isRun(_ state: RootState) throws -> Bool {
        guard let tip, let repository, try isWhole() else { return false }
        // A first commit has nothing before it that it could contradict.
        let parents = try repository.commit(tip).parents
        return parents.isEmpty || state.parent == parents.first?.description
    }

    /// A state that is copied from an older commit has digests that fit, too. So it must be that of the last commit that a run recorded.
    private func isAsEaselLeftIt(_ state: RootState) throws -> Bool {
        if root.isEmpty { return try lastGood() == nil }
        guard try !isRun(state) else { return true }
        return try isWhole() && lastGood()?.ownEntries() == ownEntries()
    }

    /// Whether every digest fits that the root's record bears.
    private func isWhole() throws -> Bool {
        guard let entry = root.first(where: { $0.nameText == Self.record }) else { return false }
        return Seal.fits(try document(Self.record, entry.id), over: Self.covered(root, try tenantsTree()))
    }

    /// The latest commit before this one that a run recorded; nil where it is too far back, or missing.
    private func lastGood() throws -> StateSnapshot? {
        guard let repository, var commit = tip else { return nil }
        for _ in 0..<1000 {
            guard let parent = try repository.commit(commit).parents.first, repository.exists(parent) else { return nil }
            let before = try StateSnapshot(repository: repository, tip: parent, home: home)
            if try before.isRun() { return before }
            commit = parent
        }
        return nil
    }

    private func repair(_ good: StateSnapshot?) -> String? {
        guard let commit = good?.tip else { return nil }
        let command = home.map { " To go back to it, run: \($0.store.command(setting: $0.branch, to: commit))" } ?? ""
        return "The last commit that is as easel left it is \(commit).\(command)"
    }

    // MARK: What is easel's

    static let record = "state.json"
    /// Files at the top that a run writes, beside its record.
    private static let reports: Set<String> = ["report.json", "report.md"]

    /// What the root's record stands for.
    static func covered(_ root: [TreeEntry], _ tenants: ObjectID?) -> [TreeEntry] {
        root.filter { entry in entry.nameText.map(reports.contains) ?? false } + (tenants.map { [TreeEntry(name: "tenants", mode: TreeEntry.treeMode, id: $0)] } ?? [])
    }

    /// The record, and what it stands for.
    private func ownEntries() throws -> Set<TreeEntry> { Set(root.filter { $0.nameText == Self.record } + Self.covered(root, try tenantsTree())) }

    /// The id of a tree of the tenants' folders as they are now; nil where there are none. Where people have added nothing, it is that of
    /// the folder `tenants`.
    private func tenantsTree() throws -> ObjectID? {
        if strangers.isEmpty, let folder = root.first(where: { $0.nameText == "tenants" && $0.kind == .tree }) { return folder.id }
        return try StateWriter.id(ofTenants: tenants.map { TreeEntry(name: $0.key, mode: TreeEntry.treeMode, id: $0.value) })
    }

    private func recordedRoot() throws -> RootState {
        guard let entry = root.first(where: { $0.nameText == Self.record }) else {
            if !root.isEmpty { throw StateError.unreadable(file: Self.record, why: "it is missing, so this is not a state branch") }
            return RootState()
        }
        return try RootState(document(Self.record, entry.id))
    }

    /// The path that somebody changed: the first difference from the last good commit, or where there is none, a tenant with a digest that
    /// does not fit.
    private func editedPlace(since good: StateSnapshot?) throws -> String {
        let ids = Set(tenants.keys).union(good.map { Array($0.tenants.keys) } ?? []).sorted(by: JSONWriter.precedes)
        guard let good, let repository else {
            let edited = ids.first { id in (try? tenant(id)) == nil }
            return edited.map { "tenants/\($0)" } ?? Self.record
        }
        if let id = ids.first(where: { tenants[$0] != good.tenants[$0] }) {
            return try difference(good.tenants[id], tenants[id], path: "tenants/\(id)", repository)
        }
        let changed = try ownEntries().symmetricDifference(good.ownEntries()).compactMap(\.nameText)
        // The reports say what the record does, so that where both differ the record is what matters.
        return changed.contains(Self.record) ? Self.record : changed.min() ?? Self.record
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
        guard let file = entries.first(where: { $0.nameText == Self.record }) else {
            throw StateError.unreadable(file: path + Self.record, why: "it is missing")
        }
        let record = try document(path + Self.record, file.id)
        let state = try TenantState(record)
        guard Seal.fits(record, over: entries.filter { $0 != file }) else { throw StateError.edited(file: "tenants/\(id)") }
        return AppliedTenant(id: id, tree: tree, state: state, entries: entries, repository: repository)
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
