import AppliedState
import Gates
import Payloads
import Profiles

/// The new `state.json` of the root, made from the one at the tip that the commit will have as its parent: what other runs
/// have entered meanwhile stays.
struct RootUpdate {
    let before: RootState
    private let processed: Set<String>
    private let held: Set<String>
    private let failed: Set<String>
    private let identities: [String: RootState.Identity]
    private let shard: (name: String, record: RootState.Shard)?
    private let changes: [String: Int]
    private let approved: Set<String>
    private let people: Int
    private let day: String
    private let hasLimits: Bool
    private let hasRings: Bool
    /// Whether the run is one of several shards, and has lost nothing by what the others' tenants have become.
    private let concernsOthersAlone: Bool

    init(_ prepared: Preparation, _ collector: Collector) {
        let (candidates, selection) = (prepared.candidates, prepared.request.selection)
        before = prepared.rootState
        changes = collector.changes
        approved = collector.tally.used
        people = collector.tally.people
        day = DayLedger.day(prepared.request.now)
        hasLimits = prepared.gates.keeper.hasLimits
        hasRings = prepared.hasRings
        processed = collector.processed.union(candidates.vanished)
        held = collector.held.union(candidates.elsewhere)
        identities = collector.identities
        failed = collector.failed
        let isPart = selection.isWholeShard && selection.shard.count > 1
        // With a record, the folders that differ from it were found by their ids, and will be again. Without one there may be nothing to find.
        concernsOthersAlone = isPart && collector.changes.isEmpty && (candidates.record != nil || candidates.total == 0)
        guard selection.isWholeShard else {
            shard = nil
            return
        }
        let profiles = candidates.record.map { $0.profileCount - collector.profilesBefore + collector.profilesAfter } ?? collector.profilesAfter
        shard = (
            selection.shardName,
            RootState.Shard(
                commit: prepared.commit ?? "", tenants: candidates.tenantsTree, bases: candidates.basesTree, renderer: PayloadTargets.version,
                tenantCount: candidates.total, profileCount: profiles)
        )
    }

    /// What is entered at a tip that others may have moved.
    ///
    /// - Throws: `StateError.contended` where another run has done the same shard: which tenants had to be looked at followed
    ///   from what had been recorded before.
    func graft(on now: RootState, branch: String) throws -> RootState {
        // Another run has recorded the same tenant in another folder.
        for (folder, identity) in identities {
            if let id = identity.tenantID, let other = now.tenantIDs[id], other != folder, identities[other] == nil { throw StateError.contended(branch: branch) }
        }
        if let shard, now.shards[shard.name] != before.shards[shard.name] { throw StateError.contended(branch: branch) }
        // What still fits a limit per day depends on what others let out meanwhile.
        if hasLimits, now.ledger != before.ledger { throw StateError.contended(branch: branch) }
        // What a ring lets through depends on what the tenants of others got meanwhile.
        if hasRings, now != before { throw StateError.contended(branch: branch) }
        return apply(now)
    }

    private func apply(_ root: RootState) -> RootState {
        var root = root
        // A tenant that this run releases may be broken or held at another run's commit, which then has to look at it.
        let released = root.held.union(root.failed).intersection(processed).subtracting(held).subtracting(failed)
        root.held = root.held.subtracting(processed).union(held)
        root.failed = root.failed.subtracting(processed).union(failed)
        root.identify(identities)
        root.approved.formUnion(approved)
        var ledger = DayLedger(days: root.ledger)
        ledger.enter(people, on: day)
        root.ledger = ledger.days
        if let shard { root.shards[shard.name] = shard.record }
        root.note(changes.merging(released.map { ($0, 0) }, uniquingKeysWith: { own, _ in own }), beside: shard?.name)
        return root
    }

    /// Whether anything but the source commit's id would be new: the same trees at another commit are nothing to record. Nor is a `tenants` tree that
    /// differs only in tenants of other shards: each edit would otherwise make as many commits as there are shards.
    var isNeeded: Bool {
        var after = apply(before)
        if let shard, let old = before.shards[shard.name] {
            after.shards[shard.name]?.commit = old.commit
            if concernsOthersAlone { after.shards[shard.name]?.tenants = old.tenants }
        } else if let shard, concernsOthersAlone {
            after.shards[shard.name] = nil
        }
        return after != before
    }
}
