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
        /// The source commit that the run read for this tenant; nil when the tenant has left the state.
        public let source: String?
        /// Those that changed; what a gate held is not among them, since it did not happen.
        public let profiles: [ProfileReport]
        /// Profiles that went with the tenant.
        public let removed: [String]
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
    /// The newest entries first; commits that changed no profile (of the tenants asked for) are left out.
    ///
    /// - Parameters:
    ///   - selection: of tenants.
    ///   - limit: entries at most.
    ///   - body: answers whether the entry counts.
    public static func walk(_ places: Places, selection: Selection, limit: Int, _ body: (HistoryEntry) throws -> Bool) throws {
        let opened = try places.open(.read, isReproducible: false)
        guard let store = opened.store, var tip = store.tip else { return }
        let repository = try Repository.openBare(path: store.store.repositoryPath)
        var after = try StateSnapshot(repository: repository, tip: tip)
        var count = 0
        while count < limit {
            let info = try repository.commit(tip)
            // Runs are never merged: the first parent is the state that a run found.
            let parent = info.parents.first
            guard parent.map(repository.exists) ?? true else { return }
            let before = try StateSnapshot(repository: repository, tip: parent)
            let entry = HistoryEntry(commit: tip, time: info.time, tenants: try after.isRun() ? tenants(before, after, selection) : [])
            if !entry.tenants.isEmpty, try body(entry) { count += 1 }
            guard let parent else { return }
            tip = parent
            after = before
        }
    }

    private static func tenants(_ before: StateSnapshot, _ after: StateSnapshot, _ selection: Selection) throws -> [HistoryEntry.Tenant] {
        let ids = Set(before.tenantIDs).union(after.tenantIDs).filter { selection.contains($0) && before.tree(ofTenant: $0) != after.tree(ofTenant: $0) }
        return try ids.sorted(by: JSONWriter.precedes).compactMap { id in
            let was = try before.tenant(id)
            guard let is_ = try after.tenant(id) else {
                return HistoryEntry.Tenant(id: id, source: nil, profiles: [], removed: (was?.state.profiles.keys).map { $0.sorted() } ?? [])
            }
            // Other sources, or something held: no profile was touched.
            guard was?.state.serial != is_.state.serial, let file = is_.file("report.json") else { return nil }
            let path = "tenants/\(id)/report.json"
            let document = JSONDocument(file: path, bytes: try is_.bytes(file), limit: JSONLimits.ownFileSize)
            guard let report = document.root.flatMap(TenantReport.init) else { throw StateError.unreadable(file: path, why: "it is not a tenant's report") }
            return HistoryEntry.Tenant(id: id, source: is_.state.commit, profiles: report.profiles.filter(\.heldBy.isEmpty), removed: [])
        }
    }
}
