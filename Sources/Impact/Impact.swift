import Profiles

/// The semantic diff: from one profile before and after to what happens on devices.
public enum Impact {
    /// A profile as it was applied, with what was said of it then.
    public struct Applied: Sendable {
        public let profile: EffectiveProfile
        public let advice: Set<Advice.Key>

        public init(profile: EffectiveProfile, advice: Set<Advice.Key>) {
            self.profile = profile
            self.advice = advice
        }
    }

    /// What stands about a profile in its tenant, in order.
    public static func advice(on profile: EffectiveProfile, _ facts: TenantFacts) -> [Advice.Key] {
        var found: [Advice.Key] = []
        for rule in Rules.all {
            guard case .standing(let stands) = rule.trigger else { continue }
            found += stands(profile, facts).map { Advice.Key(rule: rule.id, path: $0) }
        }
        return found
    }

    /// - Parameters:
    ///   - after: the desired profile with its tenant's facts; nil when its manifest is gone.
    ///   - members: people of an audience id, nil where nobody has said.
    public static func compare(
        tenant: String, before: Applied?, after: (profile: EffectiveProfile, facts: TenantFacts)?, members: (String) -> Int?
    ) -> ProfileImpact {
        let comparison = Comparison(before: before?.profile, after: after?.profile)
        let profile = after?.profile ?? before?.profile
        guard let profile, !comparison.changes.isEmpty else {
            return ProfileImpact(
                profile: profile?.id ?? "", displayName: profile?.displayName ?? "", action: .none, changes: [], advice: [],
                consequences: [:], people: .atMost(0), fingerprint: nil)
        }

        let verdict = judge(comparison)
        let action: Action =
            before == nil ? .create : after == nil ? .remove : verdict.deploysNewProfile ? .reinstall : .update
        var audiences = verdict.audiences
        var advice: [Advice] = []
        if let after {
            for key in Self.advice(on: after.profile, after.facts) {
                let isNew = !(before?.advice.contains(key) ?? false)
                advice.append(Advice(key: key, isNew: isNew))
                guard isNew, let rule = Rules.byID[key.rule] else { continue }
                for consequence in rule.consequences { audiences[consequence, default: []].formUnion(comparison.audience.staying) }
            }
        }
        let consequences = audiences.mapValues { ids in ids.reduce(People.atMost(0)) { $0 + (members($1).map(People.atMost) ?? .unknown) } }
        let people = consequences.filter { $0.key.isNoticed }.values.reduce(People.atMost(0), People.larger)
        return ProfileImpact(
            profile: profile.id, displayName: profile.displayName, action: action,
            changes: comparison.changes.enumerated().map { change($1, comparison, rules: verdict.rules[$0].sorted()) }, advice: advice,
            consequences: consequences, people: people,
            fingerprint: fingerprint(
                tenant: tenant, profile: profile.id, before: before?.profile.digest, after: after?.profile.digest))
    }

    private struct Verdict {
        /// Per change, the rules it carries.
        var rules: [[String]]
        var audiences: [Consequence: Set<String>] = [:]
        var deploysNewProfile = false
    }

    private static func judge(_ comparison: Comparison) -> Verdict {
        var verdict = Verdict(rules: [[String]](repeating: [], count: comparison.changes.count))
        func enter(_ rule: Rule, _ firing: Rule.Firing?) {
            guard let firing else { return }
            for position in firing.changes { verdict.rules[position].append(rule.id) }
            for effect in firing.effects {
                let ids =
                    switch effect.audience {
                    case .staying: comparison.audience.staying
                    case .losing: comparison.audience.losing
                    case .gaining: comparison.audience.gaining
                    }
                verdict.audiences[effect.consequence, default: []].formUnion(ids)
            }
        }
        for rule in Rules.all {
            if case .change(let fires) = rule.trigger { enter(rule, fires(comparison)) }
        }
        verdict.deploysNewProfile = verdict.audiences[.newProfile] != nil
        for rule in Rules.all {
            if case .changeOnceDeploymentIsKnown(let fires) = rule.trigger { enter(rule, fires(comparison, verdict.deploysNewProfile)) }
        }
        return verdict
    }

    private static func change(_ change: Comparison.SettingChange, _ comparison: Comparison, rules: [String]) -> ProfileImpact.Change {
        guard let setting = change.setting else {
            return ProfileImpact.Change(
                key: nil, before: comparison.before.map { .text($0.displayName) } ?? .none, after: comparison.after.map { .text($0.displayName) } ?? .none,
                rules: rules)
        }
        let list: AudienceChange.ListChange? =
            change.isOf(.include) ? comparison.audience.include : change.isOf(.exclude) ? comparison.audience.exclude : nil
        return ProfileImpact.Change(
            key: SettingKey(setting.path), before: change.before, after: change.after, targets: list.map { .init(joined: $0.joined, left: $0.left) }, rules: rules)
    }
}
