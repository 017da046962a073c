import Live
import Profiles

/// What a drift run counts beside the tenants' reports: what else the live source holds, and what has become of earlier differences.
public final class DriftTally {
    private let earlier: EarlierDrift?
    private let selection: Selection
    /// Type → count of Graph's other objects.
    private var others: [String: Int] = [:]
    private var archived = 0
    private var oldestExport: Int64?
    /// Why nobody can say who changed profiles → in how many tenants.
    private var attributionRefusals: [String: Int] = [:]
    /// When the oldest difference that nobody has accepted was first seen, RFC 3339.
    private var oldestDrift: String?
    /// Tenants that could not be compared.
    private var failed: Set<String> = []
    /// The keys of what still differs.
    private var stays: Set<String> = []

    /// - Parameters:
    ///   - earlier: an earlier drift report.
    ///   - selection: the tenants of the run.
    public init(_ earlier: EarlierDrift?, _ selection: Selection) {
        self.earlier = earlier
        self.selection = selection
    }

    /// Takes one tenant: its report, and what its live source says beside its profiles.
    public func take(_ report: TenantReport?, _ remarks: LiveRemarks) {
        archived += remarks.archived
        others.merge(remarks.otherObjects, uniquingKeysWith: +)
        if let refusal = remarks.attributionRefusal { attributionRefusals[refusal, default: 0] += 1 }
        if let time = remarks.exportedAt { oldestExport = min(oldestExport ?? time, time) }
        guard let report else { return }
        for difference in report.profiles.flatMap({ $0.drift?.differences ?? [] }) where difference.acceptance == nil { note(firstSeen: difference.firstSeen) }
        if report.status == .failed { failed.insert(report.id) }
        guard earlier != nil else { return }
        for profile in report.profiles {
            guard let drift = profile.drift else { continue }
            for change in profile.impact.changes { stays.insert(EarlierDrift.key(report.id, profile.impact.profile, change.path, drift.kind, drift.graphID)) }
        }
    }

    /// Completes the end of the report.
    public func finish(_ tail: inout ReportTail) {
        func isKnown(_ tenant: String) -> Bool { !failed.contains(tenant) && selection.contains(tenant) }
        tail.resolved = earlier?.resolved(stays: stays, isKnown: isKnown) ?? []
        tail.carried = earlier?.carried(isKnown: isKnown) ?? []
        for difference in tail.carried { note(firstSeen: difference.firstSeen) }
        (tail.oldestExport, tail.oldestDrift) = (oldestExport, oldestDrift)
        tail.summary.drift?.changes?.resolved = tail.resolved.count
        if let note { tail.notes.append(note) }
        for (refusal, count) in attributionRefusals.sorted(by: { $0.key < $1.key }) {
            tail.notes.append("Who changed profiles is unknown in \(count) tenant\(count == 1 ? "" : "s"): \(refusal).")
        }
        if archived > 0 { tail.notes.append("Skipped \(archived) file\(archived == 1 ? "" : "s") in __archive__, where IntuneCD keeps what was deleted in Intune.") }
    }

    private func note(firstSeen: String?) {
        // Times of one form sort as they follow each other.
        if let firstSeen { oldestDrift = min(oldestDrift ?? firstSeen, firstSeen) }
    }

    /// What else the live source holds, in one sentence.
    private var note: String? {
        guard !others.isEmpty else { return nil }
        let shown = 10
        let types = others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(shown).map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "Skipped, since they are not email profiles: \(types)\(others.count > shown ? ", and \(others.count - shown) more types" : "")."
    }
}
