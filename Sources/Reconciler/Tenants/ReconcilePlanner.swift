import AppliedState
import Basics
import ConfigRepository
import Live
import Payloads
import Planning
import Profiles
import Rendering
import ReportModel

/// Plan and reconcile: desired against applied.
final class ReconcilePlanner: TenantPlanner {
    private let context: RunContext
    private let loader: TenantLoader
    private let state: StateSnapshot
    private let baseFiles: BaseFiles
    /// Where what tenants have is what a plan begins from.
    private let sides: ThreeWayReader?

    init(_ context: RunContext) throws {
        self.context = context
        loader = try context.revision.loader()
        state = try context.snapshot()
        baseFiles = try context.revision.baseFiles()
        sides = try context.request.live.flatMap { context.request.repairs ? try ThreeWayReader(context, $0) : nil }
    }

    func plan(_ tenant: Candidates.Tenant) throws -> TenantStep {
        if let sides { return try repair(tenant, sides) }
        let applied = try AppliedEntries(tenant.id, formerly: tenant.formerly, in: state)
        if let own = applied.own, isUnchanged(tenant, own.state) {
            let count = own.state.profiles.count
            var outcome = Outcome(id: tenant.id, profilesBefore: count, profilesAfter: count, isInConfig: tenant.folder != nil)
            (outcome.bases, outcome.sharedChanges) = (own.state.bases, own.state.sharedChanges)
            return .done(outcome)
        }
        var desired = try context.load(tenant, loader)
        if let known = applied.identity, let now = desired { desired?.diagnostics += context.otherIdentity(now, tenant, recorded: (known.tenantID, known.cloud)) }
        var hasNamesakes = false
        if let source = context.request.live, applied.ids.isEmpty, let known = desired, !known.isBroken {
            let live = try self.live(known, source)
            desired?.diagnostics += live.diagnostics.filter { $0.severity == .error }
            hasNamesakes = self.hasNamesakes(known, live.profiles, applied)
        }
        if let warning = try desired?.newToIntune(applied) { desired?.diagnostics.append(warning) }
        var plan = try TenantPlan(id: tenant.id, desired: desired, applied: applied)
        plan.hasNamesakes = hasNamesakes
        return .planned(plan, folder: tenant.folder)
    }

    /// Plans from what the tenant has, where it drifted and nobody has accepted that: a tenant that cannot be read is left as applied.
    private func repair(_ tenant: Candidates.Tenant, _ reader: ThreeWayReader) throws -> TenantStep {
        let (found, sides) = try reader.compare(tenant)
        var desired = sides.desired
        desired?.diagnostics = sides.diagnostics
        var book = AcceptanceBook((desired?.accepted ?? AcceptedDrift()).following(sides.applied.renamed(sides.origins)), now: context.request.now)
        let wanted = Dictionary((desired?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var entries: [String: EffectiveProfile?] = [:]
        var live: [String: LiveVersion] = [:]
        var missing: [String: String] = [:]
        // Where nothing is applied, nothing has drifted: what the tenant has must be adopted first.
        for drift in found?.profiles ?? [] where drift.kind != .unmanaged && !sides.applied.ids.isEmpty {
            let profile = drift.impact.profile
            let applied = sides.appliedProfiles[profile]?.profile
            let isAccepted = zip(drift.impact.changes, drift.kinds).allSatisfy { book.entry(for: $0, of: profile, kind: $1, graphID: drift.graphID) != nil }
            // What the manifest changes anyway begins from what is there, accepted or not.
            if isAccepted, !drift.impact.changes.isEmpty, applied?.digest == wanted[profile]?.digest { continue }
            // What is as it was applied needs no other beginning, and what is gone needs no removal.
            guard drift.live?.digest != applied?.digest, drift.live != nil || wanted[profile] != nil else { continue }
            let entry = sides.origins[profile] ?? profile
            entries.updateValue(drift.live, forKey: entry)
            if drift.live == nil { missing[profile] = entry }
            live[profile] = drift.source.flatMap { LiveVersion($0.object) }
        }
        var plan = try TenantPlan(id: tenant.id, desired: desired, applied: sides.applied, found: entries)
        (plan.live, plan.missing) = (live, missing)
        if sides.applied.ids.isEmpty { plan.hasNamesakes = hasNamesakes(desired, sides.live.profiles, sides.applied) }
        return .planned(plan, folder: tenant.folder)
    }

    /// Whether a tenant has profiles of the manifests' names. What an earlier run has created and could not record is no stranger.
    private func hasNamesakes(_ desired: DesiredTenant?, _ live: [LiveProfile], _ applied: AppliedEntries) -> Bool {
        guard let desired else { return false }
        let names = Set(live.map(\.displayName))
        let own = (context.claimedCreations[desired.id] ?? []).union(applied.own?.state.unpublished.keys.map(\.self) ?? [])
        return desired.profiles.contains { names.contains($0.displayName) && !own.contains($0.id) }
    }

    /// What a tenant has that the applied state does not know.
    private func live(_ desired: DesiredTenant, _ source: any LiveSource) throws -> (profiles: [LiveProfile], diagnostics: [Diagnostic]) {
        let query = LiveTenantQuery(id: desired.id, tenantID: desired.tenant?.tenantID, cloud: desired.tenant?.cloud)
        let live = try waiting { [tenant = desired.tenant] in try await source.read(query) { TenantNames(tenant, $0) } }
        let diagnostics = live.diagnostics.map { found in
            var found = found
            found.tenant = desired.id
            return found
        }
        return (live.profiles, diagnostics)
    }

    private func isUnchanged(_ tenant: Candidates.Tenant, _ state: TenantState) -> Bool {
        guard let id = tenant.folder?.id, state.folder == id, state.renderer == PayloadTargets.version, state.held.isEmpty, state.unpublished.isEmpty,
            state.remainsIn.isEmpty, tenant.formerly.isEmpty, context.problems[tenant.id] == nil, !context.failedBefore.contains(tenant.id)
        else { return false }
        return state.bases.allSatisfy { baseFiles[$0.key]?.id == $0.value }
    }
}
