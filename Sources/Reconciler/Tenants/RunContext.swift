import AppliedState
import ConfigRepository
import Gates
import Git
import Planning
import Profiles
import Rendering
import ReportModel

/// What all threads of a run share: values, or objects with their own locks.
struct RunContext: Sendable {
    let request: RunRequest
    let revision: ConfigRevision
    let baseline: ConfigRevision?
    let keeper: GateKeeper
    let listing: StateListing
    let storePath: String?
    /// Tenants that were broken when they were last looked at.
    let failedBefore: Set<String>
    /// Folder → what is wrong with the tenantId that it names.
    let problems: [String: [Diagnostic]]
    let isMassRemoval: Bool
    let baseEdits: OverriddenBaseEdits
    /// Who made the changes that a plan, a review or a reconcile speaks of.
    let edits: EditHistory?
    /// Whether rings order what goes out.
    let hasRings: Bool
    /// Tenant → profiles that an earlier run was about to create when it ended: what has their names in Intune is easel's own.
    let claimedCreations: [String: Set<String>]

    /// - Parameter watched: tenants that are planned for rings alone.
    init(_ prepared: Preparation, isMassRemoval: Bool, watched: Candidates?, claimedCreations: [String: Set<String>] = [:]) throws {
        self.claimedCreations = claimedCreations
        request = prepared.request
        revision = prepared.revision
        baseline = prepared.baseline
        keeper = prepared.gates.keeper
        listing = prepared.snapshot.listing
        storePath = prepared.opened.store?.store.repositoryPath
        failedBefore = prepared.rootState.failed
        problems = prepared.candidates.problems.merging(watched?.problems ?? [:]) { own, _ in own }
        hasRings = prepared.hasRings
        self.isMassRemoval = isMassRemoval
        baseEdits = OverriddenBaseEdits(revision.source)
        edits = [.plan, .review, .reconcile].contains(request.mode.command) ? EditHistory(revision.source) : nil
    }

    /// A tenant as the config repository wants it, with what its folder's tenantId says about it; nil where its folder is gone.
    func load(_ tenant: Candidates.Tenant, _ loader: TenantLoader) throws -> DesiredTenant? {
        let problems = (self.problems[tenant.id] ?? []).map { $0.of(tenant: tenant.id) }
        guard let folder = tenant.folder else {
            guard !problems.isEmpty else { return nil }
            // It is not gone, but hidden: nothing of it may be removed.
            var hidden = DesiredTenant(id: tenant.id)
            hidden.diagnostics = problems
            return hidden
        }
        var desired = try loader.load(tenant.id, folder)
        desired.diagnostics += problems
        return desired
    }

    /// A folder that is another tenant than before would send what it has to people who never had it.
    func otherIdentity(_ desired: DesiredTenant, _ tenant: Candidates.Tenant, recorded: (tenantID: String?, cloud: String?)) -> [Diagnostic] {
        guard let now = desired.tenant, !request.acceptedTenantIDs.contains(tenant.id) || tenant.isLeft else { return [] }
        func differs(_ key: StaticString, _ what: String, _ was: String) -> [Diagnostic] {
            let help = tenant.isLeft
                ? "The profiles that are recorded here move to another folder; run reconcile for that one first, then again"
                : "Another tenant needs a folder of its own. If the recorded \(key) was wrong, run with --accept-tenant-id \(tenant.id)"
            let message = "Tenant \(tenant.id) has \(what), and '\(was)' is recorded for it"
            let place = desired.document?.root?[key] ?? desired.document?.root
            return place.map { [Diagnostic(.otherTenantID, at: $0, message, help: help).of(tenant: tenant.id)] } ?? []
        }
        if let was = recorded.tenantID, was != now.tenantID { return differs("tenantId", "tenantId '\(now.tenantID)'", was) }
        if let was = recorded.cloud, was != now.cloud.rawValue { return differs("cloud", "cloud '\(now.cloud.rawValue)'", was) }
        return []
    }

    /// The applied state, for one thread.
    func snapshot() throws -> StateSnapshot { StateSnapshot(listing, repository: try storePath.map(Repository.openBare(path:))) }
}

extension Diagnostic {
    fileprivate func of(tenant: String) -> Diagnostic {
        var diagnostic = self
        diagnostic.tenant = tenant
        return diagnostic
    }
}
