import Basics
import Gates
import Profiles
import Reconciler
import ReportModel

/// The changes from which somebody chooses what to approve, as a report or a plan shows them.
struct ShownChanges {
    struct Change {
        let fingerprint: String
        let heldBy: [String]
        let words: String
    }

    private(set) var changes: [Change] = []
    private(set) var gates: [GateReport] = []
    /// What the report says of approval files.
    private var approvals: [String] = []
    /// Its name in messages.
    private let name: String

    /// Those of a JSON report.
    init(report file: String) throws {
        let report = try RecordedReport(file: file)
        name = file
        for tenant in try report.tenants() { add(tenant) }
        gates = try report.gates()
        approvals = report.approvals
    }

    /// Those of a plan, which is made now.
    init(plan request: RunRequest) throws {
        let planned = PlannedChanges()
        _ = try Reconciler.run(request) {
            planned.tenants = []
            return [planned]
        }
        name = "the plan"
        planned.tenants.forEach { add($0) }
        (gates, approvals) = (planned.tail?.gates ?? [], planned.tail?.approvals ?? [])
    }

    private mutating func add(_ tenant: TenantReport) {
        for profile in tenant.profiles {
            guard let fingerprint = profile.impact.fingerprint else { continue }
            changes.append(Change(fingerprint: fingerprint, heldBy: profile.heldBy, words: profile.words(in: tenant.id)))
        }
    }

    /// The one change whose fingerprint begins so.
    func change(_ beginning: String) throws -> Change {
        let found = changes.filter { $0.fingerprint.hasPrefix(beginning) }
        guard let first = found.first else {
            throw UsageError(
                "\(name) shows no change with the fingerprint \(beginning). Give a report that shows it with --report, or approve a whole fingerprint all the same with --unseen")
        }
        guard found.allSatisfy({ $0.fingerprint == first.fingerprint }) else {
            throw UsageError("\(found.count) changes in \(name) have a fingerprint that begins with \(beginning). Give more digits")
        }
        return first
    }

    /// Everything that a gate holds.
    ///
    /// - Throws: `UsageError` when it holds nothing, and when no approval passes it.
    func changes(heldBy gate: String) throws -> [Change] {
        let found = changes.filter { $0.heldBy.contains(gate) }
        guard !found.isEmpty else { throw UsageError("In \(name), no gate '\(gate)' holds anything\(didYouMean(gate, among: Set(changes.flatMap(\.heldBy))))") }
        let entries = gates.filter { $0.name == gate }
        // Two policies may have a gate of this name.
        if let why = entries.first?.whyNotApprovable, entries.allSatisfy({ $0.whyNotApprovable != nil }) { throw UsageError("cannot approve for '\(gate)': \(why)") }
        return found
    }

    /// Whether the report says that an approval file was already used.
    func saysUsed(_ file: String) -> Bool { approvals.contains { ApprovalUse.saysUsed(file, $0) } }
}

/// Keeps what a plan shows.
private final class PlannedChanges: ReportSink {
    var tenants: [TenantReport] = []
    var tail: ReportTail?

    func begin(_ head: ReportHead) {}
    func tenant(_ tenant: TenantReport) { tenants.append(tenant) }
    func end(_ tail: ReportTail) { self.tail = tail }
}
