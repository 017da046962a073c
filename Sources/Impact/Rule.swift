import Profiles

/// One impact rule: when it fires, what that does to people, why, and how we know. The report, `explain`, the docs and
/// the tests read this one value.
public struct Rule: Sendable {
    /// `EAS001` …; stable.
    public let id: String
    public let title: String
    /// What it can bring about, worst first.
    public let consequences: [Consequence]
    /// What happens, in words an admin can forward.
    public let explanation: String
    /// What to do about it.
    public let remedy: String
    public let basis: Basis
    public let trigger: Trigger
    /// Before and after, with what must come of it; every test run tries them.
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
        /// Where it stands written.
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
        /// About what a run changes.
        case change(@Sendable (Comparison) -> Firing?)
        /// About a change, too, but decided only when it is known whether a new profile is deployed.
        case changeOnceDeploymentIsKnown(@Sendable (Comparison, _ deploysNewProfile: Bool) -> Firing?)
        /// About how a profile is, whether or not this run made it so: the pointers of the settings concerned, `""` for
        /// the profile as a whole; none where it does not apply.
        case standing(@Sendable (EffectiveProfile, TenantFacts) -> [String])
    }

    /// That a rule about a change applies.
    public struct Firing: Sendable {
        /// Positions in `Comparison.changes`; those that carry the rule in the report.
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
        /// Those included before and after.
        case staying
        /// Those that lose the profile; on removal all before.
        case losing
        /// Those that gain it; on creation all.
        case gaining
    }

    /// One JSON Merge Patch each over the sample manifest and tenant of the rule tests; nil: no such manifest.
    public struct Example: Sendable {
        public let name: String
        public let before: String?
        public let after: String?
        public let tenantBefore: String
        public let tenantAfter: String
        /// Whether the rule must fire (for a standing rule: be new).
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
