import AppliedState
import Basics
import ConfigRepository
import Git
import JSONSource
import Logging
import Profiles
import ReportModel

/// Why a deferred reconcile is not recorded. Nothing was changed.
public struct ConfirmationRefused: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    /// For a file or folder of the deferral that somebody has edited, cut short or removed.
    static func notAsDeferred(_ path: String) -> Self { Self("\(path) is not what reconcile --defer wrote; run it again, and deploy its result") }
}

/// Records a deferred reconcile as applied, whole or in part; refused when the state has moved since.
public struct Confirmation: Sendable {
    public var places: Places
    /// The folder of `--out`.
    public var out: String
    /// What was really applied; nil: everything.
    public var results: DeploymentResults?
    /// The moment of the confirmation, RFC 3339 in UTC.
    public var now: String
    public var logger: Logger

    public init(places: Places, out: String, results: DeploymentResults?, now: String, logger: Logger) {
        self.now = now
        self.logger = logger
        self.places = places
        self.out = out
        self.results = results
    }

    public struct Result: Sendable {
        /// On the state branch; nil when there was nothing to record.
        public let commit: ObjectID?
        public let branch: String
        /// `tenant/profile` of those that are recorded, and of those that stay as they were.
        public let confirmed: [String]
        public let left: [String]
        /// `tenant/profile` → what the deployment says of it, for some of those that stay as they were.
        public var reasons: [String: DeploymentResults.Entry] = [:]
    }

    /// The tenants or the shard that a deferred reconcile was narrowed to.
    public static func selection(of out: String) throws -> Selection { try DeferredFolder(out: out).record?.selection ?? Selection() }

    public func run() throws -> Result {
        let folder = try DeferredFolder(out: out)
        guard let record = folder.record else {
            try removeTree(folder.path)
            return Result(commit: nil, branch: "", confirmed: [], left: [])
        }
        let target = try openState(record)
        var parts = try gather(folder, record, target.before)
        if let stranger = results?.unknown(among: Set(parts.confirmed + parts.left)) {
            throw ConfirmationRefused("\(results?.file ?? ""): the deferred reconcile did nothing to \(stranger)")
        }
        let writer = try StateWriter(store: target.store, branch: record.branch, base: target.before, identity: places.stateIdentity)
        for (id, tree) in parts.trees { try writer.put(id, tree) }
        let branch = Self.short(record.branch)
        guard !writer.isEmpty || parts.left.isEmpty else { return Result(commit: nil, branch: branch, confirmed: [], left: parts.left, reasons: results?.entries(of: parts.left) ?? [:]) }
        let commit = try write(writer, folder, record, target, &parts)
        clearAway(folder, target.store, record.branch, commit)
        return Result(commit: commit, branch: branch, confirmed: parts.confirmed, left: parts.left, reasons: results?.entries(of: parts.left) ?? [:])
    }

    // MARK: The state

    private struct Target {
        let store: StateStore
        let before: StateSnapshot
        /// The root's record as the deferral knows it.
        let known: RootState
    }

    private func openState(_ record: DeferredFolder.Record) throws -> Target {
        // With no state yet, nothing else distinguishes one place from another.
        let isSamePlace = record.base != nil || places.statePlace == record.statePlace
        let other = ConfirmationRefused("the reconcile was deferred for the state branch \(record.branch); give the same --repo and --state")
        guard isSamePlace else { throw other }
        let opened = try places.open(.extend, isReproducible: true)
        guard let store = opened.store, store.branch == record.branch else { throw other }
        let repository = try Repository.openBare(path: store.store.repositoryPath)
        let before = try StateSnapshot(repository: repository, tip: store.tip, home: store.home)
        guard let known = try Self.known(before, record, repository) else {
            throw ConfirmationRefused(
                "the applied state has moved since: it was at \(record.base ?? "nothing") and is at \(store.tip?.description ?? "nothing"); run reconcile --defer again, and deploy its result")
        }
        return Target(store: store.store, before: before, known: known)
    }

    /// Nil where the state has moved under the deferral. What was deferred for a shard, or for some tenants, is good also when other
    /// tenants were recorded since.
    private static func known(_ now: StateSnapshot, _ record: DeferredFolder.Record, _ repository: Repository) throws -> RootState? {
        if now.tip?.description == record.base { return try now.rootState() }
        guard !record.selection.isEverything else { return nil }
        let tip = record.base.flatMap(ObjectID.init(hex:))
        guard (tip == nil) == (record.base == nil), tip.map(repository.exists) ?? true else { return nil }
        let then = try StateSnapshot(repository: repository, tip: tip)
        let known = try then.rootState()
        let own = Set(then.tenantIDs).union(now.tenantIDs).filter(record.selection.contains)
        guard own.allSatisfy({ then.tree(ofTenant: $0) == now.tree(ofTenant: $0) }), isSameShard(record.selection, try now.rootState(), known) else { return nil }
        return known
    }

    /// Whether nobody has recorded the shard meanwhile; a selection of tenants is nobody's shard.
    private static func isSameShard(_ selection: Selection, _ one: RootState, _ other: RootState) -> Bool {
        !selection.isWholeShard || one.shards[selection.shardName] == other.shards[selection.shardName]
    }

    // MARK: The tenants

    /// What becomes of all the tenants of a deferral.
    private struct Parts {
        var trees: [(id: String, tree: TenantTree)] = []
        var confirmed: [String] = []
        var left: [String] = []
        /// Tenants of which something was not applied.
        var unfinished: Set<String> = []
        /// Folders with what is left of renamed tenants.
        var rests: Set<String> = []
        /// Those of which nothing was.
        var unrecorded: Set<String> = []
        /// Tenant → how many more profiles it has.
        var changes: [String: Int] = [:]
        /// How many profiles fewer there are than the deferral says.
        var shortfall = 0
        var report = PartialReport()
    }

    private func gather(_ folder: DeferredFolder, _ record: DeferredFolder.Record, _ before: StateSnapshot) throws -> Parts {
        var builder = try TenantTreeBuilder()
        var parts = Parts()
        let there = Set(try list(folder.path + "/tenants"))
        guard there == Set(record.trees.keys) else {
            throw ConfirmationRefused("\(folder.path)/tenants does not hold the tenants that were deferred; run reconcile --defer again, and deploy its result")
        }
        let ids = there.sorted(by: JSONWriter.precedes)
        let moves = try DeferredMoves(ids.map { try folder.document("tenants/\($0)/report.json") })
        for id in ids {
            var part = try TenantPart(id: id, old: before.tenant(id), new: folder.path + "/tenants/\(id)", report: folder.document("tenants/\(id)/report.json"))
            var tree = try part.tree(&builder)
            if let deferred = record.trees[id], tree?.id?.description != deferred { throw ConfirmationRefused.notAsDeferred("\(folder.path)/tenants/\(id)") }
            part.enterSharedChanges(at: now)
            if let results {
                try part.keepWhatFailed({ moves.isApplied($0, results) }, graphID: results.graphID, moves, &parts.report)
            }
            if results != nil || part.hasSharedChanges { tree = try part.tree(&builder) }
            parts.confirmed += part.confirmed.map { "\(id)/\($0)" }.filter { !moves.isEarlierID($0) }
            parts.left += part.left.map { "\(id)/\($0)" }.filter { !moves.isEarlierID($0) }
            if !part.left.isEmpty { parts.unfinished.insert(id) }
            parts.shortfall += part.deferredCount - part.count
            guard let tree else {
                parts.unrecorded.insert(id)
                continue
            }
            parts.rests.formUnion(part.remainsIn)
            parts.changes[id] = part.count - part.countBefore
            parts.trees.append((id, tree))
        }
        return parts
    }

    // MARK: The commit

    private func write(_ writer: StateWriter, _ folder: DeferredFolder, _ record: DeferredFolder.Record, _ target: Target, _ parts: inout Parts) throws -> ObjectID {
        let after = try RootState(try folder.whole("state.json"))
        let (selection, known, report, changes) = (record.selection, target.known, parts.report, parts.changes)
        let (unfinished, unrecorded, rests, shortfall) = (parts.unfinished, parts.unrecorded, parts.rests, parts.shortfall)
        let files = [
            "report.json": try report.json(try folder.whole("report.json")), "report.md": report.markdown(try folder.whole("report.md").text, record.message),
        ]
        return try writer.commit(
            root: { now in
                guard Self.isSameShard(selection, now, known) else { throw StateError.contended(branch: record.branch) }
                // What another run has entered meanwhile stays.
                var root = now.taking(changesFrom: known, to: after)
                let own = selection.isWholeShard ? selection.shardName : nil
                if let own, var record = after.shards[own] {
                    record.profileCount = max(0, record.profileCount - shortfall)
                    root.shards[own] = record
                }
                root.note(changes, beside: own)
                // The next run looks at these again, whatever it knows of their folders.
                root.held.formUnion(unfinished)
                // A folder with something that was not applied has not gone, nor has one that was not recorded anybody's tenantId.
                root.gone.subtract(unfinished.subtracting(rests))
                root.tenantIDs = root.tenantIDs.filter { !unrecorded.contains($0.value) }.merging(known.tenantIDs) { own, _ in own }
                root.release(approvalsOf: Set(report.fingerprints), knownTo: now)
                return root
            }, files: files, message: report.message(record.message), time: record.time,
            lookedAt: Set(target.before.tenantIDs.filter(selection.contains))
        ).commit
    }

    /// It is recorded, whatever becomes of the rest: a folder that stays is refused the next time, since the state has moved.
    private func clearAway(_ folder: DeferredFolder, _ store: StateStore, _ branch: String, _ commit: ObjectID) {
        do {
            try store.remember(branch, at: commit)
            try removeTree(folder.path)
        } catch {
            logger.warning("recorded, but the folder was not removed", metadata: ["folder": "\(folder.path)", "why": "\(error)"])
        }
    }

    private static func short(_ branch: String) -> String { branch.hasPrefix("refs/heads/") ? String(branch.dropFirst(11)) : branch }
}
