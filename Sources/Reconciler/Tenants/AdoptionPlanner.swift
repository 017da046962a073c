import AppliedState
import ConfigRepository
import Impact
import Live
import Payloads
import Planning
import Profiles
import Rendering
import ReportModel

/// Adopt: enters what tenants already have into the applied state. Every profile that a manifest describes and the state does not
/// know, in the form it has live: what a tenant already has is new to nobody.
final class AdoptionPlanner: TenantPlanner {
    private let sides: ThreeWayReader
    private let commit: String
    private var renderer: TenantRenderer

    init(_ context: RunContext, _ source: any LiveSource) throws {
        sides = try ThreeWayReader(context, source)
        commit = context.revision.source.commit?.description ?? ""
        renderer = try TenantRenderer()
    }

    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep {
        var (found, sides) = try sides.compare(tenant)
        var outcome = Outcome(id: tenant.id, isInConfig: tenant.folder != nil)
        guard let found, let desired = sides.desired?.tenant else {
            outcome.report = sides.report(sides.isBroken ? .failed : .ok, [], unchanged: sides.count)
            return .done(outcome)
        }
        let wanted = Set(sides.desired?.profiles.map(\.id) ?? [])
        var adopted: [(profile: EffectiveProfile, record: TenantState.Profile)] = []
        var reports: [ProfileReport] = []
        var known = found.inSync
        for drift in found.profiles {
            let id = drift.impact.profile
            let old = sides.applied.own?.state.profiles[id]
            guard sides.appliedProfiles[id] == nil || (drift.kind == .replaced && old != nil) else {
                known += 1
                continue
            }
            let note: AdoptionNote
            if let source = drift.source, !source.saysAssignments {
                // Nobody knows who has it, so that gates could not count them.
                let what = "\(sides.live.wording.noun) does not say whom it is assigned to"
                var problem = Diagnostic(
                    .notInExport, at: source.object, "'\(source.displayName)' is not adopted: \(what)", help: sides.live.wording.remedies[.assignments])
                (problem.tenant, problem.profile) = (tenant.id, id)
                sides.diagnostics.append(problem)
                note = .left(what)
            } else if let live = drift.live, wanted.contains(id) {
                var record = TenantState.Profile(
                    digest: live.digest, action: .none, generation: old?.generation ?? 1, graphID: drift.graphID)
                let version = drift.source.flatMap { LiveVersion($0.object) }
                (record.liveVersion, record.liveModified) = (version?.version, version?.lastModified)
                adopted.append((live, record))
                note = .adopted
            } else {
                note = .left(drift.live == nil ? "no live profile has this name; the next reconcile creates it" : "no manifest describes it")
            }
            reports.append(ProfileReport(impact: drift.impact, heldBy: [], places: sides.places(of: drift.impact), adoption: note))
        }
        let report = sides.report(.ok, reports, unchanged: known)
        outcome.report = report
        if !adopted.isEmpty {
            outcome.rendered.folders = [try renderer.adopt(adopted, desired, applied: sides.applied, commit: commit, members: sides.members, report: report.json())]
            outcome.profilesAfter = adopted.count { sides.appliedProfiles[$0.profile.id] == nil }
        }
        return .done(outcome)
    }
}
