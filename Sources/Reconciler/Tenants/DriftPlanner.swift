import Basics
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
        outcome.live.otherObjects = sides.live.others
        outcome.live.archived = sides.live.archived
        outcome.live.exportedAt = sides.live.writtenAt
        guard let found else {
            outcome.report = sides.report(.failed, [], unchanged: sides.count)
            return .done(outcome)
        }
        var book = AcceptanceBook((sides.desired?.accepted ?? AcceptedDrift()).following(sides.applied.renamed(sides.origins)), now: now)
        var profiles = found.profiles.map { drift in
            ProfileReport(
                impact: drift.impact, heldBy: [], places: sides.places(of: drift.impact),
                drift: note(drift, sides.appliedProfiles[drift.impact.profile]?.profile, tenant.id, &book))
        }
        outcome.live.attributionRefusal = try attribute(&profiles, sides)
        sides.diagnostics += book.remarks(tenant: tenant.id)
        outcome.report = sides.report(.ok, profiles, unchanged: found.inSync)
        return .done(outcome)
    }

    /// Says who changed what is not as it was applied, where the source keeps a record of that. What people have accepted is not asked about
    /// every night.
    ///
    /// - Returns: why the record could not be read.
    private func attribute(_ profiles: inout [ProfileReport], _ sides: ThreeSides) throws -> String? {
        let positions = profiles.indices.filter { index in
            profiles[index].drift.map { [.modified, .missing, .replaced, .unmanaged].contains($0.kind) && !$0.isAccepted } ?? false
        }
        func query(_ index: Int) -> AttributionQuery? {
            guard let drift = profiles[index].drift, let id = drift.graphID ?? sides.appliedProfiles[profiles[index].impact.profile]?.graphID else { return nil }
            return AttributionQuery(graphID: id, lastModified: drift.kind == .missing ? nil : drift.lastModified.flatMap { Instant($0) })
        }
        let queries = positions.map(query)
        guard !positions.isEmpty else { return nil }
        let asked = queries.compactMap(\.self)
        guard let answer = try waiting(for: { [live = comparison.live, tenant = sides.query] in try await live.attributions(of: tenant, asked) }) else { return nil }
        for (index, query) in zip(positions, queries) { profiles[index].drift?.changedBy = query.flatMap { answer.found[$0.graphID] }.map { .known($0) } ?? .unknown }
        return answer.refusal
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
