/// Collects what each gate holds during one run, for the report.
public struct GateTally: Sendable {
    private struct Entry {
        let name: String
        let source: String
        var held: [String] = []
        /// Fingerprints of the profiles that each remedy would help.
        var remedies: [Remedy: [String]] = [:]

        var howToPass: String {
            remedies.sorted { $0.key.order < $1.key.order }.map { $0.key.sentence(for: $0.value) }.joined(separator: " ")
        }
    }

    private let approvals: ApprovalBook
    private var entries: [Hold.Rank: Entry] = [:]
    private var planned: Set<String> = []
    /// Fingerprints that an approval names and that nothing holds.
    public private(set) var goneOut: Set<String> = []

    init(approvals: ApprovalBook) { self.approvals = approvals }

    /// Notes a changed profile and the result of `LimitWalk.admit` for it.
    public mutating func note(_ proposal: Proposal, heldBy: [Hold]) {
        guard let fingerprint = proposal.impact.fingerprint else { return }
        if approvals.names(fingerprint) {
            planned.insert(fingerprint)
            if heldBy.isEmpty { goneOut.insert(fingerprint) }
        }
        for hold in heldBy {
            var entry = entries[hold.rank] ?? Entry(name: hold.name, source: hold.source)
            entry.held.append(proposal.name)
            for remedy in hold.remedies { entry.remedies[remedy, default: []].append(fingerprint) }
            entries[hold.rank] = entry
        }
    }

    /// The gates that hold something: the repository's, the tenants', those from outside, default gates, limits.
    public var gates: [GateReport] {
        entries.sorted { $0.key < $1.key }.map { _, entry in
            GateReport(name: entry.name, source: entry.source, held: entry.held, howToPass: entry.howToPass)
        }
    }

    /// How the run uses the approvals; `hasGoneOut` as in `ApprovalBook.uses`.
    public func approvals(hasGoneOut: (String) -> Bool = { _ in false }) -> [ApprovalUse] {
        approvals.uses(planned: planned, hasGoneOut: hasGoneOut)
    }
}

/// One gate that holds something, as the report shows it.
public struct GateReport: Sendable, Hashable {
    public let name: String
    /// The policy's file, `--policy` or `default`.
    public let source: String
    /// `tenant/profile`, in order.
    public let held: [String]
    /// What an admin must do or wait for, in whole sentences.
    public let howToPass: String
}
