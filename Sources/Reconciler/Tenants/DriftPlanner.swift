import ConfigRepository
import Live
import Planning
import Profiles
import ReportModel
import Time

/// Drift: desired, applied and live, three ways; changes nothing.
final class DriftPlanner: TenantPlanner {
    private let sides: ThreeWayReader
    private let comparison: RunRequest.DriftComparison
    private let now: Instant

    init(_ context: RunContext, _ comparison: RunRequest.DriftComparison) throws {
        sides = try ThreeWayReader(context, comparison.live)
        self.comparison = comparison
        now = context.request.now
    }

    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep {
        var (found, sides) = try sides.compare(tenant)
        var outcome = Outcome(id: tenant.id, isInConfig: tenant.folder != nil)
        outcome.otherObjects = sides.live.others
        outcome.archived = sides.live.archived
        outcome.exportedAt = sides.live.writtenAt
        guard let found else {
            outcome.report = sides.report(.failed, [], unchanged: sides.count)
            return .done(outcome)
        }
        var book = AcceptanceBook((sides.desired?.accepted ?? AcceptedDrift()).following(sides.applied.renamed(sides.origins)), now: now)
        let profiles = found.profiles.map { drift in
            ProfileReport(
                impact: drift.impact, heldBy: [], places: sides.places(of: drift.impact),
                drift: note(drift, sides.appliedProfiles[drift.impact.profile]?.profile, tenant.id, &book))
        }
        sides.diagnostics += book.remarks(tenant: tenant.id)
        outcome.report = sides.report(.ok, profiles, unchanged: found.inSync)
        return .done(outcome)
    }

    private func note(_ drift: ProfileDrift, _ applied: EffectiveProfile?, _ tenant: String, _ book: inout AcceptanceBook) -> DriftNote {
        let profile = drift.impact.profile
        let differences = zip(drift.impact.changes, drift.kinds).map { change, kind -> DriftNote.Difference in
            let was = comparison.earlier?.earlier(tenant, profile, change.path, kind: kind, graphID: drift.graphID, live: change.before)
            let entry = book.entry(for: change, of: profile, kind: kind, graphID: drift.graphID)
            let value: SettingValue? = if let key = change.key { applied?[key] } else { applied.map { .text($0.displayName) } }
            // What nobody could be notified of is news still.
            let isNew = comparison.earlier.map { _ in was.map { $0.isNotified == false } ?? true }
            let notice: DriftNote.Notice? = isNew == false ? was?.isNotified.map { _ in .delivered } : comparison.notifies && entry == nil ? .pending : nil
            return DriftNote.Difference(
                kind: kind, applied: value ?? .none, acceptance: entry.map { .init(reason: $0.reason, acceptedBy: $0.acceptedBy, expires: $0.expires) },
                firstSeen: was?.firstSeen ?? comparison.firstSeen, isNew: isNew, notice: notice)
        }
        return DriftNote(kind: drift.kind, differences: differences, graphID: drift.graphID, lastModified: drift.source?.lastModified?.description)
    }
}
