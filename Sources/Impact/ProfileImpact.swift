import JSONSource
import Profiles

/// What a run does to one profile, and that to people.
public struct ProfileImpact: Sendable {
    public struct Change: Sendable, Hashable {
        /// RFC 6901 in the effective profile; `""` for a creation or removal.
        public let path: String
        public let before: JSON
        public let after: JSON
        /// Targets that joined and left; only for assignment lists.
        public let joined: [JSON]?
        public let left: [JSON]?
        /// Ids, in order.
        public let rules: [String]

        public init(path: String, before: JSON, after: JSON, joined: [JSON]?, left: [JSON]?, rules: [String]) {
            self.path = path
            self.before = before
            self.after = after
            self.joined = joined
            self.left = left
            self.rules = rules
        }
    }

    public let profile: String
    public let displayName: String
    public let action: Action
    public let changes: [Change]
    /// What stands about the profile, whether new or not.
    public let advice: [Advice]
    /// Only what this run brings about.
    public let consequences: [Consequence: People]
    public let people: People
    /// Names exactly this change; nil for action `none`.
    public let fingerprint: String?

    /// Worst first.
    public var sortedConsequences: [Consequence] { consequences.keys.sorted() }
    /// Ids of the rules of changes and of new advice.
    public var rules: Set<String> {
        var rules = Set(changes.flatMap(\.rules))
        for advice in advice where advice.isNew { rules.insert(advice.key.rule) }
        return rules
    }
}

/// A rule that applies to how a profile is.
public struct Advice: Sendable, Hashable {
    public struct Key: Sendable, Hashable, Comparable {
        public let rule: String
        /// The pointer of the setting concerned; `""` for the whole profile.
        public let path: String

        public init(rule: String, path: String) {
            self.rule = rule
            self.path = path
        }

        public static func < (one: Key, other: Key) -> Bool { (one.rule, one.path) < (other.rule, other.path) }
    }

    public let key: Key
    /// Whether the run brings it about.
    public let isNew: Bool
}
