import AppliedState
import ConfigRepository
import Git
import JSONSource
import Profiles
import ReportModel

/// One state commit: what a reconcile did.
public struct HistoryEntry: Sendable {
    /// What the run did to one tenant, from the part of its report that the state branch keeps.
    public struct Tenant: Sendable {
        public let id: String
        /// The source commit that the run read for this tenant.
        public let source: String
        /// Those that changed or were renamed; what a gate held is not among them, since it did not happen.
        public let profiles: [ProfileReport]
    }

    /// On the state branch.
    public let commit: ObjectID
    /// Seconds since 1970.
    public let time: Int64
    /// In the order of their ids.
    public let tenants: [Tenant]
}

/// Who was changed when and how, from the state branch.
public enum StateHistory {
    /// The newest entries first; commits that changed no profile (of those asked for) are left out. What is asked for by its present name is
    /// followed to the names that it had before.
    ///
    /// - Parameters:
    ///   - selection: of tenants.
    ///   - profile: of the one tenant selected; nil: every profile.
    ///   - limit: entries at most.
    ///   - since: seconds since 1970; the walk ends at the first run before.
    ///   - fetched: takes the name of the branch, `origin/easel/applied`, where it is a remote's as this clone last fetched it.
    ///   - body: answers whether the entry counts.
    public static func walk(
        _ places: Places, selection: Selection, profile: String? = nil, limit: Int, since: Int64? = nil, fetched: (String) -> Void = { _ in }, _ body: (HistoryEntry) throws -> Bool
    ) throws {
        let opened = try places.open(.read, isReproducible: false)
        guard let store = opened.store, var tip = store.tip else { return }
        if let name = store.fetchedName { fetched(name) }
        let repository = try Repository.openBare(path: store.store.repositoryPath)
        var after = try StateSnapshot(repository: repository, tip: tip)
        var asked = Asked(selection: selection, profiles: profile.map { name in Set(selection.tenants.map { "\($0)/\(name)" }) })
        var count = 0
        while count < limit {
            let info = try repository.commit(tip)
            if let since, info.time < since { return }
            // Runs are never merged: the first parent is the state that a run found.
            let parent = info.parents.first
            guard parent.map(repository.exists) ?? true else { return }
            let before = try StateSnapshot(repository: repository, tip: parent)
            let entry = HistoryEntry(commit: tip, time: info.time, tenants: try after.isRun() ? tenants(before, after, asked) : [])
            asked.follow(entry)
            if !entry.tenants.isEmpty, try body(entry) { count += 1 }
            guard let parent else { return }
            tip = parent
            after = before
        }
    }

    /// What somebody asked for, by the names that it has in the commit at hand.
    private struct Asked {
        let selection: Selection
        /// `tenant/profile`; nil: every profile of the selection.
        var profiles: Set<String>?
        /// Earlier folders of tenants in the selection.
        var tenants: Set<String> = []

        func contains(tenant id: String) -> Bool { selection.contains(id) || tenants.contains(id) }
        func contains(_ profile: String, of tenant: String) -> Bool { profiles?.contains("\(tenant)/\(profile)") ?? true }

        /// Whatever was renamed in an entry had its earlier name before.
        mutating func follow(_ entry: HistoryEntry) {
            for tenant in entry.tenants {
                for profile in tenant.profiles {
                    guard let origin = profile.movedFrom else { continue }
                    let earlier = origin.contains("/") ? origin : "\(tenant.id)/\(origin)"
                    tenants.insert(String(earlier.prefix { $0 != "/" }))
                    if profiles?.remove("\(tenant.id)/\(profile.impact.profile)") != nil { profiles?.insert(earlier) }
                }
            }
        }
    }

    private static func tenants(_ before: StateSnapshot, _ after: StateSnapshot, _ asked: Asked) throws -> [HistoryEntry.Tenant] {
        let ids = Set(after.tenantIDs).filter { asked.contains(tenant: $0) && before.tree(ofTenant: $0) != after.tree(ofTenant: $0) }
        return try ids.sorted(by: JSONWriter.precedes).compactMap { id in
            // Other sources, or something held: no profile was touched.
            guard let is_ = try after.tenant(id), try before.tenant(id)?.state.serial != is_.state.serial, let file = is_.file("report.json") else { return nil }
            let path = "tenants/\(id)/report.json"
            let document = JSONDocument(file: path, bytes: try is_.bytes(file), limit: JSONLimits.ownFileSize)
            guard let report = document.root.flatMap(TenantReport.init) else { throw StateError.unreadable(file: path, why: "it is not a tenant's report") }
            let profiles = report.profiles.filter { $0.goesOut && asked.contains($0.impact.profile, of: id) }
            return profiles.isEmpty ? nil : HistoryEntry.Tenant(id: id, source: is_.state.commit, profiles: profiles)
        }
    }
}
