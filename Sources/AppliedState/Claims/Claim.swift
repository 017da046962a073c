import JSONSource

/// A run's word that it alone writes to a tenant now.
public struct Claim: Sendable, Hashable {
    /// Who writes.
    public var holder: ClaimHolder
    /// When it was made, seconds since 1970.
    public var time: Int64
    /// Profile → fingerprint of the change that the run is about to make.
    public var fingerprints: [String: String]
    /// Profiles among them that are created. One of these may be there although nobody heard of it.
    public var creates: Set<String>
    /// Whether the run has ended without recording what it did.
    public var isAbandoned = false

    public init(holder: ClaimHolder, time: Int64, fingerprints: [String: String], creates: Set<String>) {
        self.holder = holder
        self.time = time
        self.fingerprints = fingerprints
        self.creates = creates
    }

    /// What stays of it when nobody writes under it any more; nil where nothing does.
    func left(_ profiles: Set<String>) -> Claim? {
        guard !profiles.isEmpty else { return nil }
        var claim = self
        claim.fingerprints = fingerprints.filter { profiles.contains($0.key) }
        claim.creates = creates.intersection(profiles)
        claim.isAbandoned = true
        return claim
    }

    /// Seconds after which a claim counts no more, whatever became of its run. A run stops writing before that.
    public static let lifetime: Int64 = 3600

    /// Whether nobody writes under it any more.
    ///
    /// - Parameter isGone: whether a run is known to have ended.
    public func isStale(at now: Int64, isGone: (ClaimHolder) -> Bool) -> Bool { isAbandoned || now - time >= Self.lifetime || isGone(holder) }
}

/// Everything that is claimed, by tenant id: `claims.json`.
public struct Claims: Sendable, Hashable {
    public static let file = "claims.json"
    private static let formatVersion = 1

    public var tenants: [String: Claim] = [:]

    public init() {}

    public func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("claims")
            writer.object { writer in
                for (tenant, claim) in tenants.sorted(by: { JSONWriter.precedes($0.key, $1.key) }) {
                    writer.key(tenant)
                    writer.object { writer in
                        if claim.isAbandoned { writer.member("abandoned", JSON.bool(true)) }
                        writer.member("creates", .array(claim.creates.sorted().map(JSON.string)))
                        writer.member("fingerprints", .object(claim.fingerprints.mapValues(JSON.string)))
                        writer.member("holder", claim.holder.json)
                        writer.member("time", Int(claim.time))
                    }
                }
            }
            writer.member("formatVersion", Self.formatVersion)
        }
        return writer.finish()
    }

    /// - Throws: `StateError` for what a newer easel wrote, or nobody's easel.
    init(_ document: JSONDocument) throws(StateError) {
        let unreadable = StateError.unreadable(file: document.file, why: "it is not a list of claims that easel wrote")
        guard document.problems.isEmpty, let root = document.root, let version = root["formatVersion"]?.integer, version > 0 else { throw unreadable }
        guard version <= Self.formatVersion else { throw .newerFormat(version) }
        for member in root["claims"].map({ Array($0.members) }) ?? [] {
            guard let tenant = member.key.string, let holder = member.value["holder"].flatMap(ClaimHolder.init), let time = member.value["time"]?.integer else { throw unreadable }
            var fingerprints: [String: String] = [:]
            for entry in member.value["fingerprints"].map({ Array($0.members) }) ?? [] { fingerprints[entry.key.string ?? ""] = entry.value.string }
            var claim = Claim(holder: holder, time: Int64(time), fingerprints: fingerprints, creates: Set(member.value["creates"]?.elements.compactMap(\.string) ?? []))
            claim.isAbandoned = member.value["abandoned"]?.bool ?? false
            tenants[tenant] = claim
        }
    }
}
