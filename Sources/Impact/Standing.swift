import JSONSource
import Profiles

extension Impact {
    /// A profile with which nothing is done: one that is there without being wanted (its existence is the one change).
    public static func standing(_ profile: EffectiveProfile) -> ProfileImpact {
        nothing(to: profile, [ProfileImpact.Change(path: "", before: .string(profile.displayName), after: .null, joined: nil, left: nil, rules: [])])
    }

    /// A profile with which nothing is done, since it is already as it should be: what it has become since `applied` stands there as
    /// before and after alike. Nil where that is nothing.
    public static func arrived(at desired: EffectiveProfile?, from applied: EffectiveProfile?) -> ProfileImpact? {
        guard let shown = desired ?? applied else { return nil }
        let changes = Comparison(before: applied, after: desired).changes.map { change in
            let value: JSON = change.setting == nil ? desired.map { .string($0.displayName) } ?? .null : change.after.json
            return ProfileImpact.Change(path: change.setting?.pointer ?? "", before: value, after: value, joined: nil, left: nil, rules: [])
        }
        return changes.isEmpty ? nil : nothing(to: shown, changes)
    }

    private static func nothing(to profile: EffectiveProfile, _ changes: [ProfileImpact.Change]) -> ProfileImpact {
        ProfileImpact(
            profile: profile.id, displayName: profile.displayName, action: .none, changes: changes, advice: [], consequences: [:], people: .atMost(0), fingerprint: nil)
    }
}
