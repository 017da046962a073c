import AppliedState
import ConfigRepository
import Gates
import Profiles

extension Preparation {
    /// Whether the plan removes so much of what is applied that the default gate wants an approval for all of it.
    ///
    /// Known from names alone; only when those say yes are the tenants read, since a broken one removes nothing.
    func isMassRemoval() throws -> Bool {
        guard request.mode.isGated, baseline != nil || snapshot.tip != nil, !candidates.tenants.isEmpty else { return false }
        let loader = try revision.loader()
        let before = try baseline?.loader()
        var removals: [(tenant: Candidates.Tenant, count: Int)] = []
        for tenant in candidates.tenants {
            guard let applied = try appliedIDs(tenant, before) else { continue }
            let wanted = try tenant.folder.map { try loader.manifestIDs($0) } ?? []
            let count = applied.subtracting(wanted).count
            if count > 0 { removals.append((tenant, count)) }
        }
        var count = removals.reduce(0) { $0 + $1.count }
        let applied = GateKeeper.isMassRemoval(removals: count, applied: 0) ? try appliedProfiles(before) : Int.max
        guard GateKeeper.isMassRemoval(removals: count, applied: applied) else { return false }
        count = try removals.filter { tenant, _ in
            if let before, let folder = tenant.before, try before.load(tenant.id, folder).isBroken { return false }
            return try tenant.folder.map { try !loader.load(tenant.id, $0).isBroken } ?? true
        }.reduce(0) { $0 + $1.count }
        return GateKeeper.isMassRemoval(removals: count, applied: applied)
    }

    /// The ids of a tenant's profiles as applied or, in a review, as the other revision wants them; nil when none of them can
    /// have gone.
    private func appliedIDs(_ tenant: Candidates.Tenant, _ before: TenantLoader?) throws -> Set<String>? {
        if let before {
            let isSame = tenant.folder?.id != nil && tenant.folder?.id == tenant.before?.id
            return isSame ? nil : try tenant.before.map { try before.manifestIDs($0) }
        }
        // What a gate holds in a folder is still to go, though the folder is the one last read.
        guard let state = try snapshot.tenant(tenant.id)?.state, tenant.folder?.id == nil || tenant.folder?.id != state.folder || !state.held.isEmpty else { return nil }
        return Set(state.profiles.keys)
    }

    private func appliedProfiles(_ before: TenantLoader?) throws -> Int {
        if let before {
            let folders = candidates.tenants.compactMap(\.before) + candidates.unreadBefore
            return try folders.reduce(0) { try $0 + before.manifestIDs($1).count }
        }
        return try snapshot.tenantIDs.filter(request.selection.contains).reduce(0) { try $0 + (snapshot.tenant($1)?.state.profiles.count ?? 0) }
    }
}
