import AppliedState
import ConfigRepository
import Gates
import Git
import JSONSource
import Profiles

/// Whether a run's plan removes so much of what is applied that the default gate wants an approval for all of it.
///
/// Most runs touch too few profiles for that. Only where enough are touched are their tenants read, since a broken one removes nothing, and
/// a profile may be left with nobody.
public struct MassRemoval {
    private let revision: ConfigRevision
    private let baseline: ConfigRevision?
    private let snapshot: StateSnapshot
    private let candidates: Candidates
    private let selection: Selection

    /// - Parameter baseline: the revision that a review compares with; without one, the applied state counts.
    public init(_ candidates: Candidates, of selection: Selection, _ revision: ConfigRevision, baseline: ConfigRevision?, applied snapshot: StateSnapshot) {
        (self.candidates, self.selection, self.revision, self.baseline, self.snapshot) = (candidates, selection, revision, baseline, snapshot)
    }

    /// - Parameter progress: hears how many tenants were read, of how many; what it throws ends the work.
    public func isPlanned(progress: (Int, Int) throws -> Void) throws -> Bool {
        guard baseline != nil || snapshot.tip != nil, !candidates.tenants.isEmpty else { return false }
        let before = try baseline?.loader()
        var edits = try BaseEdits(revision)
        let basesBefore = try baseline?.baseFiles().ids
        var touched: [(tenant: Candidates.Tenant, applied: Set<String>)] = []
        for tenant in candidates.tenants {
            if let applied = try appliedIDs(tenant, before, basesBefore, &edits) { touched.append((tenant, applied)) }
        }
        let most = touched.reduce(0) { $0 + $1.applied.count }
        guard GateKeeper.isMassRemoval(removals: most, applied: 0) else { return false }
        let applied = try appliedProfiles(before)
        guard GateKeeper.isMassRemoval(removals: most, applied: applied) else { return false }
        let loader = try revision.loader()
        var removals = 0
        for (position, tenant) in touched.enumerated() {
            try progress(position, touched.count)
            removals += try self.removals(tenant.tenant, tenant.applied, loader, before)
        }
        return GateKeeper.isMassRemoval(removals: removals, applied: applied)
    }

    /// How many of a tenant's applied profiles go, or are left with nobody.
    private func removals(_ tenant: Candidates.Tenant, _ applied: Set<String>, _ loader: TenantLoader, _ before: TenantLoader?) throws -> Int {
        let was = try before.flatMap { before in try tenant.before.map { try before.load(tenant.id, $0) } }
        let desired = try tenant.folder.map { try loader.load(tenant.id, $0) }
        guard was?.isBroken != true, desired?.isBroken != true else { return 0 }
        let wanted = Dictionary((desired?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let reachesNobody = applied.filter { wanted[$0].map { $0[.include].targets.isEmpty } ?? false }
        let gone = applied.count { wanted[$0] == nil }
        guard !reachesNobody.isEmpty else { return gone }
        let profiles = try was?.profiles ?? snapshot.tenant(tenant.id)?.profiles().values.map(\.self) ?? []
        return gone + profiles.count { reachesNobody.contains($0.id) && !$0[.include].targets.isEmpty }
    }

    /// The ids of a tenant's profiles as applied or, in a review, as the other revision wants them; nil when none of them can
    /// have gone.
    private func appliedIDs(
        _ tenant: Candidates.Tenant, _ before: TenantLoader?, _ basesBefore: [String: String]?, _ edits: inout BaseEdits
    ) throws -> Set<String>? {
        let isThere = tenant.folder?.id != nil
        if let before, let basesBefore {
            let isSame = isThere && tenant.folder?.id == tenant.before?.id && !edits.mayLeaveNobody(basesBefore)
            return isSame ? nil : try tenant.before.map { try before.manifestIDs($0) }
        }
        guard let state = try snapshot.tenant(tenant.id)?.state else { return nil }
        // What a gate holds in a folder is still to go, though the folder is the one last read.
        let isSame = isThere && tenant.folder?.id == state.folder && state.held.isEmpty && !edits.mayLeaveNobody(state.bases)
        return isSame ? nil : Set(state.profiles.keys)
    }

    private func appliedProfiles(_ before: TenantLoader?) throws -> Int {
        if let before {
            let folders = candidates.tenants.compactMap(\.before) + candidates.unreadBefore
            return try folders.reduce(0) { try $0 + before.manifestIDs($1).count }
        }
        return try snapshot.tenantIDs.filter(selection.contains).reduce(0) { try $0 + (snapshot.tenant($1)?.state.profiles.count ?? 0) }
    }
}

/// Tells whether edits of bases can leave profiles with nobody while their own files stay as they are: only where a base that changed said
/// whom profiles reach, or extended another base.
private struct BaseEdits {
    private let repository: Repository?
    private let now: BaseFiles
    /// Id of a base's former content → whether it could have said so.
    private var known: [String: Bool] = [:]

    init(_ revision: ConfigRevision) throws {
        now = try revision.baseFiles()
        repository = try revision.source.repository()
    }

    /// - Parameter bases: path → id of the content as last read.
    mutating func mayLeaveNobody(_ bases: [String: String]) -> Bool {
        for (path, id) in bases where now[path]?.id != id { if mayName(id) { return true } }
        return false
    }

    private mutating func mayName(_ id: String) -> Bool {
        if let answer = known[id] { return answer }
        var answer = true
        // Content that is gone could have said anything.
        if let repository, let object = ObjectID(hex: id), repository.exists(object),
            let text = try? repository.withBlob(object, limit: JSONLimits.fileSize, { String(decoding: $0, as: UTF8.self) })
        {
            // A key can be written with escapes.
            answer = ["assignments", "extends", "\\"].contains { text.contains($0) }
        }
        known[id] = answer
        return answer
    }
}
