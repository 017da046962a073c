import JSONSource
import Profiles

/// One change of a policy or an approval between two revisions of the config repository.
///
/// Somebody who may edit the repository could loosen its policy in the very commit that the policy would hold. So a review shows
/// each of these changes separately.
public struct PolicyChange: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case added
        /// It can hold more and less than before, or which of them is not known.
        case changed
        /// It can only hold more than before.
        case tightened
        /// It can only hold less than before.
        case loosened
        case removed

        /// What happens, as a sentence without its end.
        public var words: String {
            switch self {
            case .added: "something is added to a policy or an approval"
            case .changed: "it can hold more and less than before, or which of them is not known"
            case .tightened: "it can only hold more than before"
            case .loosened: "it can only hold less than before"
            case .removed: "something is removed from a policy or an approval"
            }
        }
    }

    /// Path in the config repository.
    public let file: String
    public let kind: Kind
    /// The part of the file, such as `gate sign-in-storm`, `limits.peoplePerRun` or `approval`.
    public let what: String
    /// As written in the files; null where there is nothing.
    public let before: JSON
    public let after: JSON
    /// Whether something may go out that would have been held before.
    public let loosens: Bool

    /// Whether it is a fact in a `tenant.json`, and not a policy or an approval.
    public private(set) var isFact = false

    /// A fact that changes, shown like a policy: both decide what may go out.
    public init(_ fact: FactChange) {
        self.init(
            file: "tenants/\(fact.tenant)/tenant.json", kind: fact.loosens ? .loosened : .changed, what: fact.path, before: fact.before, after: fact.after,
            loosens: fact.loosens)
        isFact = true
    }

    public init(file: String, kind: Kind, what: String, before: JSON, after: JSON, loosens: Bool) {
        self.file = file
        self.kind = kind
        self.what = what
        self.before = before
        self.after = after
        self.loosens = loosens
    }
}
