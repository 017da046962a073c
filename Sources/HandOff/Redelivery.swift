import AppliedState
import Basics
import ConfigRepository
import Git
import Impact
import JSONSource
import Payloads
import Planning
import Profiles
import ReportModel
import Time

/// Makes the hand-off of everything that was recorded since a commit of the applied state, for a runner that has lost its folder. Nothing is
/// recorded, and no gate is asked: all of it has passed them.
public struct Redelivery {
    private let places: Places
    private let selection: Selection
    private let since: String
    private let out: String
    private let documents: [ReportDocument]
    private let now: Instant

    /// - Parameters:
    ///   - since: a commit on the state branch, also abbreviated.
    ///   - out: the folder to fill, as that of a reconcile.
    ///   - documents: reports beside `report.json`.
    public init(places: Places, selection: Selection, since: String, out: String, documents: [ReportDocument], now: Instant) {
        (self.places, self.selection, self.since, self.out, self.documents, self.now) = (places, selection, since, out, documents, now)
    }

    public struct Result: Sendable {
        /// Commits on the state branch: after the first, up to the last.
        public let since, commit: ObjectID
        /// Profiles by what happened to them.
        public let actions: [Action: Int]
        /// Those that have payloads in the hand-off.
        public let tenants: Int
    }

    public func run() throws -> Result {
        let opened = try places.open(.read, isReproducible: false)
        guard let store = opened.store, let tip = store.tip else { throw Failure("nothing was recorded yet, so there is nothing to deliver") }
        let repository = try Repository.openBare(path: store.store.repositoryPath)
        let after = try StateSnapshot(repository: repository, tip: tip, home: store.home)
        _ = try after.rootState()
        let commit = try repository.resolve(since)
        let before = try StateSnapshot(repository: repository, tip: commit)
        guard try after.contains(commit), try before.isState() else {
            throw UsageError("\(since) is not a commit of the applied state on \(store.branch); \"easel history\" lists them")
        }
        let place = try OutPlace(out)
        try place.check()
        let folder = try OutFolder(place, documents: documents)
        var head = ReportHead(command: .reconcile, source: opened.head, base: opened.base)
        if case .applied(let state, let branch, _)? = opened.base { head.base = .applied(state: state, branch: branch, commit: commit.description) }
        for sink in folder.sinks { try sink.begin(head) }
        // A tenant whose folder was renamed is one tenant: under its new id.
        let (oldFolders, newFolders) = (try before.rootState().tenantIDs, try after.rootState().tenantIDs)
        let renamed = oldFolders.compactMap { tenantID, folder in newFolders[tenantID].flatMap { $0 == folder ? nil : (former: folder, id: $0) } }
        let formerly = Dictionary(grouping: renamed, by: \.id).mapValues { $0.map(\.former).sorted() }
        let ids = Set(before.tenantIDs).union(after.tenantIDs).subtracting(renamed.map(\.former).filter { newFolders.values.contains($0) == false })
        try selection.check(among: ids)
        var summary = ReportSummary()
        var tenants = 0
        let steps = StepFiles()
        let sources = RecordedSources(opened.source)
        for id in ids.filter(selection.contains).sorted(by: JSONWriter.precedes) {
            let was = try AppliedEntries(id, formerly: formerly[id] ?? [], in: before)
            let now = try after.tenant(id)
            if let now, !now.state.profiles.isEmpty { tenants += 1 }
            let (report, files, operations) = try compare(id, was, now, sources)
            summary.add(report)
            steps.add(id, files, operations)
            if report.isWorthReporting { for sink in folder.sinks { try sink.tenant(report) } }
        }
        let note = "This is everything that was recorded after \(commit.short), up to \(tip.short)."
        try folder.stage(
            ReportTail(summary: summary, applied: tip.description, notes: [note]), commit: nil, snapshot: after, selection: selection, steps: steps, deferral: nil)
        try folder.deliver()
        return Result(since: commit, commit: tip, actions: summary.actions.filter { $0.key != .none }, tenants: tenants)
    }

    /// What has become of a tenant, the bodies that change its profiles, and what a publisher must do.
    private func compare(_ id: String, _ before: AppliedEntries, _ after: AppliedTenant?, _ sources: RecordedSources) throws -> (TenantReport, [String: [UInt8]], [Payloads.Operation]) {
        guard before.own?.tree != after?.tree || !before.former.isEmpty else {
            let state = after?.state
            return (TenantReport(id: id, displayName: state?.displayName ?? id, status: .ok, profiles: [], unchanged: state?.profiles.count ?? 0, diagnostics: []), [:], [])
        }
        var desired: DesiredTenant?
        if let after, !after.state.isTombstone {
            desired = DesiredTenant(id: id)
            desired?.tenant = try sources.tenant(id, at: after.state.commit)
            desired?.profiles = try after.profiles().sorted { JSONWriter.precedes($0.key, $1.key) }.map(\.value)
        }
        let plan = try TenantPlan(id: id, desired: desired, applied: before)
        var files: [String: [UInt8]] = [:]
        for change in plan.changes where change.action == .update || change.action == .reinstall {
            guard let old = plan.origins[change.profile].flatMap({ plan.before[$0] }), let new = desired?.profiles.first(where: { $0.id == change.profile }) else { continue }
            guard let tenant = desired?.tenant else { throw Failure("cannot deliver \(id): the commit that it was recorded from has no tenants/\(id)/tenant.json") }
            for file in PayloadTargets.steps(from: old, to: new, in: tenant) { files[change.profile + file.ending] = file.bytes }
        }
        return (plan.report(heldBy: [:], now: now), files, try plan.operations(held: []))
    }
}

/// Tenants as they were in the source commits that their states were recorded from.
private final class RecordedSources {
    private let source: ConfigSource
    /// Many tenants were recorded from one commit.
    private var revisions: [String: ConfigRevision] = [:]

    init(_ source: ConfigSource) { self.source = source }

    /// Nil when the commit has no folder of the tenant: nothing was left to do there but to remove profiles.
    func tenant(_ id: String, at commit: String) throws -> Tenant? {
        let revision = try revision(commit, of: id)
        guard let folder = try revision.tenantFolders()[id] else { return nil }
        guard let tenant = try revision.loader().load(id, folder).tenant else {
            throw Failure("cannot deliver \(id): tenants/\(id)/tenant.json of the commit \(commit.prefix(7)) cannot be read")
        }
        return tenant
    }

    private func revision(_ commit: String, of tenant: String) throws -> ConfigRevision {
        if let known = revisions[commit] { return known }
        guard case .commit(let path, _, _, let trust) = source else { throw UsageError("deliver needs a commit of the config repository") }
        let repository = try Repository.open(path: path, trustOwner: trust)
        guard let source = ObjectID(hex: commit), repository.exists(source) else {
            throw Failure("cannot deliver \(tenant): the config repository no longer has the commit \(commit) that it was recorded from. Fetch all of its history, or leave the tenant out with --tenant")
        }
        let revision = try ConfigRevision(.commit(repository: path, id: source, tree: repository.tree(ofCommit: source), trustOwner: trust))
        revisions[commit] = revision
        return revision
    }
}
