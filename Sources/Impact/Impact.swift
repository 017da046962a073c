import Profiles

/// The semantic diff: from one profile before and after to what happens on devices.
public enum Impact {
    /// What stands about a profile in its tenant, in order.
    public static func advice(on profile: EffectiveProfile, in tenant: TenantView) -> [Advice.Key] {
        Rules.all.flatMap { rule -> [Advice.Key] in
            switch rule.trigger {
            case .standing(let stands): stands(profile, tenant.facts).map { Advice.Key(rule: rule.id, path: $0) }
            case .standingBeside(let concerned): concerned(profile, tenant).map { Advice.Key(rule: rule.id, path: "", with: $0) }
            case .change, .changeOnceDeploymentIsKnown: []
            }
        }
    }

    /// - Parameters:
    ///   - tenant: its id, as it was when `before` was applied.
    ///   - entry: the id that the profile had then; nil: the one it has. With `tenant` it is part of the fingerprint, so that an approval still
    ///     fits when something is renamed.
    ///   - tenantID: the tenant's GUID, for the fingerprint.
    ///   - before: as applied; nil where nothing was.
    ///   - after: as desired; nil when the manifest is gone.
    ///   - was: the tenant as it was when `before` was applied.
    ///   - is_: the tenant as it is desired.
    ///   - members: people of an audience id, nil where unknown.
    public static func compare(
        tenant: String, tenantID: String? = nil, entry: String? = nil, before: EffectiveProfile?, after: EffectiveProfile?, was: TenantView, is is_: TenantView,
        members: (String) -> Int?
    ) -> ProfileImpact {
        let comparison = Comparison(before: before, after: after, in: is_)
        let profile = after ?? before
        guard let profile, !comparison.changes.isEmpty else {
            return ProfileImpact(
                profile: profile?.id ?? "", displayName: profile?.displayName ?? "", action: .none, changes: [], advice: [],
                audiences: .none, fingerprint: nil)
        }

        let verdict = judge(comparison, members)
        let action: Action =
            before == nil ? .create : after == nil ? .remove : verdict.deploysNewProfile ? .reinstall : .update
        var audiences = verdict.audiences
        let advice = after.map { Self.advice(before: before.map { Self.advice(on: $0, in: was) } ?? [], after: Self.advice(on: $0, in: is_)) } ?? []
        for one in advice where one.isNew {
            for consequence in Rules.byID[one.key.rule]?.consequences ?? [] { audiences[consequence, default: []].formUnion(comparison.audience.included) }
        }
        return ProfileImpact(
            profile: profile.id, displayName: profile.displayName, action: action,
            changes: comparison.changes.enumerated().map { change($1, comparison, rules: verdict.rules[$0].sorted()) }, advice: advice,
            audiences: Audiences(audiences, members: members),
            fingerprint: fingerprint(tenant: tenant, tenantID: tenantID, profile: entry ?? profile.id, before: before?.digest, after: after?.digest))
    }

    /// What stands now, and what stood before and does not any more, in order.
    private static func advice(before: [Advice.Key], after: [Advice.Key]) -> [Advice] {
        let (old, new) = (Set(before), Set(after))
        let now = after.map { Advice(key: $0, standing: old.contains($0) ? .continuing : .new) }
        return (now + before.filter { !new.contains($0) }.map { Advice(key: $0, standing: .resolved) }).sorted { $0.key < $1.key }
    }

    private struct Verdict {
        /// Per change, the rules it carries.
        var rules: [[String]]
        var audiences: [Consequence: Set<String>] = [:]
        var deploysNewProfile = false
    }

    private static func judge(_ comparison: Comparison, _ members: (String) -> Int?) -> Verdict {
        let staying = comparison.audience.staying(members)
        var verdict = Verdict(rules: [[String]](repeating: [], count: comparison.changes.count))
        func enter(_ rule: Rule, _ firing: Rule.Firing?) {
            guard let firing else { return }
            for position in firing.changes { verdict.rules[position].append(rule.id) }
            for effect in firing.effects {
                let ids =
                    switch effect.audience {
                    case .staying: staying
                    case .losing: comparison.audience.losing
                    case .gaining: comparison.audience.gaining
                    case .only(let ids): ids
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
