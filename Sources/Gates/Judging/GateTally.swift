/// Collects what each gate holds during one run, for the report.
public struct GateTally: Sendable {
    /// A gate that holds some profiles until somebody does something, and lets others only wait, is two entries.
    private struct Key: Hashable, Comparable {
        let rank: Hold.Rank
        let isWaiting: Bool

        static func < (one: Key, other: Key) -> Bool { one.rank == other.rank ? !one.isWaiting && other.isWaiting : one.rank < other.rank }
    }

    private struct Entry {
        let name: String
        let source: String
        var held: [String] = []
        /// Fingerprints of the profiles that each remedy would help.
        var remedies: [Remedy: [String]] = [:]

        var howToPass: String {
            remedies.sorted { $0.key.order < $1.key.order }.map { $0.key.sentence(for: $0.value, of: name) }.joined(separator: " ")
        }
    }

    private let approvals: ApprovalBook
    private var entries: [Key: Entry] = [:]
    private var planned: Set<String> = []
    /// `Approval.id(for:)` of approvals whose change nothing holds: once it is recorded, they are used up.
    public private(set) var used: Set<String> = []
    /// People who notice what goes out; an unknown number fills the day.
    public private(set) var people = 0

    init(approvals: ApprovalBook) { self.approvals = approvals }

    /// Notes a changed profile and the result of `LimitWalk.admit` for it.
    ///
    /// - Parameter goesOut: whether what no gate holds really went out. Otherwise nobody noticed it, and its approval can still be used.
    public mutating func note(_ proposal: Proposal, heldBy: [Hold], goesOut: Bool = true) {
        guard let fingerprint = proposal.impact.fingerprint else { return }
        if approvals.names(fingerprint) {
            planned.insert(fingerprint)
            if heldBy.isEmpty, goesOut { used.formUnion(approvals.ids(naming: fingerprint)) }
        }
        if heldBy.isEmpty, goesOut { people = DayLedger.sum(people, proposal.peopleOfTheDay) }
        for hold in heldBy {
            let key = Key(rank: hold.rank, isWaiting: hold.isWaiting)
            var entry = entries[key] ?? Entry(name: hold.name, source: hold.source)
            entry.held.append(proposal.name)
            for remedy in hold.remedies { entry.remedies[remedy, default: []].append(fingerprint) }
            entries[key] = entry
        }
    }

    /// The gates that hold something: the repository's, the tenants', those from outside, default gates, limits.
    public var gates: [GateReport] {
        entries.sorted { $0.key < $1.key }.map { key, entry in
            GateReport(name: entry.name, source: entry.source, isWaiting: key.isWaiting, held: entry.held, howToPass: entry.howToPass)
        }
    }

    /// How the run uses the approvals.
    public func approvalUses() -> [ApprovalUse] { approvals.uses(planned: planned) }
}

/// One gate that holds something, as the report shows it.
public struct GateReport: Sendable, Hashable {
    public let name: String
    /// The policy's file, `--policy` or `default`.
    public let source: String
    /// Whether time alone lets these profiles through; otherwise somebody must do something.
    public let isWaiting: Bool
    /// `tenant/profile`, in order.
    public let held: [String]
    /// What an admin must do or wait for, in whole sentences.
    public let howToPass: String

    public init(name: String, source: String, isWaiting: Bool, held: [String], howToPass: String) {
        self.name = name
        self.source = source
        self.isWaiting = isWaiting
        self.held = held
        self.howToPass = howToPass
    }

    /// Whether this is a limit, which no approval passes: what is larger than the whole limit is approved by its fingerprint.
    public var isLimit: Bool { name.hasPrefix(Limits.namePrefix) }

    /// Why there is nothing to approve; nil where an approval passes the gate.
    public var whyNotApprovable: String? {
        if isLimit { return "no approval passes a limit. To let a profile that is larger than the whole limit take its turn, name its fingerprint" }
        if howToPass.contains(Remedy.command) { return nil }
        if isWaiting, let next = howToPass.firstRange(of: ", next ") {
            let opening = howToPass[next.upperBound...].prefix { $0 != "." }
            return "\(name) opens \(opening); there is nothing to approve"
        }
        return "\(howToPass) There is nothing to approve"
    }
}
