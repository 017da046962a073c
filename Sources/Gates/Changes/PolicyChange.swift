import JSONSource

/// One change of a policy or an approval between two revisions of the config repository.
///
/// Who may edit the repository could loosen its policy in the very commit that the policy would hold, so a review shows
/// every one of these by itself.
public struct PolicyChange: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case added
        /// Both or neither of the two below, or not to be told.
        case changed
        /// It can only hold more than before.
        case tightened
        /// It can only hold less than before.
        case loosened
        case removed
    }

    /// Path in the config repository.
    public let file: String
    public let kind: Kind
    /// What of the file, as `gate sign-in-storm`, `limits.peoplePerRun` or `approval`.
    public let what: String
    /// As the files have it; null where there is none.
    public let before: JSON
    public let after: JSON
    /// Whether something may go out that would have been held before.
    public let loosens: Bool

    public init(file: String, kind: Kind, what: String, before: JSON, after: JSON, loosens: Bool) {
        self.file = file
        self.kind = kind
        self.what = what
        self.before = before
        self.after = after
        self.loosens = loosens
    }
}
