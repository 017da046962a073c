import Profiles

/// Finds the live profile of an applied or desired one. Each live profile is taken once.
struct LiveMatching {
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

    /// Of several profiles with one name, takes the one that equals a known profile, if it is the only one.
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

    /// Profiles that nobody has taken.
    var rest: [LiveProfile] { profiles.indices.filter { free[$0] }.map { profiles[$0] } }
}
