import Impact
import JSONSource
import Profiles

/// `tenants/<tenant>/state.json`: what was applied to one tenant, and from which sources.
public struct TenantState: Sendable, Hashable {
    public struct Profile: Sendable, Hashable {
        /// The digest of the effective profile, by which an edit by hand is noticed.
        public var digest: String
        /// What the last run that changed it did.
        public var action: Action
        /// Starts at 1; each reinstall begins the next generation.
        public var generation: Int
        /// The profile's id in Microsoft Graph, in lower case, once it is known.
        public var graphID: String?
        /// Version and time of the last change of the live profile when easel last published or adopted it; nil where that is not known. Other
        /// ones mean that somebody has changed it since.
        public var liveVersion: Int?
        public var liveModified: String?
        /// The ids that its PayloadIdentifier has, for as long as the entry lives; nil: those that it has now.
        public var birth: Birth?
        /// The ids that it had in this tenant before it was renamed, so that what names one of them still finds it.
        public var formerIDs: Set<String> = []
        /// What the last .mobileconfig said that the effective profile does not say any more, by path of the setting; empty where the
        /// tenant has that target, and where the profile never had a .mobileconfig.
        public var lastMobileconfig: [String: JSON] = [:]

        public init(digest: String, action: Action, generation: Int, graphID: String? = nil) {
            self.digest = digest
            self.action = action
            self.generation = generation
            self.graphID = graphID
        }
    }

    /// A change that the gates let through and that was not published: the profile is as it was applied, and the next run tries again.
    public struct Unpublished: Sendable, Hashable {
        /// `failed`, `awaitingApproval` or `notSent`.
        public var status: String
        /// The service's code, or that of an approval request.
        public var code: String?
        /// The request that awaits approval.
        public var request: String?
        /// Whether Intune has a part of the change, or may have: kept until the profile is published, or was compared with Intune.
        public var mayExist: Bool
        /// Of the change.
        public var fingerprint: String
        /// RFC 3339 in UTC.
        public var since: String

        public init(status: String, code: String?, request: String?, mayExist: Bool, fingerprint: String, since: String) {
            (self.status, self.code, self.request, self.mayExist, self.fingerprint, self.since) = (status, code, request, mayExist, fingerprint, since)
        }
    }

    public var displayName: String
    /// The tenant's id in Microsoft Entra ID, in lower case; nil while it is not known. Another one is another tenant.
    public var tenantID: String?
    public var cloud: String?
    /// Ids that a profile was born with → the last generation that anything had under them. What is made again under these ids starts
    /// with the next one.
    public var generations: [Birth: Int] = [:]
    /// Ids that profiles were born with that went to another folder. They may live there, so nobody else gets them.
    public var movedAway: Set<Birth> = []
    /// Other folders of the state with entries of this tenant: those that a gate held when the tenant was renamed.
    public var remainsIn: Set<String> = []
    /// The number of runs that changed a profile of this tenant.
    public var serial: Int
    /// The source commit of the last of these runs.
    public var commit: String
    /// The id of the tenant's folder in the config repository as last processed; nil when it is gone, or when the next run must look at it
    /// again.
    public var folder: String?
    /// Path → blob id of every base that its manifests extend.
    public var bases: [String: String]
    /// The version of the renderers that made the payloads.
    public var renderer: Int
    /// What its tenant.json said when its sources were last recorded: rules look at applied profiles with these.
    public var facts: TenantFacts
    /// The number of people by audience id, as last known; nil where the tenant names the audience and nobody knows its size. It is needed
    /// where a size is changed beside what it counts for, and for profiles that are removed after their tenant's file is gone.
    public var members: [String: Int?]
    /// Profiles that a gate holds, or whose change was not published.
    public var held: Set<String>
    /// Profile among `held` → gate → since when it holds the profile, RFC 3339 in UTC.
    public var heldSince: [String: [String: String]] = [:]
    /// Profile, by the id that it has here or else would get → why its change was not published, though no gate holds it.
    public var unpublished: [String: Unpublished] = [:]
    /// Gate → profiles among `held` whose removal is held by a gate that looks at the whole plan. Without this record, the other
    /// changes of the run that held them could make the gate open in the next run. Gates have their names from reports.
    public var removalsHeld: [String: Set<String>]
    /// UTC day → people who noticed something, where the tenant's own policy has a limit per day.
    public var ledger: [String: Int] = [:]
    /// Base → when a change that had its cause there was last recorded, RFC 3339 in UTC. Rings let such a change rest in some tenants before
    /// others get it.
    public var sharedChanges: [String: String] = [:]
    public var profiles: [String: Profile]

    public init(
        displayName: String, serial: Int, commit: String, folder: String?, bases: [String: String], renderer: Int, facts: TenantFacts, members: [String: Int?],
        held: Set<String>, removalsHeld: [String: Set<String>] = [:], profiles: [String: Profile]
    ) {
        self.displayName = displayName
        self.serial = serial
        self.commit = commit
        self.folder = folder
        self.bases = bases
        self.renderer = renderer
        self.facts = facts
        self.members = members
        self.held = held
        self.removalsHeld = removalsHeld
        self.profiles = profiles
    }

    /// Whether nothing is applied to the tenant any more: it only keeps ids from being used twice.
    public var isTombstone: Bool { profiles.isEmpty && folder == nil && held.isEmpty && remainsIn.isEmpty }

    /// The file's bytes, without the digest that `TenantTreeBuilder` adds.
    public func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("bases")
            writer.value(.object(bases.mapValues(JSON.string)))
            if let cloud { writer.member("cloud", cloud) }
            writer.member("commit", commit)
            writer.member("displayName", displayName)
            writer.key("facts")
            writer.value(facts.json)
            if let folder { writer.member("folder", folder) }
            writer.member("formatVersion", RootState.formatVersion)
            if !generations.isEmpty {
                writer.member("generations", .object(Dictionary(uniqueKeysWithValues: generations.map { ($0.description, .integer($1)) })))
            }
            writer.key("held")
            writer.value(.array(held.sorted().map(JSON.string)))
            if !heldSince.isEmpty { writer.member("heldSince", .object(heldSince.mapValues { .object($0.mapValues(JSON.string)) })) }
            if !ledger.isEmpty {
                writer.key("ledger")
                writer.value(.object(ledger.mapValues(JSON.integer)))
            }
            writer.key("members")
            writer.value(.object(members.mapValues { $0.map(JSON.integer) ?? .null }))
            if !movedAway.isEmpty { writer.member("movedAway", .array(movedAway.map(\.description).sorted().map(JSON.string))) }
            writer.key("profiles")
            writer.object { writer in
                for (id, profile) in profiles.sorted(by: { JSONWriter.precedes($0.key, $1.key) }) {
                    writer.key(id)
                    writer.object { writer in
                        writer.member("action", profile.action.rawValue)
                        if let birth = profile.birth { writer.member("born", birth.description) }
                        writer.member("digest", profile.digest)
                        if !profile.formerIDs.isEmpty { writer.member("formerIds", .array(profile.formerIDs.sorted().map(JSON.string))) }
                        writer.member("generation", profile.generation)
                        if let id = profile.graphID { writer.member("graphId", id) }
                        if !profile.lastMobileconfig.isEmpty { writer.member("lastMobileconfig", .object(profile.lastMobileconfig)) }
                        if let time = profile.liveModified { writer.member("liveModified", time) }
                        if let version = profile.liveVersion { writer.member("liveVersion", version) }
                    }
                }
            }
            if !remainsIn.isEmpty { writer.member("remainsIn", .array(remainsIn.sorted().map(JSON.string))) }
            if !removalsHeld.isEmpty {
                writer.key("removalsHeld")
                writer.value(.object(Dictionary(uniqueKeysWithValues: removalsHeld.map { ($0, .array($1.sorted().map(JSON.string))) })))
            }
            writer.member("renderer", renderer)
            writer.member("serial", serial)
            if !sharedChanges.isEmpty { writer.member("sharedChanges", .object(sharedChanges.mapValues(JSON.string))) }
            if let tenantID { writer.member("tenantId", tenantID) }
            if !unpublished.isEmpty {
                writer.key("unpublished")
                writer.value(.object(unpublished.mapValues(\.json)))
            }
        }
        return writer.finish()
    }

    /// Reads what `json()` wrote. Throws for files that a newer easel wrote or that are not easel's.
    public init(_ document: JSONDocument) throws(StateError) {
        guard document.problems.isEmpty, let root = document.root, let version = root["formatVersion"]?.integer, version > 0 else {
            throw StateError.unreadable(file: document.file, why: "it is not JSON that easel wrote")
        }
        guard version <= RootState.formatVersion else { throw StateError.newerFormat(version) }
        guard let name = root["displayName"]?.string, let serial = root["serial"]?.count(from: 0), let commit = root["commit"]?.string,
            let folder = root.textOrNone("folder"), let facts = root["facts"].flatMap(TenantFacts.init)
        else { throw StateError.unreadable(file: document.file, why: "it is incomplete") }
        displayName = name
        self.serial = serial
        self.commit = commit
        self.folder = folder
        self.facts = facts
        renderer = root["renderer"]?.count(from: 0) ?? 0
        bases = Self.dictionary(root["bases"], \.string)
        members = Self.dictionary(root["members"]) { $0.isNull ? .some(nil) : $0.count(from: 0) }
        ledger = Self.dictionary(root["ledger"]) { $0.count(from: 0) }
        sharedChanges = Self.dictionary(root["sharedChanges"], \.string)
        heldSince = Self.dictionary(root["heldSince"]) { Self.dictionary($0, \.string) }
        held = Set(root["held"]?.elements.compactMap(\.string) ?? [])
        removalsHeld = Self.dictionary(root["removalsHeld"]) { Set($0.elements.compactMap(\.string)) }
        unpublished = Self.dictionary(root["unpublished"], Unpublished.init)
        tenantID = root["tenantId"]?.string
        cloud = root["cloud"]?.string
        for (key, generation) in Self.dictionary(root["generations"], { $0.count(from: 1) }) {
            guard let birth = Birth(key) else { throw StateError.unreadable(file: document.file, why: "an entry of 'generations' is incomplete") }
            generations[birth] = generation
        }
        movedAway = Set(root["movedAway"]?.elements.compactMap { $0.string.flatMap(Birth.init) } ?? [])
        remainsIn = Set(root["remainsIn"]?.elements.compactMap(\.string) ?? [])
        profiles = [:]
        for member in root["profiles"].map({ Array($0.members) }) ?? [] {
            guard let id = member.key.string, let digest = member.value["digest"]?.string,
                let action = member.value["action"]?.string.flatMap(Action.init(rawValue:)), let generation = member.value["generation"]?.count(from: 1)
            else { throw StateError.unreadable(file: document.file, why: "an entry of 'profiles' is incomplete") }
            var profile = Profile(digest: digest, action: action, generation: generation, graphID: member.value["graphId"]?.string)
            profile.birth = member.value["born"]?.string.flatMap(Birth.init)
            profile.formerIDs = Set(member.value["formerIds"]?.elements.compactMap(\.string) ?? [])
            profile.lastMobileconfig = Self.dictionary(member.value["lastMobileconfig"], \.plain)
            profile.liveModified = member.value["liveModified"]?.string
            profile.liveVersion = member.value["liveVersion"]?.integer
            profiles[id] = profile
        }
    }

    private static func dictionary<Value>(_ object: JSONValue?, _ read: (JSONValue) -> Value?) -> [String: Value] {
        var result: [String: Value] = [:]
        for member in object.map({ Array($0.members) }) ?? [] {
            if let key = member.key.string, let value = read(member.value) { result[key] = value }
        }
        return result
    }
}

extension TenantState.Unpublished {
    fileprivate var json: JSON {
        let members = ["code": code, "fingerprint": fingerprint, "request": request, "since": since, "status": status]
        let texts = members.compactMapValues { $0.map(JSON.string) }
        return .object(mayExist ? texts.merging(["mayExist": true]) { own, _ in own } : texts)
    }

    fileprivate init?(_ value: JSONValue) {
        guard let status = value["status"]?.string, let fingerprint = value["fingerprint"]?.string, let since = value["since"]?.string else { return nil }
        self.init(status: status, code: value["code"]?.string, request: value["request"]?.string, mayExist: value["mayExist"]?.bool ?? false, fingerprint: fingerprint, since: since)
    }
}
