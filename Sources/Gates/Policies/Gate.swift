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

    /// Whether a profile that the gate matches must stay as it is. An approval satisfies `require`; it does not open a window.
    func holds(isApproved: @autoclosure () -> Bool, isOpen: Bool) -> Bool {
        switch require {
        case .never: true
        case .approval where !isApproved(): true
        default: !isOpen
        }
    }
}
