import Profiles

extension Rules {
    /// Profiles of one tenant that are in each other's way.
    public struct Conflict: Sendable {
        public let rule: Rule
        /// The ids of the two.
        public let profile: String
        public let other: String
    }

    /// What the rules about profiles beside each other say of a tenant's profiles, whether anything changes or not: each pair once, in the
    /// order of the profiles.
    public static func conflicts(among profiles: [EffectiveProfile], _ facts: TenantFacts) -> [Conflict] {
        let tenant = TenantView(facts, profiles)
        var found: [Conflict] = []
        for rule in all {
            guard case .standingBeside(let others) = rule.trigger else { continue }
            var seen: Set<[String]> = []
            for profile in profiles {
                for other in others(profile, tenant) where seen.insert([profile.id, other].sorted()).inserted {
                    found.append(Conflict(rule: rule, profile: profile.id, other: other))
                }
            }
        }
        return found
    }
}
