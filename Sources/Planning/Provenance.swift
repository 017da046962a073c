import ConfigRepository
import Gates
import ReportModel

/// Who made what one tenant's plan changes, who let it out, and since when gates hold it.
public struct Provenance {
    /// Nil for working files, and for modes in which nobody edits anything.
    private let edits: EditHistory?
    private let keeper: GateKeeper
    /// Of what is held now.
    private let heldSince: [String: [String: String]]
    /// Of what was held after the run before.
    private let heldBefore: [String: [String: String]]

    /// - Parameters:
    ///   - heldSince: profile → gate → since when it holds the profile, RFC 3339; of what is held now.
    ///   - heldBefore: the same of what was held after the run before.
    public init(edits: EditHistory?, keeper: GateKeeper, heldSince: [String: [String: String]], heldBefore: [String: [String: String]]) {
        (self.edits, self.keeper, self.heldSince, self.heldBefore) = (edits, keeper, heldSince, heldBefore)
    }

    /// - Parameter proposals: the tenant's changes.
    public func complete(_ report: inout TenantReport, _ proposals: [Proposal], _ facts: PlanFacts) throws {
        let proposals = Dictionary(proposals.map { ($0.impact.profile, $0) }, uniquingKeysWith: { first, _ in first })
        for position in report.profiles.indices {
            let profile = report.profiles[position]
            guard profile.impact.action != .none else { continue }
            let id = profile.impact.profile
            report.profiles[position].heldSince = (profile.heldBy.isEmpty ? heldBefore : heldSince)[id] ?? [:]
            if let edits {
                report.profiles[position].edits = try edits.edits(zip(profile.places, profile.impact.changes).map { ($0.file, $1.path) })
            }
            guard let proposal = proposals[id] else { continue }
            report.profiles[position].approvals = try keeper.approvals(for: proposal, facts: facts).map { approval, gates in
                let commit = try edits?.lastChange(of: approval.file)
                return GivenApproval(
                    file: approval.file, approvedBy: approval.approvedBy, reason: approval.reason, gates: gates, commit: commit?.commit, author: commit?.author)
            }
        }
    }
}
