import AppliedState
import Gates
import Profiles

/// Which removals go out only with an approval because there are so many of them.
struct MassRemoval: Sendable {
    /// The plan removes so much of what is applied that the default gate holds every removal in it.
    let isWholePlan: Bool
    /// Removals that an earlier run has held for that, as `tenant/profile`, while none of those is taken back: what was approved
    /// of them since, or created beside them, makes the rest no smaller matter.
    let waiting: Set<String>

    func takes(_ removal: String) -> Bool { isWholePlan || waiting.contains(removal) }
}

extension Run {
    /// Told from names alone; only when those say that it is one are the tenants read, since a broken one removes nothing.
    func massRemoval(_ candidates: Candidates, _ baseFiles: [String: ConfigEntry], _ zones: ZoneStore) throws -> MassRemoval {
        guard baseline != nil || (snapshot.tip != nil && request.mode != .validate) else { return MassRemoval(isWholePlan: false, waiting: []) }
        let loader = TenantLoader(reader: reader, bases: Bases(), baseFiles: baseFiles, zones: zones)
        let before = try baseline.map { try TenantLoader(reader: $0.source.reader(), bases: $0.bases, baseFiles: $0.baseFiles, zones: zones) }
        var removals: [(tenant: Candidates.Tenant, count: Int)] = []
        var waiting: Set<String> = []
        var isTakenBack = false
        for tenant in candidates.tenants {
            guard let applied = try standing(tenant, before) else { continue }
            let wanted = try tenant.folder.map { try loader.manifestIDs($0) } ?? []
            let count = applied.profiles.subtracting(wanted).count
            if count > 0 { removals.append((tenant, count)) }
            waiting.formUnion(applied.waiting.map { "\(tenant.id)/\($0)" })
            if !applied.waiting.isDisjoint(with: wanted) { isTakenBack = true }
        }
        return MassRemoval(isWholePlan: try isMassRemoval(removals, candidates, loader, before), waiting: isTakenBack ? [] : waiting)
    }

    private func isMassRemoval(
        _ removals: [(tenant: Candidates.Tenant, count: Int)], _ candidates: Candidates, _ loader: TenantLoader, _ before: TenantLoader?
    ) throws -> Bool {
        var count = removals.reduce(0) { $0 + $1.count }
        let applied = GateKeeper.isMassRemoval(removals: count, applied: 0) ? try appliedProfiles(candidates, before) : Int.max
        guard GateKeeper.isMassRemoval(removals: count, applied: applied) else { return false }
        count = try removals.filter { removal in
            let (tenant, _) = removal
            if let before, let folder = tenant.before, try before.load(tenant.id, folder).isBroken { return false }
            return try tenant.folder.map { try !loader.load(tenant.id, $0).isBroken } ?? true
        }.reduce(0) { $0 + $1.count }
        return GateKeeper.isMassRemoval(removals: count, applied: applied)
    }

    /// The ids of a tenant's profiles as applied or, in a review, as the other revision wants them, and of those whose removal an
    /// earlier run has held as one of many; nil when none of them can have gone.
    private func standing(_ tenant: Candidates.Tenant, _ before: TenantLoader?) throws -> (profiles: Set<String>, waiting: Set<String>)? {
        if let before {
            let isSame = tenant.folder.map { !$0.id.isEmpty && $0.id == tenant.before?.id } ?? false
            return isSame ? nil : try tenant.before.map { (try before.manifestIDs($0), []) }
        }
        // What a gate holds of a folder is still to go, though the folder is the one last worked off.
        guard let state = try snapshot.tenant(tenant.id)?.state, tenant.folder?.id.isEmpty != false || tenant.folder?.id != state.folder || !state.held.isEmpty else {
            return nil
        }
        let profiles = Set(state.profiles.keys)
        return (profiles, state.removalsHeld[.massRemoval]?.intersection(profiles) ?? [])
    }

    private func appliedProfiles(_ candidates: Candidates, _ before: TenantLoader?) throws -> Int {
        if let before {
            let folders = candidates.tenants.compactMap(\.before) + candidates.unreadBefore
            return try folders.reduce(0) { try $0 + before.manifestIDs($1).count }
        }
        return try snapshot.tenantIDs.filter(request.selection.contains).reduce(0) { try $0 + (snapshot.tenant($1)?.state.profiles.count ?? 0) }
    }
}
