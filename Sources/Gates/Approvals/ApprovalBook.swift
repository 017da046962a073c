import Time

/// All approvals of a run at its moment.
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

    /// What has become of every fingerprint of every approval, in the order of the approvals.
    ///
    /// Of a plan narrowed to some tenants, nothing is to be concluded from `unmatched`.
    ///
    /// - Parameters:
    ///   - planned: the fingerprints of this plan's changes; those that no approval names may be left out.
    ///   - hasGoneOut: whether an earlier run applied this change. Who cannot tell leaves it out: then an approval that
    ///     is used up counts as unmatched.
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

/// What has become of one fingerprint of one approval.
public struct ApprovalUse: Sendable, Hashable {
    public enum Status: String, Sendable, CaseIterable {
        /// It names a change of this plan.
        case used
        /// Its change went out in an earlier run; the file may go.
        case usedUp
        /// Its last day is over.
        case expired
        /// It names no change of this plan, nor any that is known to have gone out: the profile was edited again, perhaps.
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
