import Impact

/// The gates that are there with no policy at all: against the folder deleted by mistake, and the script that went wrong.
/// The raw value is the name in reports.
public enum DefaultGate: String, Sendable, CaseIterable {
    /// Every applied profile of a tenant is removed.
    case tenantRemoval = "tenant-removal"
    /// The plan removes more than a fifth of all applied profiles, and more than 10.
    case massRemoval = "mass-removal"

    static let source = "default"

    /// Both need an approval, of each removal by itself.
    func holds(_ proposal: Proposal, isApproved: Bool, tenantIsEmptied: Bool, massRemoval: Bool) -> Bool {
        guard proposal.impact.action == .remove, !isApproved else { return false }
        switch self {
        case .tenantRemoval: return tenantIsEmptied
        case .massRemoval: return massRemoval
        }
    }

    static func isMassRemoval(removals: Int, applied: Int) -> Bool { removals > 10 && removals * 5 > applied }
}
