import Time

/// All approvals of a run, at the time of the run.
public struct ApprovalBook: Sendable {
    public let approvals: [Approval]
    public let now: Instant
    private let valid: Set<String>
    private let known: Set<String>

    public init(_ approvals: [Approval], now: Instant) {
        self.approvals = approvals
        self.now = now
        known = Set(approvals.flatMap(\.fingerprints))
        valid = Set(approvals.filter { $0.isValid(at: now) }.flatMap(\.fingerprints))
    }

    /// Whether an approval that counts now names this change.
    public func approves(_ fingerprint: String?) -> Bool { fingerprint.map(valid.contains) ?? false }

    /// Whether an approval that counts now names the change of this profile.
    func approves(_ proposal: Proposal) -> Bool { approves(proposal.impact.fingerprint) }

    /// Whether any approval names this change, expired or not.
    public func names(_ fingerprint: String) -> Bool { known.contains(fingerprint) }

    /// How the run uses every fingerprint of every approval, in the order of the approvals.
    ///
    /// `unmatched` means nothing when the plan is narrowed to some tenants.
    ///
    /// - Parameters:
    ///   - planned: the fingerprints of this plan's changes; those that no approval names may be omitted.
    ///   - hasGoneOut: whether an earlier run recorded this change. Without it, an approval that was already used counts as
    ///     unmatched.
    public func uses(planned: Set<String>, hasGoneOut: (String) -> Bool = { _ in false }) -> [ApprovalUse] {
        approvals.flatMap { approval in
            approval.fingerprints.map { fingerprint in
                let status: ApprovalUse.Status =
                    if planned.contains(fingerprint) {
                        approval.isValid(at: now) ? .used : .expired
                    } else if hasGoneOut(fingerprint) {
                        .usedUp
                    } else {
                        approval.isValid(at: now) ? .unmatched : .expired
                    }
                return ApprovalUse(file: approval.file, fingerprint: fingerprint, approvedBy: approval.approvedBy, status: status)
            }
        }
    }
}

/// How a run uses one fingerprint of one approval.
public struct ApprovalUse: Sendable, Hashable {
    public enum Status: String, Sendable, CaseIterable {
        /// It approves a change of this plan.
        case used
        /// An earlier run recorded its change; it is no longer needed.
        case usedUp
        /// Its last day has passed.
        case expired
        /// It matches no change of this plan, and none that is known to have gone out. The profile may have been edited again.
        case unmatched
    }

    public let file: String
    public let fingerprint: String
    public let approvedBy: String
    public let status: Status

    /// One line for the report.
    public var words: String {
        switch status {
        case .used: "\(file): \(fingerprint) approves a change in this plan"
        case .usedUp: "\(file): \(fingerprint) was already used in an earlier run; you can delete it"
        case .expired: "\(file): \(fingerprint) has expired"
        case .unmatched: "\(file): \(fingerprint) matches no change in this plan"
        }
    }
}
