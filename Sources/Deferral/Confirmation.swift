import AppliedState
import Basics
import ConfigRepository
import Git
import JSONSource
import Logging
import Profiles

/// Why a deferred reconcile is not recorded. Nothing was changed.
public struct ConfirmationRefused: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    /// For a file or folder of the deferral that somebody has edited, cut short or taken away.
    static func notAsDeferred(_ path: String) -> Self { Self("\(path) is not what reconcile --defer wrote; run it again, and deploy what it says") }
}

/// Records a deferred reconcile as applied, whole or in part; refused when the state has moved since.
public struct Confirmation: Sendable {
    public var places: Places
    /// The folder of `--out`.
    public var out: String
    /// What was really applied; nil: everything.
    public var results: DeploymentResults?
    public var logger: Logger

    public init(places: Places, out: String, results: DeploymentResults?, logger: Logger) {
        self.logger = logger
        self.places = places
        self.out = out
        self.results = results
    }

    public struct Result: Sendable {
        /// On the state branch; nil when there was nothing to apply, or nothing was applied, and nothing recorded.
        public let commit: ObjectID?
        public let branch: String
        /// `tenant/profile` of those that are recorded, and of those that stay as they were.
        public let confirmed: [String]
        public let left: [String]
    }

    private var folder: String { "\(withoutTrailingSlashes(out))/\(Deferral.folder)" }

    public func run() throws -> Result {
        let deferral = try read(Deferral.file)
        if deferral.root?["nothing"]?.bool == true {
            try removeTree(folder)
            return Result(commit: nil, branch: "", confirmed: [], left: [])
        }
        guard let root = deferral.root, root["formatVersion"]?.integer == Deferral.formatVersion, let branch = root["branch"]?.string, let base = root["base"],
            let message = CommitMessage(root["message"]), let selection = Selection(root["selection"]), let time = root["time"]?.integer
        else { throw ConfirmationRefused("\(folder)/\(Deferral.file) is not what this easel writes; run reconcile --defer again") }
        // With no state yet, nothing else tells one from another.
        let isSamePlace = !base.isNull || places.statePlace == root["state"]?.string
        let opened = try places.open(.read, isReproducible: true)
        guard isSamePlace, let store = opened.store, store.branch == branch else {
            throw ConfirmationRefused("the reconcile was deferred for the state branch \(branch); give the same --repo and --state")
        }
        let repository = try Repository.openBare(path: store.store.repositoryPath)
        let before = try StateSnapshot(repository: repository, tip: store.tip)
        guard let known = try Self.known(before, base: base.string, selection, repository) else {
            throw ConfirmationRefused(
                "the applied state has moved since: it was at \(base.string ?? "nothing") and is at \(store.tip?.description ?? "nothing"); run reconcile --defer again, and deploy what it says")
        }
        func whole(_ name: String) throws -> JSONDocument {
            let document = try read(name)
            guard root["files"]?[name: name]?.string == Deferral.digest(document.text) else {
                throw ConfirmationRefused.notAsDeferred("\(folder)/\(name)")
            }
            return document
        }
        let after = try RootState(try whole("state.json"))
        let writer = try StateWriter(store: store.store, branch: branch, base: before)
        var builder = try TenantTreeBuilder()
        var confirmed: [String] = []
        var left: [String] = []
        var unfinished: Set<String> = []
        var changes: [String: Int] = [:]
        var shortfall = 0
        var report = PartialReport()
        let removed = root["removed"]?.elements.compactMap(\.string) ?? []
        let trees = Dictionary((root["tenants"].map { Array($0.members) } ?? []).compactMap { member in member.key.string.map { ($0, member.value.string) } }, uniquingKeysWith: { first, _ in first })
        let there = Set(try list(folder + "/tenants"))
        guard there == Set(trees.keys) else { throw ConfirmationRefused("\(folder)/tenants does not hold the tenants that were deferred; run reconcile --defer again, and deploy what it says") }
        for id in Set(trees.keys).union(removed).sorted(by: JSONWriter.precedes) {
            let new = there.contains(id) ? folder + "/tenants/\(id)" : nil
            let said = try new == nil ? whole("\(Deferral.leaving)/\(id).json") : read("tenants/\(id)/report.json")
            var part = try TenantPart(id: id, old: before.tenant(id), new: new, report: said)
            var tree = try part.tree(&builder)
            if let deferred = trees[id], tree?.id?.description != deferred { throw ConfirmationRefused.notAsDeferred("\(folder)/tenants/\(id)") }
            if let results {
                part.keepWhatFailed(results, &report, source: message.source)
                tree = try part.tree(&builder)
            }
            confirmed += part.confirmed.map { "\(id)/\($0)" }
            left += part.left.map { "\(id)/\($0)" }
            if !part.left.isEmpty { unfinished.insert(id) }
            shortfall += part.deferredCount - part.count
            guard let tree else { continue }
            changes[id] = part.count - part.countBefore
            try writer.put(id, tree)
        }
        if let stranger = results?.unknown(among: Set(confirmed + left)) {
            throw ConfirmationRefused("\(results?.file ?? ""): the deferred reconcile did nothing to \(stranger)")
        }
        guard !writer.isEmpty || left.isEmpty else { return Result(commit: nil, branch: Self.short(branch), confirmed: [], left: left) }
        let written = try writer.commit(
            root: { now in
                guard Self.isSameShard(selection, now, known) else { throw StateError.contended(branch: branch) }
                // What another run has entered meanwhile stays.
                var root = now.taking(changesFrom: known, to: after)
                let own = selection.isWholeShard ? selection.shardName : nil
                if let own, var record = after.shards[own] {
                    record.profileCount = max(0, record.profileCount - shortfall)
                    root.shards[own] = record
                }
                root.note(changes, beside: own)
                // Looked at again by the next run, whatever it knows of their folders.
                root.held.formUnion(unfinished)
                root.approved.subtract(report.fingerprints)
                return root
            }, files: ["report.json": report.json(try whole("report.json")), "report.md": report.markdown(try whole("report.md").text, message)],
            message: report.message(message),
            author: .init(name: "easel", email: "easel@localhost", time: Int64(time)), lookedAt: Set(before.tenantIDs.filter(selection.contains)))
        // It is recorded, whatever becomes of the rest: a folder that stays is refused the next time, since the state has moved.
        do {
            try store.store.remember(branch, at: written.commit)
            try removeTree(folder)
        } catch {
            logger.warning("recorded, but not cleared away", metadata: ["folder": "\(folder)", "why": "\(error)"])
        }
        return Result(commit: written.commit, branch: Self.short(branch), confirmed: confirmed, left: left)
    }

    /// The root's record as the deferral knows it; nil where the state has moved under it. What was deferred for a shard, or for
    /// some tenants, stands also when other tenants were applied since.
    private static func known(_ now: StateSnapshot, base: String?, _ selection: Selection, _ repository: Repository) throws -> RootState? {
        if now.tip?.description == base { return try now.rootState() }
        guard !selection.isEverything else { return nil }
        let tip = base.flatMap(ObjectID.init(hex:))
        guard (tip == nil) == (base == nil), tip.map(repository.exists) ?? true else { return nil }
        let then = try StateSnapshot(repository: repository, tip: tip)
        let known = try then.rootState()
        let own = Set(then.tenantIDs).union(now.tenantIDs).filter(selection.contains)
        guard own.allSatisfy({ then.tree(ofTenant: $0) == now.tree(ofTenant: $0) }), isSameShard(selection, try now.rootState(), known) else { return nil }
        return known
    }

    /// Whether nobody has worked off the shard meanwhile; a selection of tenants is nobody's shard.
    private static func isSameShard(_ selection: Selection, _ one: RootState, _ other: RootState) -> Bool {
        !selection.isWholeShard || one.shards[selection.shardName] == other.shards[selection.shardName]
    }

    private static func short(_ branch: String) -> String { branch.hasPrefix("refs/heads/") ? String(branch.dropFirst(11)) : branch }

    private func bytes(_ name: String) throws -> [UInt8] {
        guard kind(of: "\(folder)/\(name)") != .missing else {
            guard name == Deferral.file else { throw ConfirmationRefused("\(folder)/\(name) is missing; run reconcile --defer again, and deploy what it says") }
            throw ConfirmationRefused("\(out) holds no deferred reconcile (there is no \(Deferral.folder)/\(name)): it was confirmed already, or was not made with --defer")
        }
        return try readFile("\(folder)/\(name)", limit: JSONLimits.ownFileSize)
    }

    private func read(_ name: String) throws -> JSONDocument { JSONDocument(file: "\(Deferral.folder)/\(name)", bytes: try bytes(name), limit: JSONLimits.ownFileSize) }
}

/// One tenant's part: its state before, and as the deferred reconcile wants it.
private struct TenantPart {
    let id: String
    private let old: AppliedTenant?
    private let folder: String?
    private var state: TenantState?
    private var report: JSONDocument
    /// Profiles that differ, by what became of them.
    private(set) var confirmed: [String] = []
    private(set) var left: [String] = []
    /// Applied profiles: before, as deferred, and as it is confirmed.
    let countBefore: Int
    let deferredCount: Int
    var count: Int { state?.profiles.count ?? 0 }

    /// - Parameter new: folder of the new state; nil where the tenant goes.
    /// - Parameter report: this tenant's part of the deferred run's.
    init(id: String, old: AppliedTenant?, new: String?, report: JSONDocument) throws {
        self.id = id
        self.old = old
        self.report = report
        folder = new
        state = try new.map { folder in
            try TenantState(JSONDocument(file: "\(id)/state.json", bytes: try readFile(folder + "/state.json", limit: JSONLimits.ownFileSize), limit: JSONLimits.ownFileSize))
        }
        let (before, after) = (old?.state.profiles ?? [:], state?.profiles ?? [:])
        (countBefore, deferredCount) = (before.count, after.count)
        try state?.profiles.forEach(check)
        confirmed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted(by: JSONWriter.precedes)
    }

    /// What was deferred is what is recorded: a folder that was cut short or edited is not.
    private func check(_ profile: String, _ record: TenantState.Profile) throws {
        guard let folder else { return }
        let file = "\(folder)/profiles/\(profile).json"
        guard StringForm.id.accepts(id), StringForm.id.accepts(profile), kind(of: file) == .file,
            let found = EffectiveProfile(id: profile, JSONDocument(file: file, bytes: try readFile(file, limit: JSONLimits.ownFileSize), limit: JSONLimits.ownFileSize)),
            found.digest == record.digest
        else { throw ConfirmationRefused.notAsDeferred(file) }
    }

    mutating func keepWhatFailed(_ results: DeploymentResults, _ report: inout PartialReport, source: String) {
        left = confirmed.filter { !results.isApplied("\(id)/\($0)") }
        confirmed.removeAll(where: left.contains)
        for profile in confirmed { if let graphID = results.graphID("\(id)/\(profile)") { state?.profiles[profile]?.graphID = graphID } }
        guard !left.isEmpty, var state = state ?? old?.state else { return }
        self.report = JSONDocument(file: self.report.file, bytes: report.tenantPart(self.report, without: Set(left), tenant: id), limit: JSONLimits.ownFileSize)
        if self.state == nil, !confirmed.isEmpty {
            state.serial += 1
            state.commit = source
            state.held.subtract(confirmed)
        }
        for profile in left { state.profiles[profile] = old?.state.profiles[profile] }
        if self.state == nil { for profile in confirmed { state.profiles[profile] = nil } }
        // Without the id of its source: the next run takes it up again.
        state.folder = nil
        self.state = state
    }

    /// Nil where nothing of the tenant is recorded.
    func tree(_ builder: inout TenantTreeBuilder) throws -> TenantTree? {
        guard let state else { return .removed }
        if confirmed.isEmpty, !left.isEmpty { return try remembering(state, &builder) }
        guard !state.profiles.isEmpty || folder != nil else { return .removed }
        let isLeft = Set(left)
        var folders: [String: [String: StateFile]] = [:]
        for name in ["profiles", "payloads"] {
            var files: [String: StateFile] = [:]
            if let folder {
                for file in try list("\(folder)/\(name)") where !isLeft.contains(Self.profile(file)) {
                    files[file] = .bytes(try readFile("\(folder)/\(name)/\(file)", limit: JSONLimits.ownFileSize))
                }
            }
            for (file, blob) in try old?.files(name) ?? [:] where isLeft.contains(Self.profile(file)) { files[file] = .blob(blob) }
            folders[name] = files
        }
        return try builder.build(files: ["state.json": .bytes(state.json()), "report.json": .bytes(report.text)], folders: folders, known: [])
    }

    /// Of a tenant of which nothing is confirmed, the state as it was, but for the removals that gates have held: nil where that is
    /// nothing new.
    private func remembering(_ deferred: TenantState, _ builder: inout TenantTreeBuilder) throws -> TenantTree? {
        guard let old, var state = self.old?.state, state.removalsHeld != deferred.removalsHeld, let said = old.file("report.json") else { return nil }
        state.held.formUnion(deferred.held)
        state.removalsHeld = deferred.removalsHeld
        var folders: [String: [String: StateFile]] = [:]
        for name in ["profiles", "payloads"] { folders[name] = try old.files(name).mapValues(StateFile.blob) }
        return try builder.build(files: ["state.json": .bytes(state.json()), "report.json": .blob(said)], folders: folders, known: [])
    }

    /// `staff-mail.graph.json` → `staff-mail`; ids hold no dots.
    private static func profile(_ file: String) -> String { String(file.prefix { $0 != "." }) }
}
