import Profiles
import Time

/// All approvals of a run, at the time of the run.
///
/// An approval counts for a change while it names its fingerprint, has not expired, was not used up, and the history of its file speaks for it. It
/// passes gates; no approval passes a window, a `never` or a limit.
public struct ApprovalBook: Sendable {
    public let approvals: [Approval]
    public let now: Instant
    /// `Approval.id(for:)` of what earlier runs have used up.
    private let usedUp: Set<String>
    /// Whether the history lets an approval file count, for a gate from outside the repository or for others. Asked only about files that
    /// name a change which such a gate holds.
    private let isVouched: @Sendable (_ file: String, _ outside: Bool) -> Bool
    /// Fingerprint → every approval that names it.
    private let naming: [String: [Approval]]

    public init(
        _ approvals: [Approval], now: Instant, usedUp: Set<String> = [],
        isVouched: @escaping @Sendable (_ file: String, _ outside: Bool) -> Bool = { _, _ in true }
    ) {
        self.approvals = approvals
        self.now = now
        self.usedUp = usedUp
        self.isVouched = isVouched
        var naming: [String: [Approval]] = [:]
        for approval in approvals { for fingerprint in approval.fingerprints { naming[fingerprint, default: []].append(approval) } }
        self.naming = naming
    }

    /// Whether an approval that counts now names the change of this profile, whatever gates it is for.
    ///
    /// - Parameter outside: whether it is asked for a policy that comes from outside the repository.
    func approves(_ proposal: Proposal, outside: Bool) -> Bool { counts(for: proposal, outside: outside) { _ in true } }

    /// Whether an approval that counts now lets the profile pass a gate of this name.
    func passes(_ proposal: Proposal, gate: String, outside: Bool) -> Bool { counts(for: proposal, outside: outside) { $0.isFor(gate) } }

    /// Whether an approval that counts now lets the profile pass a gate that only an approval passes that names the gate.
    func passesByName(_ proposal: Proposal, gate: String, outside: Bool) -> Bool { counts(for: proposal, outside: outside) { $0.gates?.contains(gate) == true } }

    /// The approvals that count now for the change of this profile.
    func given(for proposal: Proposal) -> [Approval] {
        guard let fingerprint = proposal.impact.fingerprint else { return [] }
        return (naming[fingerprint] ?? []).filter { $0.isValid(at: now) && !usedUp.contains($0.id(for: fingerprint)) && isVouched($0.file, false) }
    }

    private func counts(for proposal: Proposal, outside: Bool, _ isFor: (Approval) -> Bool) -> Bool {
        guard let fingerprint = proposal.impact.fingerprint else { return false }
        return (naming[fingerprint] ?? []).contains { approval in
            isFor(approval) && approval.isValid(at: now) && !usedUp.contains(approval.id(for: fingerprint)) && isVouched(approval.file, outside)
        }
    }

    /// Whether any approval names this change, expired or not.
    public func names(_ fingerprint: String) -> Bool { naming[fingerprint] != nil }

    /// `Approval.id(for:)` of every approval that names this change: they are used up once it is recorded.
    func ids(naming fingerprint: String) -> [String] { (naming[fingerprint] ?? []).map { $0.id(for: fingerprint) } }

    /// How the run uses every fingerprint of every approval, in the order of the approvals.
    ///
    /// `unmatched` means nothing when the plan is narrowed to some tenants.
    ///
    /// - Parameter planned: the fingerprints of this plan's changes; those that no approval names may be omitted.
    public func uses(planned: Set<String>) -> [ApprovalUse] {
        approvals.map { approval in
            var use = ApprovalUse(file: approval.file, approvedBy: approval.approvedBy)
            for fingerprint in approval.fingerprints {
                let status: ApprovalUse.Status =
                    if usedUp.contains(approval.id(for: fingerprint)) {
                        planned.contains(fingerprint) ? .spent : .usedUp
                    } else if !approval.isValid(at: now) {
                        planned.contains(fingerprint) ? .tooLate : .expired
                    } else {
                        planned.contains(fingerprint) ? .used : .unmatched
                    }
                use.counts[status, default: 0] += 1
            }
            return use
        }
    }
}

/// How a run uses one approval file.
public struct ApprovalUse: Sendable, Hashable {
    public enum Status: Sendable, CaseIterable {
        /// It approves a change of this plan.
        case used
        /// It names a change of this plan, and an earlier run recorded the identical change with it: now that needs a new approval.
        case spent
        /// It names a change of this plan, and its last day has passed.
        case tooLate
        /// An earlier run recorded its change; it is no longer needed.
        case usedUp
        /// Its last day has passed.
        case expired
        /// It matches no change of this plan, and none that is known to have gone out. The profile may have been edited again.
        case unmatched

        /// Completes "It …" for all fingerprints of a file.
        fileprivate var sentence: String {
            switch self {
            case .used: "approves what is in this plan"
            case .spent: "was already used; the identical change needs a new approval"
            case .tooLate: "has expired; the change needs a new approval"
            case .usedUp: "was already used; you can delete it"
            case .expired: "has expired; you can delete it"
            case .unmatched: "matches no change in this plan"
            }
        }

        /// Follows a number of fingerprints.
        fileprivate var words: String {
            switch self {
            case .used: "in this plan"
            case .spent: "already used, so that the identical change needs a new approval"
            case .tooLate: "in this plan, but expired"
            case .usedUp: "already used"
            case .expired: "expired"
            case .unmatched: "without a change in this plan"
            }
        }
    }

    public let file: String
    public let approvedBy: String
    /// How many of its fingerprints are used how.
    public var counts: [Status: Int] = [:]

    init(file: String, approvedBy: String) {
        self.file = file
        self.approvedBy = approvedBy
    }

    /// Whether all that it says is of this kind.
    public func isOnly(_ statuses: Status...) -> Bool { counts.keys.allSatisfy(statuses.contains) }

    /// Whether it names a change of this plan.
    public var concernsThePlan: Bool { counts.keys.contains { [.used, .spent, .tooLate].contains($0) } }

    /// Whether a line of a report says that this approval file was already used, at least in part.
    public static func saysUsed(_ file: String, _ line: String) -> Bool {
        (line.hasPrefix(file + " ") || line.hasPrefix(file + ":")) && line.contains(alreadyUsed)
    }

    private static let alreadyUsed = "already used"

    /// One line for the report.
    public var words: String {
        let found = Status.allCases.compactMap { status in counts[status].map { (status, $0) } }
        if found.count == 1, let status = found.first?.0 { return "\(file) \(status.sentence)" }
        return "\(file): " + found.map { "\($1) \($1 == 1 ? "fingerprint" : "fingerprints") \($0.words)" }.joined(separator: ", ")
    }
}
