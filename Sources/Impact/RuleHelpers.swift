import Profiles

// Questions that several rules ask of a profile or a change, and sentences that several rules share.

extension EffectiveProfile {
    var usesPassword: Bool { self[.method].text == "usernameAndPassword" }
    var usesCertificate: Bool { self[.method].text == "certificate" }

    func includes(_ audience: AssignmentTarget.Audience) -> Bool { self[.include].targets.contains { $0.audience == audience } }
}

extension Comparison {
    /// The positions in `changes` of settings among `keys` that were on and are off.
    func switchedOff(_ keys: SettingKey...) -> [Int] {
        changes.indices.filter { position in
            keys.contains { changes[position].isOf($0) } && changes[position].before.bool && !changes[position].after.bool
        }
    }
}

extension Rule.Firing {
    /// Consequences for those who have the profile before and after; nil when no change carries the rule.
    init?(on changes: [Int], _ consequences: [Consequence]) {
        guard !changes.isEmpty else { return nil }
        self.init(changes: changes, effects: consequences.map { Rule.Effect($0, .staying) })
    }
}

extension Rule {
    /// Ends the explanation of every rule that deploys a new profile: what admins forget.
    static let whatNewProfilesCost = """
        Mail is downloaded again on every device, and what people had customised is gone (inferred: the account starts empty), so a \
        large roll-out is network load as well as sign-ins.
        """
}
