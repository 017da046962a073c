import Impact

/// One changed profile of a plan, for gates to judge.
public struct Proposal: Sendable {
    /// The id of its tenant.
    public let tenant: String
    public let impact: ProfileImpact

    public init(tenant: String, impact: ProfileImpact) {
        self.tenant = tenant
        self.impact = impact
    }

    /// Its name in reports: `tenant/profile`.
    public var name: String { tenant + "/" + impact.profile }

    /// Whether the run changes anything in the profile.
    var isChange: Bool { impact.action != .none }
}
