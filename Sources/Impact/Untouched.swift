import Profiles

/// Profiles with which nothing is done, for reports that list them all the same.
extension Impact {
    /// A profile that nobody wants and that is there: that it exists is the one change.
    public static func unwanted(_ profile: EffectiveProfile) -> ProfileImpact {
        untouched(profile, [ProfileImpact.Change(key: nil, before: .text(profile.displayName), after: .none, rules: [])])
    }

    /// A profile that took the place of another one, with the same values.
    public static func replaced(_ profile: EffectiveProfile) -> ProfileImpact {
        untouched(profile, [ProfileImpact.Change(key: nil, before: .text(profile.displayName), after: .text(profile.displayName), rules: [])])
    }

    /// A profile that already is as it should be: what has become of it since `applied` is shown as before and after alike. Nil
    /// where nothing has.
    public static func arrived(at desired: EffectiveProfile?, from applied: EffectiveProfile?) -> ProfileImpact? {
        guard let shown = desired ?? applied else { return nil }
        let changes = Comparison(before: applied, after: desired).changes.map { change in
            let value: SettingValue = change.setting == nil ? desired.map { .text($0.displayName) } ?? .none : change.after
            return ProfileImpact.Change(key: change.setting.map { SettingKey($0.path) }, before: value, after: value, rules: [])
        }
        return changes.isEmpty ? nil : untouched(shown, changes)
    }

    private static func untouched(_ profile: EffectiveProfile, _ changes: [ProfileImpact.Change]) -> ProfileImpact {
        ProfileImpact(
            profile: profile.id, displayName: profile.displayName, action: .none, changes: changes, advice: [], audiences: .none, fingerprint: nil)
    }
}
