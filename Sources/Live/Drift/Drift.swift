import Impact
import JSONSource
import Profiles

/// How a profile stands among desired, applied and live.
public enum DriftKind: String, Sendable, CaseIterable {
    /// Applied, and no longer there.
    case missing
    /// There, and not as it was applied.
    case modified
    /// There, and neither applied nor desired.
    case unmanaged
    /// As it was applied, and something else is desired.
    case pending
    case inSync
}

/// One profile of which desired, applied and live are not the same, and what putting it back would do to people.
public struct ProfileDrift: Sendable {
    /// Live → desired, by the impact rules; with action `none` where nothing would be done.
    public let impact: ProfileImpact
    public let kind: DriftKind
    /// Of each change of `impact`, in the same order, whether live or desired has left what was applied.
    public let kinds: [DriftKind]
    /// The service's id of the live profile.
    public let graphID: String?
    /// The profile as it is live; nil when it is not there.
    public let live: EffectiveProfile?
}

/// Three-way comparison: a pure function of what is desired, what was applied and what is there.
public enum Drift {
    /// What the state knows of an applied profile.
    public struct Applied: Sendable {
        public let profile: EffectiveProfile
        public let graphID: String?

        public init(profile: EffectiveProfile, graphID: String?) {
            self.profile = profile
            self.graphID = graphID
        }
    }

    public struct Result: Sendable {
        /// What is not the same, in the order of profile ids; of unmanaged ones the id that an import would give.
        public var profiles: [ProfileDrift] = []
        /// Profiles that are as they should be.
        public var inSync = 0
        public var diagnostics: [Diagnostic] = []
    }

    /// - Parameters:
    ///   - desired: by profile id.
    ///   - applied: by profile id.
    ///   - facts: nil where the tenant's folder is gone.
    ///   - members: people of an audience id, nil where nobody has said.
    public static func compare(
        tenant: String, desired: [String: EffectiveProfile], applied: [String: Applied], live: [LiveProfile], facts: TenantFacts?,
        members: (String) -> Int?
    ) -> Result {
        var result = Result()
        let ids = Set(desired.keys).union(applied.keys).sorted(by: JSONWriter.precedes)
        var matching = Matching(live)
        var matches: [String: LiveProfile] = [:]
        // In rounds, so that the order of ids decides nothing: ids first, since a name that one profile has left may be another's by
        // now; then the names that were applied, then those that are desired.
        for id in ids { matches[id] = applied[id]?.graphID.flatMap { matching.take(id: $0) } }
        func match(by name: (String) -> String?) {
            for id in ids where matches[id] == nil {
                guard let name = name(id) else { continue }
                // Of several of one name, the one that is as it should be, if it is one alone.
                switch matching.take(name: name, like: [applied[id]?.profile, desired[id]].compactMap(\.self)) {
                case .one(let profile): matches[id] = profile
                case .none: break
                case .several(let found):
                    var problem = Diagnostic(
                        .ambiguousLive, at: found[0].object,
                        "\(found.count) live profiles are called '\(found[0].displayName)': which of them is \(tenant)/\(id) cannot be told",
                        help: "rename or delete the others in Intune, or take an older export away: \(found.map { $0.graphID ?? "\($0.object.document.file):\($0.object.position.line)" }.joined(separator: ", "))")
                    problem.tenant = tenant
                    problem.profile = id
                    result.diagnostics.append(problem)
                }
            }
        }
        match { applied[$0]?.profile.displayName }
        guard result.diagnostics.isEmpty else { return result }
        match { desired[$0]?.displayName }
        guard result.diagnostics.isEmpty else { return result }
        for id in ids {
            if let drift = compare(tenant, id, desired[id], applied[id]?.profile, matches[id], facts, members) { result.profiles.append(drift) } else { result.inSync += 1 }
        }
        var taken = Set(ids)
        for profile in matching.rest {
            let id = profileID(of: profile.displayName, taken: &taken)
            let was = profile.effective(id: id, unknownAs: nil)
            result.profiles.append(
                ProfileDrift(impact: Impact.unwanted(was), kind: .unmanaged, kinds: [.unmanaged], graphID: profile.graphID, live: was))
        }
        result.profiles.sort { JSONWriter.precedes($0.impact.profile, $1.impact.profile) }
        return result
    }

    /// Nil where all three are the same.
    private static func compare(
        _ tenant: String, _ id: String, _ desired: EffectiveProfile?, _ applied: EffectiveProfile?, _ live: LiveProfile?, _ facts: TenantFacts?,
        _ members: (String) -> Int?
    ) -> ProfileDrift? {
        let now = live?.effective(id: id, unknownAs: applied ?? desired)
        if let now, let applied, let desired, now.digest == applied.digest, desired.digest == applied.digest { return nil }
        let after = desired.flatMap { desired in facts.map { (desired, $0) } }
        let before = now.map { now in Impact.Applied(profile: now, advice: Set(facts.map { Impact.advice(on: now, $0) } ?? [])) }
        let changed = applied.flatMap { applied in now.map { Comparison(before: applied, after: $0).changes.compactMap { $0.setting?.pointer } } }
        let impact = Impact.compare(tenant: tenant, before: before, after: after, members: members)
        let kinds = impact.changes.map { change -> DriftKind in
            if change.path.isEmpty { return applied != nil && now == nil ? .missing : .pending }
            return changed?.contains(change.path) == true ? .modified : .pending
        }
        let kind: DriftKind
        if now == nil, applied != nil, desired != nil {
            kind = .missing
        } else if kinds.contains(.modified) {
            kind = .modified
        } else {
            kind = .pending
        }
        guard impact.action == .none else { return ProfileDrift(impact: impact, kind: kind, kinds: kinds, graphID: live?.graphID, live: now) }
        // The tenant has what is desired already: only the state does not know it yet.
        guard let arrived = Impact.arrived(at: desired, from: applied) else { return nil }
        return ProfileDrift(impact: arrived, kind: .pending, kinds: arrived.changes.map { _ in .pending }, graphID: live?.graphID, live: now)
    }

    /// Live profiles, each to be taken once.
    private struct Matching {
        private let profiles: [LiveProfile]
        private var free: [Bool]
        private let byID: [String: Int]
        private let byName: [String: [Int]]

        enum Found {
            case none
            case one(LiveProfile)
            case several([LiveProfile])
        }

        init(_ profiles: [LiveProfile]) {
            self.profiles = profiles
            free = [Bool](repeating: true, count: profiles.count)
            byID = Dictionary(profiles.enumerated().compactMap { position, profile in profile.graphID.map { ($0, position) } }, uniquingKeysWith: { first, _ in first })
            byName = Dictionary(grouping: profiles.indices) { profiles[$0].displayName }
        }

        mutating func take(id: String) -> LiveProfile? {
            guard let position = byID[id.lowercased()], free[position] else { return nil }
            free[position] = false
            return profiles[position]
        }

        mutating func take(name: String, like known: [EffectiveProfile]) -> Found {
            var positions = (byName[name] ?? []).filter { free[$0] }
            if positions.count > 1 {
                let (all, several) = (profiles, positions)
                let same = known.lazy.map { one in several.filter { all[$0].effective(id: one.id, unknownAs: one).digest == one.digest } }
                guard let alone = same.first(where: { $0.count == 1 }) else { return .several(several.map { all[$0] }) }
                positions = alone
            }
            guard let position = positions.first else { return .none }
            free[position] = false
            return .one(profiles[position])
        }

        var rest: [LiveProfile] { profiles.indices.filter { free[$0] }.map { profiles[$0] } }
    }
}
