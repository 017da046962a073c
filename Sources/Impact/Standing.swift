import JSONSource
import Profiles

extension Impact {
    /// A profile with which nothing is done: one that is there without being wanted (`after` nil: its existence is the one
    /// change), or one that is already as it should be (no change).
    public static func standing(tenant: String, before: EffectiveProfile, after: EffectiveProfile?) -> ProfileImpact {
        let change = ProfileImpact.Change(path: "", before: .string(before.displayName), after: .null, joined: nil, left: nil, rules: [])
        return ProfileImpact(
            profile: before.id, displayName: before.displayName, action: .none, changes: after == nil ? [change] : [], advice: [], consequences: [:],
            people: .atMost(0), fingerprint: nil)
    }
}
