import Impact
import Time

/// One gate of a policy: which changed profiles it matches, and what it takes for them to go out.
public struct Gate: Sendable, Hashable {
    public enum Requirement: String, Sendable, CaseIterable {
        case approval
        /// Only a change of the policy lets it through.
        case never
    }

    public let name: String
    public let when: Condition
    public let require: Requirement?
    public let window: Window?

    public init(name: String, when: Condition = Condition(), require: Requirement?, window: Window? = nil) {
        self.name = name
        self.when = when
        self.require = require
        self.window = window
    }

    /// Whether a profile must stay as it is. An approval satisfies `require`; it does not open a window.
    func holds(_ proposal: Proposal, isApproved: Bool, now: Instant) -> Bool {
        guard when.matches(proposal) else { return false }
        switch require {
        case .never: return true
        case .approval where !isApproved: return true
        default: return window.map { !$0.isOpen(at: now) } ?? false
        }
    }
}
