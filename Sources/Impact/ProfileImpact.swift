import Profiles

/// What a run does to one profile, and that to people.
public struct ProfileImpact: Sendable {
    public struct Change: Sendable, Hashable {
        /// The setting that changes; nil when the whole profile is created or removed.
        public let key: SettingKey?
        /// The values on both sides. Of a profile that is created or removed: its display name as a text, and none.
        public let before: SettingValue
        public let after: SettingValue
        /// Only for assignment lists.
        public let targets: TargetChange?
        /// Ids, in order.
        public let rules: [String]

        public init(key: SettingKey?, before: SettingValue, after: SettingValue, targets: TargetChange? = nil, rules: [String]) {
            self.key = key
            self.before = before
            self.after = after
            self.targets = targets
            self.rules = rules
        }

        /// RFC 6901 in the effective profile; `""` when the whole profile is created or removed.
        public var path: String { key?.setting.pointer ?? "" }
    }

    /// What joined and what left an assignment list; a target whose filter changes can be in both.
    public struct TargetChange: Sendable, Hashable {
        public let joined: [AssignmentTarget]
        public let left: [AssignmentTarget]

        public init(joined: [AssignmentTarget], left: [AssignmentTarget]) {
            self.joined = joined
            self.left = left
        }
    }

    public let profile: String
    public let displayName: String
    public let action: Action
    public let changes: [Change]
    /// What stands about the profile, whether new or not, and what no longer does.
    public let advice: [Advice]
    /// Who is hit by what; only what this run brings about.
    public let audiences: Audiences
    /// What follows, with people at most.
    public let consequences: [Consequence: People]
    /// The largest number among what somebody notices; unknown if one of them is.
    public let people: People
    /// Names exactly this change; nil for action `none`.
    public let fingerprint: String?

    public init(
        profile: String, displayName: String, action: Action, changes: [Change], advice: [Advice], audiences: Audiences, fingerprint: String?
    ) {
        self.profile = profile
        self.displayName = displayName
        self.action = action
        self.changes = changes
        self.advice = advice
        self.audiences = audiences
        consequences = audiences.people
        people = consequences.filter { $0.key.isNoticed }.values.reduce(.atMost(0), People.larger)
        self.fingerprint = fingerprint
    }

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
        /// The id of the other profile that it concerns.
        public let with: String?

        public init(rule: String, path: String, with: String? = nil) {
            self.rule = rule
            self.path = path
            self.with = with
        }

        public static func < (one: Key, other: Key) -> Bool { (one.rule, one.path, one.with ?? "") < (other.rule, other.path, other.with ?? "") }
    }

    public enum Standing: Sendable, Hashable { case new, continuing, resolved }

    public let key: Key
    public let standing: Standing

    public init(key: Key, standing: Standing) {
        self.key = key
        self.standing = standing
    }

    /// Whether the run brings it about.
    public var isNew: Bool { standing == .new }
    /// Whether the run ends it.
    public var isResolved: Bool { standing == .resolved }
}
