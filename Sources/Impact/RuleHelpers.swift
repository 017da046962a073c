import Profiles

// Questions that several rules ask of a profile or a change, and sentences that several rules share.

extension EffectiveProfile {
    var usesPassword: Bool { self[.method].text == "usernameAndPassword" }
    var usesCertificate: Bool { self[.method].text == "certificate" }

    /// Whether people are asked to sign in: for a password, or by the modern sign-in, whatever the method.
    var signsIn: Bool { usesPassword || self[.oauth].bool }

    /// - Parameter audienceID: see `AssignmentTarget.audienceID`.
    func includes(audienceID: String) -> Bool { self[.include].targets.contains { $0.audienceID == audienceID } }
}

extension Comparison {
    /// Whether people sign in before or after.
    var peopleSignIn: Bool { before?.signsIn == true || after?.signsIn == true }

    /// Whether the profile uses derived credentials before or after.
    var usesDerivedCredentials: Bool { before?.usesDerivedCredentials == true || after?.usesDerivedCredentials == true }

    /// The positions in `changes` of those settings among `keys` that are turned off.
    func switchedOff(_ keys: SettingKey...) -> [Int] {
        changes.indices.filter { position in
            keys.contains { changes[position].isOf($0) } && changes[position].before.bool && !changes[position].after.bool
        }
    }
}

extension Rule.Firing {
    /// Consequences for people who have the profile before and after; nil where there are no changes.
    init?(on changes: [Int], _ consequences: [Consequence]) {
        guard !changes.isEmpty else { return nil }
        self.init(changes: changes, effects: consequences.map { Rule.Effect($0, .staying) })
    }
}

extension Rule {
    /// The end of the explanation of every rule that deploys a new profile: what admins forget.
    static let whatNewProfilesCost = """
        Every device downloads its mail again, and what people had customised is gone (inferred: the account starts empty). A large \
        roll-out therefore means network load as well as sign-ins.
        """
}
