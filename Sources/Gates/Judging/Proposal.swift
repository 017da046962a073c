import Impact

/// One changed profile of a plan: what gates judge.
public struct Proposal: Sendable {
    /// Id.
    public let tenant: String
    public let impact: ProfileImpact

    public init(tenant: String, impact: ProfileImpact) {
        self.tenant = tenant
        self.impact = impact
    }

    /// As the report names it: `tenant/profile`.
    public var name: String { tenant + "/" + impact.profile }

    /// Whether the run changes anything about it.
    var isChange: Bool { impact.action != .none }
}
