/// Gathers, over one run, what each gate holds, for the report.
public struct GateTally: Sendable {
    private struct Entry {
        let rank: Hold.Rank
        let name: String
        let source: String
        var held: [String] = []
        /// That of the first profile held; the gate or limit in it is the same for all.
        let passage: Hold.Passage
        /// Fingerprints of those that an approval would help.
        var needApproval: [String] = []
        var waiting = 0
    }

    private let approvals: ApprovalBook
    private var entries: [Hold.Rank: Entry] = [:]
    private var planned: Set<String> = []
    /// Fingerprints that an approval names and nothing holds.
    public private(set) var goneOut: Set<String> = []

    init(approvals: ApprovalBook) { self.approvals = approvals }

    /// Takes note of a changed profile and of what `LimitWalk.admit` said of it.
    public mutating func note(_ proposal: Proposal, heldBy: [Hold]) {
        let fingerprint = proposal.impact.fingerprint
        if let fingerprint, approvals.names(fingerprint) {
            planned.insert(fingerprint)
            if heldBy.isEmpty { goneOut.insert(fingerprint) }
        }
        for hold in heldBy {
            var entry = entries[hold.rank] ?? Entry(rank: hold.rank, name: hold.name, source: hold.source, passage: hold.passage)
            entry.held.append(proposal.name)
            if hold.needsApproval, let fingerprint { entry.needApproval.append(fingerprint) } else { entry.waiting += 1 }
            entries[hold.rank] = entry
        }
    }

    /// The gates that hold something, in the order of gates.md.
    public var gates: [GateReport] {
        entries.values.sorted { $0.rank < $1.rank }.map { entry in
            GateReport(name: entry.name, source: entry.source, held: entry.held, howToPass: howToPass(entry))
        }
    }

    /// What has become of the approvals; `hasGoneOut` as in `ApprovalBook.uses`.
    public func approvals(hasGoneOut: (String) -> Bool = { _ in false }) -> [ApprovalUse] {
        approvals.uses(planned: planned, hasGoneOut: hasGoneOut)
    }

    private func howToPass(_ entry: Entry) -> String {
        switch entry.passage {
        case .defaultGate:
            return "\(HowToPass.approve(entry.needApproval)) \"defaults\": \"off\" in the repository's policy switches this gate off."
        case .gate(let gate, _):
            if gate.require == .never { return HowToPass.never(entry.source) }
            var sentences: [String] = []
            if !entry.needApproval.isEmpty { sentences.append(HowToPass.approve(entry.needApproval)) }
            if let window = gate.window { sentences.append(HowToPass.window(window, approvals.now)) }
            return sentences.joined(separator: " ")
        case .limit(let limit, _):
            var sentences: [String] = []
            if entry.waiting > 0 { sentences.append(HowToPass.nextRun(limit, waiting: entry.waiting)) }
            if !entry.needApproval.isEmpty { sentences.append(HowToPass.tooLarge(limit, entry.needApproval)) }
            return sentences.joined(separator: " ")
        }
    }
}

extension Hold {
    /// Whether an approval is (part of) what the profile waits for.
    public var needsApproval: Bool {
        switch passage {
        case .gate(_, let needsApproval), .limit(_, let needsApproval): needsApproval
        case .defaultGate: true
        }
    }
}

/// One gate that holds something, as the report shows it.
public struct GateReport: Sendable, Hashable {
    public let name: String
    /// The policy's file, `--policy` or `default`.
    public let source: String
    /// `tenant/profile`, in order.
    public let held: [String]
    /// What an admin must do, or wait for.
    public let howToPass: String
}
