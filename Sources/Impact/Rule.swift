import Profiles

/// An impact rule: when it fires, what happens to people, why, and how we know. The report, `explain`, the docs and the tests all read
/// this one value.
public struct Rule: Sendable {
    /// `EAS001` …; stable.
    public let id: String
    public let title: String
    /// The consequences that it can have, worst first.
    public let consequences: [Consequence]
    /// What happens, in words that an admin can forward.
    public let explanation: String
    /// What to do about it.
    public let remedy: String
    public let basis: Basis
    public let trigger: Trigger
    /// Manifests before and after, and whether the rule must fire. Every test run tries them.
    public let examples: [Example]

    public init(
        id: String, title: String, consequences: [Consequence], explanation: String, remedy: String, basis: Basis, trigger: Trigger,
        examples: [Example]
    ) {
        self.id = id
        self.title = title
        self.consequences = consequences
        self.explanation = explanation
        self.remedy = remedy
        self.basis = basis
        self.trigger = trigger
        self.examples = examples
    }

    /// How we know: one part for each kind of ground that the rule stands on.
    public struct Basis: Sendable, Hashable {
        public struct Part: Sendable, Hashable {
            public enum Kind: String, Sendable, CaseIterable { case documented, inferred }

            public let kind: Kind
            /// The document that says so and what it says, or why we think so.
            public let text: String
            /// Where the document is.
            public let link: String?

            /// `Documented: …`, without the link.
            public var sentence: String { "\(kind == .documented ? "Documented" : "Inferred"): \(text)" }
        }

        public let parts: [Part]

        /// - Parameter link: https, without a language, so that everybody reads it in their own.
        public static func documented(_ text: String, _ link: Link) -> Basis { Basis(parts: [Part(kind: .documented, text: text, link: link.rawValue)]) }
        public static func inferred(_ text: String) -> Basis { Basis(parts: [Part(kind: .inferred, text: text, link: nil)]) }
        public static func + (one: Basis, other: Basis) -> Basis { Basis(parts: one.parts + other.parts) }
    }

    /// The documents that rules cite.
    public enum Link: String, Sendable, CaseIterable {
        case emailSettings = "https://learn.microsoft.com/intune/intune-service/configuration/email-settings-ios"
        case emailProfiles = "https://learn.microsoft.com/intune/intune-service/configuration/email-settings-configure"
        case assignments = "https://learn.microsoft.com/intune/intune-service/configuration/device-profile-assign"
        case derivedCredentials = "https://learn.microsoft.com/intune/intune-service/protect/derived-credentials"
        case complianceOniOS = "https://learn.microsoft.com/intune/intune-service/protect/compliance-policy-create-ios"
        case smimeCertificates = "https://learn.microsoft.com/intune/intune-service/protect/certificates-s-mime-encryption-sign"
        case conditionalAccess = "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions"
        case basicAuthentication =
            "https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online"
        case appleSchema = "https://github.com/apple/device-management/blob/release/mdm/profiles/com.apple.eas.account.yaml"
    }

    public enum Trigger: Sendable {
        /// About a change.
        case change(@Sendable (Comparison) -> Firing?)
        /// About a change, but decided only when it is known whether a new profile is deployed.
        case changeOnceDeploymentIsKnown(@Sendable (Comparison, _ deploysNewProfile: Bool) -> Firing?)
        /// About how a profile is, whether or not this run changes it. Returns the pointers of the settings that the rule is about, `""` for
        /// the profile as a whole, and none where it does not apply.
        case standing(@Sendable (EffectiveProfile, TenantFacts) -> [String])
        /// About how a profile is beside the others of its tenant. Returns the ids of the profiles that it concerns.
        case standingBeside(@Sendable (EffectiveProfile, TenantView) -> [String])
    }

    /// That a rule about a change applies.
    public struct Firing: Sendable {
        /// Positions in `Comparison.changes` of the changes that the report shows the rule with.
        public let changes: [Int]
        public let effects: [Effect]

        public init(changes: [Int], effects: [Effect]) {
            self.changes = changes
            self.effects = effects
        }
    }

    public struct Effect: Sendable {
        public let consequence: Consequence
        public let audience: Audience

        public init(_ consequence: Consequence, _ audience: Audience) {
            self.consequence = consequence
            self.audience = audience
        }
    }

    public enum Audience: Sendable {
        /// People who are included before and after.
        case staying
        /// People who lose the profile; on removal, all of before.
        case losing
        /// People who gain the profile; on creation, all.
        case gaining
        /// These audiences (`AssignmentTarget.audienceID`).
        case only([String])
    }

    /// JSON Merge Patches over the sample manifest and tenant of the rule tests; nil means that there is no manifest.
    public struct Example: Sendable {
        public let name: String
        public let before: String?
        public let after: String?
        public let tenantBefore: String
        public let tenantAfter: String
        /// Other profiles of the tenant, before and after.
        public let others: [String]
        /// Whether the rule must fire; for a standing rule, whether it must be new.
        public let fires: Bool

        public init(_ name: String, before: String?, after: String?, tenantBefore: String = "{}", tenantAfter: String? = nil, others: [String] = [], fires: Bool) {
            self.name = name
            self.before = before
            self.after = after
            self.tenantBefore = tenantBefore
            self.tenantAfter = tenantAfter ?? tenantBefore
            self.others = others
            self.fires = fires
        }
    }
}
