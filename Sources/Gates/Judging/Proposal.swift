import Impact

/// One changed profile of a plan, for gates to judge.
public struct Proposal: Sendable {
    /// The id of its tenant.
    public let tenant: String
    /// The id that its tenant had when the profile was applied, where it had another.
    public let formerTenant: String?
    public let impact: ProfileImpact

    public init(tenant: String, formerTenant: String? = nil, impact: ProfileImpact) {
        self.tenant = tenant
        self.formerTenant = formerTenant
        self.impact = impact
    }

    /// Its name in reports: `tenant/profile`.
    public var name: String { tenant + "/" + impact.profile }

    /// Whether the run changes anything in the profile.
    var isChange: Bool { impact.action != .none }
}
