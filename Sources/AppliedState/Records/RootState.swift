import JSONSource
import Profiles

/// `state.json` at the root of the state branch: what the reconciler has processed, and what is open.
public struct RootState: Sendable, Hashable {
    /// The format of the state branch that this easel writes.
    public static let formatVersion = 1

    /// What the last run of one shard processed.
    public struct Shard: Sendable, Hashable {
        /// Source commit.
        public var commit: String
        /// Ids of the config repository's `tenants` and `bases` trees; nil where there is no such folder.
        public var tenants: String?
        public var bases: String?
        /// The version of the renderers; after a change everything is rendered again.
        public var renderer: Int
        /// The number of tenants and profiles in the shard, so that a run that reads nothing can report how much is unchanged.
        public var tenantCount: Int
        public var profileCount: Int
        /// Tenants that a run with another selection has processed since, perhaps from another commit. This shard's next run looks at them
        /// again, even if their folders have not changed.
        public var stale: Set<String> = []

        public init(commit: String, tenants: String?, bases: String?, renderer: Int, tenantCount: Int, profileCount: Int) {
            self.commit = commit
            self.tenants = tenants
            self.bases = bases
            self.renderer = renderer
            self.tenantCount = tenantCount
            self.profileCount = profileCount
        }
    }

    /// Who has a folder of the state.
    public struct Identity: Sendable, Hashable {
        /// In Microsoft Entra ID; nil where it is not known.
        public let tenantID: String?
        /// Whether nothing is applied there any more, or only what is another folder's.
        public let isGone: Bool

        public init(tenantID: String?, isGone: Bool) {
            self.tenantID = tenantID
            self.isGone = isGone
        }
    }

    /// By the shard's name, `I/N`.
    public var shards: [String: Shard] = [:]
    /// Tenants with something that a gate holds; every run looks at them again.
    public var held: Set<String> = []
    /// Tenants whose files are broken; every run looks at them again.
    public var failed: Set<String> = []
    /// Approvals that are used up: the changes that they name were recorded. Each is the change's fingerprint, a colon, and digits that tell
    /// one approval from another. None is ever forgotten: an old file that comes back approves nothing.
    public var approved: Set<String> = []
    /// UTC day → people who noticed something in the runs of that day, for limits per day.
    public var ledger: [String: Int] = [:]
    /// The commit that this state was recorded on, by which an older state that somebody copied here is noticed. Nil in the first one. The
    /// writer sets it.
    var parent: String?
    /// The id of each tenant in Microsoft Entra ID → its folder, so that a run that reads some of the folders knows the tenants of all.
    public var tenantIDs: [String: String] = [:]
    /// Folders of the state to which nothing is applied any more (`TenantState.isTombstone`), and those of which the rest belongs to a
    /// renamed tenant (`TenantState.remainsIn`).
    public var gone: Set<String> = []

    public init() {}

    /// Enters who has these folders.
    public mutating func identify(_ folders: [String: Identity]) {
        tenantIDs = tenantIDs.filter { folders[$0.value] == nil }
        for (folder, identity) in folders {
            if let id = identity.tenantID { tenantIDs[id] = folder }
            if identity.isGone { gone.insert(folder) } else { gone.remove(folder) }
        }
    }

    /// Takes back that approvals of these changes are used up, unless another record knew it before: the changes did not go out.
    public mutating func release(approvalsOf fingerprints: Set<String>, knownTo other: RootState) {
        approved = approved.filter { id in other.approved.contains(id) || !fingerprints.contains(String(id.prefix { $0 != ":" })) }
    }

    /// This record with the changes from one record to another. What other runs have recorded stays, and shards are not changed.
    public func taking(changesFrom old: RootState, to new: RootState) -> RootState {
        func merged(_ set: KeyPath<RootState, Set<String>>) -> Set<String> {
            self[keyPath: set].subtracting(old[keyPath: set].subtracting(new[keyPath: set])).union(new[keyPath: set].subtracting(old[keyPath: set]))
        }
        var root = self
        root.held = merged(\.held)
        root.failed = merged(\.failed)
        root.approved = merged(\.approved)
        root.gone = merged(\.gone)
        for id in Set(old.tenantIDs.keys).union(new.tenantIDs.keys) where old.tenantIDs[id] != new.tenantIDs[id] { root.tenantIDs[id] = new.tenantIDs[id] }
        for (day, people) in new.ledger {
            // A day that is full stays full: no number may be larger than what can be read back.
            let sum = root.ledger[day, default: 0] + people - (old.ledger[day] ?? 0)
            root.ledger[day] = min(JSONValue.countLimit, max(root.ledger[day, default: 0], sum))
        }
        return root
    }

    /// The file's bytes, without the digest that the writer adds.
    public func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("approved")
            writer.value(.array(approved.sorted().map(JSON.string)))
            writer.key("failed")
            writer.value(.array(failed.sorted().map(JSON.string)))
            writer.member("formatVersion", Self.formatVersion)
            if !gone.isEmpty { writer.member("gone", .array(gone.sorted().map(JSON.string))) }
            writer.key("held")
            writer.value(.array(held.sorted().map(JSON.string)))
            if !ledger.isEmpty {
                writer.key("ledger")
                writer.value(.object(ledger.mapValues(JSON.integer)))
            }
            if let parent { writer.member("parent", parent) }
            writer.key("shards")
            writer.object { writer in
                for (name, shard) in shards.sorted(by: { JSONWriter.precedes($0.key, $1.key) }) {
                    writer.key(name)
                    writer.object { writer in
                        if let bases = shard.bases { writer.member("bases", bases) }
                        writer.member("commit", shard.commit)
                        writer.member("profiles", shard.profileCount)
                        writer.member("renderer", shard.renderer)
                        if !shard.stale.isEmpty {
                            writer.key("stale")
                            writer.value(.array(shard.stale.sorted().map(JSON.string)))
                        }
                        writer.member("tenantCount", shard.tenantCount)
                        if let tenants = shard.tenants { writer.member("tenants", tenants) }
                    }
                }
            }
            if !tenantIDs.isEmpty { writer.member("tenantIds", .object(tenantIDs.mapValues(JSON.string))) }
        }
        return writer.finish()
    }

    /// Reads what `json()` wrote. Throws for files that a newer easel wrote or that are not easel's.
    public init(_ document: JSONDocument) throws(StateError) {
        func unreadable(_ why: String) -> StateError { .unreadable(file: document.file, why: why) }
        guard document.problems.isEmpty, let root = document.root, let version = root["formatVersion"]?.integer, version > 0 else {
            throw unreadable("it is not JSON that easel wrote")
        }
        guard version <= Self.formatVersion else { throw StateError.newerFormat(version) }
        func texts(_ key: StaticString) throws(StateError) -> Set<String> {
            guard let list = root[key] else { return [] }
            let texts = list.elements.compactMap(\.string)
            guard list.kind == .array, texts.count == list.count else { throw unreadable("'\(key)' is not an array of strings") }
            return Set(texts)
        }
        held = try texts("held")
        failed = try texts("failed")
        approved = try texts("approved")
        for member in root["ledger"].map({ Array($0.members) }) ?? [] {
            guard let day = member.key.string, let people = member.value.count(from: 0) else { throw unreadable("'ledger' is not an object of numbers") }
            ledger[day] = people
        }
        parent = root["parent"]?.string
        gone = try texts("gone")
        for member in root["tenantIds"].map({ Array($0.members) }) ?? [] {
            guard let id = member.key.string, let folder = member.value.string else { throw unreadable("an entry of 'tenantIds' is incomplete") }
            tenantIDs[id] = folder
        }
        guard let shards = root["shards"] else { return }
        guard shards.kind == .object else { throw unreadable("'shards' is not an object") }
        for member in shards.members {
            guard let name = member.key.string, let commit = member.value["commit"]?.string, let tenants = member.value.textOrNone("tenants"),
                let bases = member.value.textOrNone("bases"), let renderer = member.value["renderer"]?.count(from: 0),
                let tenantCount = member.value["tenantCount"]?.count(from: 0), let profileCount = member.value["profiles"]?.count(from: 0)
            else { throw unreadable("an entry of 'shards' is incomplete") }
            self.shards[name] = Shard(
                commit: commit, tenants: tenants, bases: bases, renderer: renderer, tenantCount: tenantCount, profileCount: profileCount)
            self.shards[name]?.stale = Set(member.value["stale"]?.elements.compactMap(\.string) ?? [])
        }
    }
}

extension JSONValue {
    /// A whole number that counts something; nil for more than anybody has, so that sums never overflow.
    func count(from least: Int) -> Int? { integer.flatMap { (least...Self.countLimit).contains($0) ? $0 : nil } }

    static let countLimit = 100_000_000

    /// The string of a member that may be absent; the outer nil where the member is not a string.
    func textOrNone(_ key: StaticString) -> String?? { self[key].map { $0.string.map(Optional.some) } ?? .some(nil) }
}
