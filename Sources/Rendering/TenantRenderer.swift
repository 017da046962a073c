import AppliedState
import ConfigRepository
import Git
import Impact
import JSONSource
import Payloads
import Planning
import Profiles

/// Makes the files of one tenant: its part of the applied state, and what `--out` gets beside it. One per thread.
public struct TenantRenderer {
    private var builder: TenantTreeBuilder

    public init() throws { builder = try TenantTreeBuilder() }

    public struct Rendered {
        /// A folder of the state after the run.
        public struct Folder {
            public let id: String
            /// Nil when nothing in it changes.
            public var tree: TenantTree?
            /// Of the tenant that has the folder; nil where it is not known, or has another folder now.
            public var tenantID: String?
            /// Nothing is applied there any more, or only what belongs to a tenant that has another folder now.
            public var isGone = false
            /// Profiles before and after.
            public var before = 0
            public var after = 0
        }

        /// The tenant's own, and those of its earlier ids.
        public var folders: [Folder] = []
        /// For the next pipeline step: name in `payloads` → bytes.
        public var steps: [String: [UInt8]] = [:]
        /// What a publisher must do.
        public var operations: [Payloads.Operation] = []

        public init() {}
    }

    /// Records of profiles with their files, for one folder.
    private struct Content {
        var records: [String: TenantState.Profile] = [:]
        var profiles: [String: StateFile] = [:]
        var payloads: [String: StateFile] = [:]

        init() {}

        /// Keeps some of a folder's entries exactly as they are.
        init(keeping isKept: (String) -> Bool, of folder: AppliedTenant) throws {
            records = folder.state.profiles.filter { isKept($0.key) }
            if records.isEmpty { return }
            let (oldProfiles, oldPayloads) = (try folder.files("profiles"), try folder.files("payloads"))
            for profile in records.keys {
                if let blob = oldProfiles[profile + ".json"] { profiles[profile + ".json"] = .blob(blob) }
                for ending in PayloadTargets.endings { if let blob = oldPayloads[profile + ending] { payloads[profile + ending] = .blob(blob) } }
            }
        }
    }

    /// - Parameters:
    ///   - plan: not broken.
    ///   - source: the tenant's folder in the source commit; nil where it is gone.
    ///   - commit: the source commit, 40 hex digits.
    ///   - report: the tenant's part of the report, as JSON.
    public mutating func render(_ plan: TenantPlan, _ verdict: TenantVerdict, source: TenantFolder?, commit: String, report: [UInt8]) throws -> Rendered {
        var result = Rendered()
        let held = verdict.held
        let changes = Dictionary(plan.changes.map { ($0.profile, $0) }, uniquingKeysWith: { first, _ in first })
        let stays = Set(held.compactMap { changes[$0]?.action == .remove ? $0 : plan.origins[$0] ?? plan.missing[$0] })
        let removed = Set(plan.changes.filter { $0.action == .remove && !held.contains($0.profile) }.map(\.profile)).union(plan.missing.filter { !held.contains($0.key) }.values)
        var lineage = Lineage(plan.applied, removed: removed)
        var own = try plan.applied.own.map { folder in try Content(keeping: { stays.contains($0) && plan.applied.home(of: $0)?.id == folder.id }, of: folder) } ?? Content()
        if let desired = plan.desired, let tenant = desired.tenant {
            for profile in desired.profiles where !held.contains(profile.id) {
                enter(profile, plan, changes[profile.id], tenant, &lineage, &own, &result)
                own.records[profile.id]?.note(verdict.published[profile.id])
            }
        }
        let rests = try plan.applied.former.map { folder in
            (folder, content: try Content(keeping: { stays.contains($0) || plan.applied.home(of: $0)?.id != folder.id }, of: folder))
        }
        // One of the two is there: a tenant without a folder and without a state has no plan.
        guard let facts = plan.desired?.tenant?.facts ?? plan.applied.facts else { return result }
        var state = state(plan, verdict, own, lineage, facts, source: source, commit: commit)
        state.remainsIn = Set(rests.filter { !$0.content.records.isEmpty }.map(\.0.id))
        let isNew = state.serial != plan.applied.folders.map(\.state.serial).max() ?? 0
        result.operations = try plan.operations(held: held)
        result.folders = [try folder(plan, state, own, report: isNew ? nil : plan.applied.own?.file("report.json"), or: report)]
        for (folder, content) in rests { result.folders.append(try rest(folder, content)) }
        return result
    }

    /// Enters a profile as it is desired.
    private func enter(
        _ profile: EffectiveProfile, _ plan: TenantPlan, _ change: ProfileImpact?, _ tenant: Tenant, _ lineage: inout Lineage, _ own: inout Content, _ result: inout Rendered
    ) {
        let origin = plan.origins[profile.id]
        let old = origin.flatMap(plan.applied.record)
        let before = origin.flatMap { plan.before[$0] }
        let change = change.flatMap { $0.action == .none ? nil : $0 }
        let birth: Birth
        let generation: Int
        if let origin, let old, let home = plan.applied.home(of: origin) {
            birth = home.birth(of: origin)
            generation = old.generation + (change?.action == .reinstall ? 1 : 0)
        } else {
            (birth, generation) = lineage.bear(profile.id)
        }
        var record = TenantState.Profile(
            digest: profile.digest, action: change?.action ?? old?.action ?? .create, generation: generation, graphID: old?.graphID)
        (record.liveVersion, record.liveModified) = (old?.liveVersion, old?.liveModified)
        record.birth = birth == Birth(tenant: plan.id, profile: profile.id) ? nil : birth
        record.formerIDs = (old?.formerIDs ?? []).union(origin.map { [$0] } ?? []).subtracting([profile.id])
        if profile.targetValues.isEmpty { record.lastMobileconfig = (old?.lastMobileconfig ?? [:]).merging(before?.targetValues ?? [:]) { _, new in new } }
        own.records[profile.id] = record
        own.profiles[profile.id + ".json"] = .bytes(profile.json())
        let identity = PayloadIdentity(tenant: birth.tenant, profile: birth.profile, generation: generation)
        for file in PayloadTargets.files(for: profile, in: tenant, as: identity) { own.payloads[profile.id + file.ending] = .bytes(file.bytes) }
        if let before, change?.action == .update || change?.action == .reinstall {
            for file in PayloadTargets.steps(from: before, to: profile, in: tenant) { result.steps[profile.id + file.ending] = file.bytes }
        }
    }

    private func state(
        _ plan: TenantPlan, _ verdict: TenantVerdict, _ own: Content, _ lineage: Lineage, _ facts: TenantFacts, source: TenantFolder?, commit: String
    ) -> TenantState {
        let held = verdict.held
        let didChange = plan.changes.contains { !held.contains($0.profile) }
        let known = plan.applied.identity ?? plan.applied.own?.state
        let serial = plan.applied.folders.map(\.state.serial).max() ?? 0
        var state = TenantState(
            displayName: plan.displayName, serial: serial + (didChange ? 1 : 0), commit: didChange ? commit : known?.commit ?? commit, folder: source?.id,
            bases: plan.desired?.bases ?? [:], renderer: PayloadTargets.version, facts: facts, members: members(plan, held), held: held, removalsHeld: verdict.removalsHeld, profiles: own.records)
        let tenant = plan.desired?.tenant
        state.tenantID = tenant.map(\.knownTenantID) ?? known?.tenantID
        state.cloud = tenant?.cloud.rawValue ?? known?.cloud
        state.generations = lineage.generations
        state.movedAway = lineage.movedAway
        state.unpublished = verdict.unpublished
        (state.ledger, state.sharedChanges, state.heldSince) = (verdict.ledger, verdict.sharedChanges, verdict.heldSince)
        return state
    }

    /// - Parameter kept: the report of the run that last changed the tenant, where it was not this one.
    private mutating func folder(_ plan: TenantPlan, _ state: TenantState, _ own: Content, report kept: ObjectID?, or report: [UInt8]) throws -> Rendered.Folder {
        let old = plan.applied.own
        let known = try old.map { Set(try $0.files("profiles").values).union(try $0.files("payloads").values) } ?? []
        let tree = try builder.build(
            files: ["state.json": .bytes(state.json()), "report.json": kept.map(StateFile.blob) ?? .bytes(report)],
            folders: ["profiles": own.profiles, "payloads": own.payloads], known: known)
        // Of a tenant that never was there, nothing is left.
        let isNothing = old == nil && plan.desired == nil
        return Rendered.Folder(
            id: plan.id, tree: isNothing || tree.id == old?.tree ? nil : tree, tenantID: state.isTombstone ? nil : state.tenantID, isGone: state.isTombstone,
            before: old?.state.profiles.count ?? 0, after: own.records.count)
    }

    // MARK: Earlier folders

    /// - Parameter content: what stays in the folder of an earlier id.
    private mutating func rest(_ folder: AppliedTenant, _ content: Content) throws -> Rendered.Folder {
        var state = folder.state
        for profile in folder.state.profiles.keys where content.records[profile] == nil { state.movedAway.insert(folder.birth(of: profile)) }
        state.profiles = content.records
        state.held = Set(content.records.keys)
        (state.folder, state.bases, state.sharedChanges, state.removalsHeld, state.heldSince, state.remainsIn) = (nil, [:], [:], [:], [:], [])
        // Whoever makes this folder anew is another tenant.
        if content.records.isEmpty { (state.tenantID, state.cloud, state.members) = (nil, nil, [:]) }
        var files: [String: StateFile] = ["state.json": .bytes(state.json())]
        if let report = folder.file("report.json") { files["report.json"] = .blob(report) }
        let tree = try builder.build(files: files, folders: ["profiles": content.profiles, "payloads": content.payloads], known: [])
        return Rendered.Folder(
            id: folder.id, tree: tree.id == folder.tree ? nil : tree, isGone: true, before: folder.state.profiles.count, after: content.records.count)
    }

    /// The tenant's state with profiles entered as they are live; everything else stays.
    public mutating func adopt(
        _ adopted: [(profile: EffectiveProfile, record: TenantState.Profile)], _ tenant: Tenant, applied entries: AppliedEntries, commit: String,
        members: (String) -> Int?, report: [UInt8]
    ) throws -> Rendered.Folder {
        let applied = entries.own
        var profiles = try applied?.files("profiles").mapValues(StateFile.blob) ?? [:]
        var payloads = try applied?.files("payloads").mapValues(StateFile.blob) ?? [:]
        // Without the ids of its source, so that the next run looks at the tenant.
        var state =
            applied?.state
            ?? TenantState(
                displayName: tenant.displayName, serial: 0, commit: commit, folder: nil, bases: [:], renderer: PayloadTargets.version, facts: tenant.facts, members: [:], held: [], profiles: [:])
        state.folder = nil
        (state.tenantID, state.cloud) = (tenant.knownTenantID, tenant.cloud.rawValue)
        state.remainsIn.formUnion(entries.former.map(\.id))
        var lineage = Lineage(entries, removed: [])
        for (profile, live) in adopted {
            var record = live
            // A replaced profile keeps its entry; only what it is live is new.
            let birth: Birth
            if let old = state.profiles[profile.id], let applied {
                birth = applied.birth(of: profile.id)
                (record.formerIDs, record.lastMobileconfig) = (old.formerIDs, old.lastMobileconfig)
            } else {
                (birth, record.generation) = lineage.bear(profile.id)
            }
            record.birth = birth == Birth(tenant: tenant.id, profile: profile.id) ? nil : birth
            state.profiles[profile.id] = record
            profiles[profile.id + ".json"] = .bytes(profile.json())
            // As it is in Intune: what other targets need, Intune does not say.
            if tenant.asks(for: GraphTarget().description) {
                let identity = PayloadIdentity(tenant: birth.tenant, profile: birth.profile, generation: record.generation)
                for file in GraphTarget().files(for: profile, in: tenant, as: identity) { payloads[profile.id + file.ending] = .bytes(file.bytes) }
            }
            for target in profile[.include].targets + profile[.exclude].targets { state.members.updateValue(members(target.audienceID), forKey: target.audienceID) }
        }
        let tree = try builder.build(files: ["state.json": .bytes(state.json()), "report.json": .bytes(report)], folders: ["profiles": profiles, "payloads": payloads], known: [])
        return Rendered.Folder(id: tenant.id, tree: tree, tenantID: state.tenantID, before: applied?.state.profiles.count ?? 0, after: state.profiles.count)
    }

    /// Sizes of every audience that the tenant names, and of those that only a profile has that is applied or held.
    private func members(_ plan: TenantPlan, _ held: Set<String>) -> [String: Int?] {
        let tenant = plan.desired?.tenant
        var members = tenant?.membersByAudience ?? [:]
        func audiences(_ profiles: [EffectiveProfile]) -> Set<String> { Set(profiles.flatMap { ($0[.include].targets + $0[.exclude].targets).map(\.audienceID) }) }
        let stays = held.union(held.compactMap { plan.origins[$0] })
        let kept = plan.before.filter { stays.contains($0.key) }.map(\.value)
        let wanted = plan.desired?.profiles ?? []
        for id in audiences(wanted + kept) where members[id] == nil { members.updateValue(plan.applied.members(of: id) ?? nil, forKey: id) }
        // A smaller number is believed once what it was lowered beside is no longer held: the next run must not let that out with it.
        for id in audiences(wanted.filter { held.contains($0.id) } + kept) {
            members.updateValue(Tenant.members(of: id, in: tenant) { plan.applied.members(of: $0) ?? nil }, forKey: id)
        }
        return members
    }
}

extension TenantState.Profile {
    /// Enters what the profile is in Intune, where that is known.
    fileprivate mutating func note(_ live: LiveVersion?) {
        guard let live else { return }
        (graphID, liveVersion, liveModified) = (live.graphID, live.version, live.lastModified)
    }
}
