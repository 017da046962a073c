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

    public enum Basis: Sendable, Hashable {
        /// The document that says so.
        case documented(String)
        /// Why we think so.
        case inferred(String)

        public var kind: String { if case .documented = self { "documented" } else { "inferred" } }
        public var text: String {
            switch self {
            case .documented(let text), .inferred(let text): text
            }
        }
    }

    public enum Trigger: Sendable {
        /// About a change.
        case change(@Sendable (Comparison) -> Firing?)
        /// About a change, but decided only when it is known whether a new profile is deployed.
        case changeOnceDeploymentIsKnown(@Sendable (Comparison, _ deploysNewProfile: Bool) -> Firing?)
        /// About how a profile is, whether or not this run changes it. Returns the pointers of the settings that the rule is about, `""` for
        /// the profile as a whole, and none where it does not apply.
        case standing(@Sendable (EffectiveProfile, TenantFacts) -> [String])
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
    }

    /// JSON Merge Patches over the sample manifest and tenant of the rule tests; nil means that there is no manifest.
    public struct Example: Sendable {
        public let name: String
        public let before: String?
        public let after: String?
        public let tenantBefore: String
        public let tenantAfter: String
        /// Whether the rule must fire; for a standing rule, whether it must be new.
        public let fires: Bool

        public init(_ name: String, before: String?, after: String?, tenantBefore: String = "{}", tenantAfter: String? = nil, fires: Bool) {
            self.name = name
            self.before = before
            self.after = after
            self.tenantBefore = tenantBefore
            self.tenantAfter = tenantAfter ?? tenantBefore
            self.fires = fires
        }
    }
}
