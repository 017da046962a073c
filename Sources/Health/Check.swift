/// One thing that was looked at, and what was found.
public struct Check: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// Some of what easel can do will not work, or not for long.
        case warning
        /// Broken.
        case failed
        /// Not looked at, since nothing needs it here.
        case skipped
    }

    /// What was looked at: `config repository`.
    public let name: String
    /// The tenant that it is about; nil for the machine and the repositories.
    public let tenant: String?
    public let outcome: Outcome
    /// What was found, a sentence without its full stop.
    public let what: String
    /// What to do, as an order; nil where there is nothing to do.
    public let fix: String?

    public init(_ name: String, tenant: String? = nil, _ outcome: Outcome, _ what: String, fix: String? = nil) {
        (self.name, self.tenant, self.outcome, self.what, self.fix) = (name, tenant, outcome, what, fix)
    }
}
