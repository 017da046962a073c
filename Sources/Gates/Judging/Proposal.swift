import Impact

/// One changed profile of a plan, for gates to judge.
public struct Proposal: Sendable {
    /// The id of its tenant.
    public let tenant: String
    /// The id that its tenant had when the profile was applied, where it had another.
    public let formerTenant: String?
    public let impact: ProfileImpact
    /// Paths of the bases in which its changes have their cause. Only rings ask; without any, it is not found out.
    public let sharedBases: Set<String>

    public init(tenant: String, formerTenant: String? = nil, impact: ProfileImpact, sharedBases: Set<String> = []) {
        self.tenant = tenant
        self.formerTenant = formerTenant
        self.impact = impact
        self.sharedBases = sharedBases
    }

    /// Its name in reports: `tenant/profile`.
    public var name: String { tenant + "/" + impact.profile }

    /// Whether somebody notices the change.
    var isNoticed: Bool { impact.consequences.keys.contains(where: \.isNoticed) }

    /// Whether its people lose the profile for good: it is removed, or it reached somebody and now includes nobody, whatever its file says.
    public var isRemoval: Bool { impact.isRemoval }

    /// Whether the run changes anything in the profile.
    var isChange: Bool { impact.action != .none }
}

extension ProfileImpact {
    /// What default gates and limits call a removal: the profile goes, or it reached somebody and now includes nobody.
    public var isRemoval: Bool {
        action == .remove || changes.contains { $0.key == .include && !$0.before.targets.isEmpty && $0.after.targets.isEmpty }
    }
}
