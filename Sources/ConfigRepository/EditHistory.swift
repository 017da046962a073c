import Basics
import Git
import JSONSource
import ReportModel
import Synchronization
import Time

/// Finds the commits that made the changes of a plan, back from the commit that the run reads.
///
/// An edit is the newest commit that changed the value at hand, not one that only touched its file, or that approved it. Merges are
/// looked through: what a merge takes from one of its sides was edited there. Any number of threads may ask.
public final class EditHistory: Sendable {
    private let source: ConfigSource
    private let walk = Mutex<EditWalk?>(nil)

    /// Nil for working files, which nobody has committed yet.
    public init?(_ source: ConfigSource) {
        guard source.commit != nil else { return nil }
        self.source = source
    }

    /// The commits behind some changes, newest first, each once.
    ///
    /// Those are left out that the history does not show: it is cut off, or goes too far back.
    ///
    /// - Parameter changes: each one's file, and the place of its value in it as a JSON Pointer; an empty one for the whole file.
    public func edits(_ changes: [(file: String, pointer: String)]) throws -> [SourceEdit] {
        try walking { walk in
            var found: [CommitInfo] = []
            for (file, pointer) in changes {
                if let commit = try walk.edit(of: file, at: pointer), !found.contains(where: { $0.id == commit.id }) { found.append(commit) }
            }
            return found.sorted { ($1.time, $0.id.description) < ($0.time, $1.id.description) }.map(SourceEdit.init)
        }
    }

    /// The commit that last changed a file.
    public func lastChange(of file: String) throws -> SourceEdit? { try walking { walk in try walk.edit(of: file, at: nil).map(SourceEdit.init) } }

    private func walking<Result: Sendable>(_ body: (EditWalk) throws -> Result) throws -> Result {
        try walk.withLock { walk in
            if let walk { return try body(walk) }
            guard let tip = source.commit, let repository = try source.repository() else { throw Failure("cannot read the history: the source is not a commit") }
            let new = try EditWalk(repository, from: tip)
            walk = new
            return try body(new)
        }
    }
}

extension SourceEdit {
    init(_ commit: CommitInfo) {
        let author = commit.authorEmail.isEmpty ? commit.authorName : "\(commit.authorName) <\(commit.authorEmail)>"
        let subject = commit.message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        self.init(commit: commit.id.description, author: author, subject: subject, time: Instant(secondsSince1970: commit.time).description)
    }
}

/// The newest commits, with what each changed. Only as many are looked at as somebody's question needs.
private final class EditWalk {
    /// What one commit made of two folders, compared with its parents.
    private struct Step {
        let commit: CommitInfo
        /// Tenant → its folder's tree, and what each parent has in its place.
        let tenants: [String: Versions]
        let bases: Versions?
    }

    private struct Versions {
        let own: ObjectID?
        let before: [ObjectID?]

        /// Nil where one parent has the same.
        init?(_ own: ObjectID?, _ before: [ObjectID?]) {
            if before.contains(own) { return nil }
            (self.own, self.before) = (own, before)
        }
    }

    private let repository: Repository
    /// Children before their parents, whatever their clocks said.
    private let commits: [CommitInfo]
    private var steps: [Step] = []
    /// Tenant → positions among the steps.
    private var stepsOfTenant: [String: [Int]] = [:]
    /// The `tenants` folders that were listed last: a commit's is its child's parent's.
    private var listed: [(tree: ObjectID, entries: [String: ObjectID])] = []
    private var isAtEnd = false
    /// Of bases, which many tenants ask for: file and pointer → the commit, or nil.
    private var known: [String: CommitInfo?] = [:]

    /// Commits that are looked at. A change that waits to go out is never that old, unless a gate holds it for months.
    private static let limit = 300

    init(_ repository: Repository, from tip: ObjectID) throws {
        self.repository = repository
        let newest = try repository.newestCommits(from: tip, limit: Self.limit).map(repository.commit)
        let known = Dictionary(newest.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var children: [ObjectID: Int] = [:]
        for commit in newest { for parent in Set(commit.parents) { children[parent, default: 0] += 1 } }
        var sorted: [CommitInfo] = []
        var open = newest.prefix { $0.id == tip }.map(\.self)
        while let next = open.popLast() {
            sorted.append(next)
            for parent in Set(next.parents) {
                children[parent]? -= 1
                if children[parent] == 0, let found = known[parent] { open.append(found) }
            }
            open.sort { ($0.time, $1.id.description) < ($1.time, $0.id.description) }
        }
        commits = sorted
    }

    /// - Parameter pointer: nil: whatever changed in the file.
    func edit(of file: String, at pointer: String?) throws -> CommitInfo? {
        guard file.hasPrefix("bases/") else { return try search(file, pointer) }
        let key = "\(file)\0\(pointer ?? "-")"
        if let known = known[key] { return known }
        let found = try search(file, pointer)
        known.updateValue(found, forKey: key)
        return found
    }

    private func search(_ file: String, _ pointer: String?) throws -> CommitInfo? {
        let parts = file.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count > 1 else { return nil }
        var touched: CommitInfo?
        var position = 0
        while let step = try step(position, of: parts) {
            position = step.next
            guard let versions = try self.versions(of: file, parts, in: step.step) else { continue }
            guard let pointer else { return step.step.commit }
            if try changes(file, pointer, versions) { return step.step.commit }
            touched = touched ?? step.step.commit
        }
        return touched
    }

    /// The next step, from a position on, that changed a tenant or the bases.
    private func step(_ position: Int, of parts: [String]) throws -> (step: Step, next: Int)? {
        if parts[0] == "tenants" {
            repeat {
                let positions = stepsOfTenant[parts[1]] ?? []
                if let found = positions.first(where: { $0 >= position }) { return (steps[found], found + 1) }
            } while try extend()
            return nil
        }
        var position = position
        while try position < steps.count || extend() {
            if parts[0] != "bases" || steps[position].bases != nil { return (steps[position], position + 1) }
            position += 1
        }
        return nil
    }

    /// What a step made of a file; nil where it left it alone.
    private func versions(of file: String, _ parts: [String], in step: Step) throws -> Versions? {
        let (folders, path): (Versions?, String)
        switch parts[0] {
        case "tenants": (folders, path) = (step.tenants[parts[1]], parts.count > 2 ? parts[2] : "")
        case "bases": (folders, path) = (step.bases, parts[1...].joined(separator: "/"))
        default:
            let parents = try step.commit.parents.map { try repository.entry(atPath: file, inTree: repository.tree(ofCommit: $0))?.id }
            return Versions(try repository.entry(atPath: file, inTree: step.commit.tree)?.id, parents.isEmpty ? [nil] : parents)
        }
        guard let folders else { return nil }
        // What is in a new folder is new: a first run asks a hundred thousand times.
        if folders.before.allSatisfy({ $0 == nil }) { return folders }
        func blob(_ folder: ObjectID?) throws -> ObjectID? { try folder.flatMap { try repository.entry(atPath: path, inTree: $0)?.id } }
        return Versions(try blob(folders.own), try folders.before.map(blob))
    }

    /// Whether the value at a pointer differs from the first parent's.
    private func changes(_ file: String, _ pointer: String, _ versions: Versions) throws -> Bool {
        guard let own = versions.own, let was = versions.before.first ?? nil else { return true }
        guard !pointer.isEmpty else { return false }
        func value(_ blob: ObjectID) throws -> JSON? {
            let document = JSONDocument(file: file, bytes: try repository.withBlob(blob, limit: JSONLimits.fileSize) { [UInt8]($0) })
            var value = document.root
            for name in pointer.split(separator: "/") { value = value?[name: String(name)] }
            return value?.plain
        }
        return try value(own) != value(was)
    }

    // MARK: Steps

    /// Looks at one more commit; false where there is none, or where its parents are missing, so that nobody can tell what it changed.
    private func extend() throws -> Bool {
        guard !isAtEnd, steps.count < commits.count else { return false }
        let commit = commits[steps.count]
        guard commit.parents.allSatisfy(repository.exists), !(commit.parents.isEmpty && repository.isShallow) else {
            isAtEnd = true
            return false
        }
        let before = commit.parents.isEmpty ? [nil] : try commit.parents.map { try Optional(repository.tree(ofCommit: $0)) }
        func trees(_ folder: String) throws -> (own: ObjectID?, before: [ObjectID?]) {
            func tree(_ root: ObjectID?) throws -> ObjectID? { try root.flatMap { try repository.entry(atPath: folder, inTree: $0) }.flatMap { $0.kind == .tree ? $0.id : nil } }
            return (try tree(commit.tree), try before.map(tree))
        }
        let (tenants, bases) = (try trees("tenants"), try trees("bases"))
        var changed: [String: Versions] = [:]
        if Versions(tenants.own, tenants.before) != nil {
            let (own, parents) = (try folders(tenants.own), try tenants.before.map(folders))
            for id in Set(own.keys).union(parents.first.map { Array($0.keys) } ?? []) { changed[id] = Versions(own[id], parents.map { $0[id] }) }
        }
        for id in changed.keys { stepsOfTenant[id, default: []].append(steps.count) }
        steps.append(Step(commit: commit, tenants: changed, bases: Versions(bases.own, bases.before)))
        return true
    }

    private func folders(_ tree: ObjectID?) throws -> [String: ObjectID] {
        guard let tree else { return [:] }
        if let known = listed.first(where: { $0.tree == tree }) { return known.entries }
        let entries = Dictionary(try repository.entries(ofTree: tree).compactMap { entry in entry.nameText.map { ($0, entry.id) } }, uniquingKeysWith: { first, _ in first })
        listed = (listed + [(tree, entries)]).suffix(3)
        return entries
    }
}
