import AppliedState
import Basics
import Impact
import JSONSource
import ReportModel

/// The reports of a deferred reconcile, less what was not applied: the applied state says only what devices have.
struct PartialReport {
    /// Tenant → the profiles that stay as they were, and the others.
    private var left: [String: (gone: [ProfileReport], rest: [ProfileReport])] = [:]
    private var gone: [ProfileReport] { left.values.flatMap(\.gone) }
    /// `tenant/profile` of those, in order.
    private var names: [String] = []

    /// A tenant's part of the report without these profiles, which count as unchanged.
    mutating func tenantPart(_ document: JSONDocument, without profiles: Set<String>) throws -> [UInt8] {
        guard var report = document.root.flatMap(TenantReport.init) else { throw ConfirmationRefused.notAsDeferred(document.file) }
        let gone = report.profiles.filter { profiles.contains($0.impact.profile) }
        report.profiles.removeAll { profiles.contains($0.impact.profile) }
        report.unchanged += gone.count { $0.impact.action != .create }
        left[report.id] = (gone, report.profiles)
        names += gone.map { "\(report.id)/\($0.impact.profile)" }
        return report.json()
    }

    /// `report.json` of the state commit.
    func json(_ report: JSONDocument) throws -> [UInt8] {
        left.isEmpty ? report.text : try RecordedReport(file: report.file, bytes: report.text).withdrawing(left, note: note)
    }

    /// `report.md` of the state commit: as it was deferred, or, in part, what was applied and what was not.
    func markdown(_ report: [UInt8], _ deferred: CommitMessage) -> [UInt8] {
        guard !left.isEmpty else { return report }
        let done = message(of: deferred).counts
        return Array("### Applied in part: \(done.isEmpty ? "nothing" : done)\n\n\(note)\n\nThe tenants' `report.json` say what each change means for people.\n".utf8)
    }

    /// Of the changes that did not go out.
    var fingerprints: [String] { gone.compactMap(\.impact.fingerprint) }

    /// The commit's message.
    func message(_ deferred: CommitMessage) -> String { left.isEmpty ? deferred.text : "\(message(of: deferred).text)\(note)\n" }

    private func message(of deferred: CommitMessage) -> CommitMessage {
        var message = deferred
        for profile in gone { message.actions[profile.impact.action, default: 0] -= 1 }
        return message
    }

    private var note: String {
        let shown = names.prefix(20).joined(separator: ", ")
        return "Not applied, and left as it was: \(shown)\(names.count > 20 ? " and \(names.count - 20) more" : "")."
    }
}
