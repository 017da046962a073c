import AppliedState
import ConfigRepository
import ConfigRepository
import Git
import Impact
import JSONSource
import Payloads
import Profiles

/// Makes the files of one tenant: its part of the applied state, and what `--out` gets beside it. One per thread.
struct TenantRenderer {
    /// Raised when the same effective profile gives other payload bytes than an earlier easel's: then all are written
    /// anew.
    static let version = 1

    private var builder: TenantTreeBuilder

    init() throws { builder = try TenantTreeBuilder() }

    struct Rendered {
        /// Nil when nothing about the tenant's state changes.
        var tree: TenantTree?
        /// For the next pipeline step: name in `payloads` → bytes.
        var steps: [String: [UInt8]] = [:]
        /// The report of a tenant that leaves the applied state.
        var leaving: [UInt8]?
        var profileCount = 0
    }

    /// - Parameters:
    ///   - plan: not broken.
    ///   - held: profiles that stay exactly as applied.
    ///   - removalsHeld: those among them that default gates hold, or have held before.
    ///   - report: the tenant's part of the report.
    mutating func render(
        _ plan: TenantPlan, held: Set<String>, removalsHeld: [String: Set<String>], ledger: [String: Int], source: TenantFolder?, commit: String, report: [UInt8]
    ) throws -> Rendered {
        let oldProfiles = try plan.applied?.files("profiles") ?? [:]
        let oldPayloads = try plan.applied?.files("payloads") ?? [:]
        var profiles: [String: StateFile] = [:]
        var payloads: [String: StateFile] = [:]
        var records: [String: TenantState.Profile] = [:]
        var result = Rendered()
        func keep(_ id: String) {
            guard let record = plan.applied?.state.profiles[id] else { return }
            records[id] = record
            if let blob = oldProfiles[id + ".json"] { profiles[id + ".json"] = .blob(blob) }
            for ending in PayloadTargets.endings { if let blob = oldPayloads[id + ending] { payloads[id + ending] = .blob(blob) } }
        }

        let changes = Dictionary(uniqueKeysWithValues: plan.changes.map { ($0.profile, $0) })
        if let desired = plan.desired, let tenant = desired.tenant {
            for profile in desired.profiles {
                if held.contains(profile.id) {
                    keep(profile.id)
                    continue
                }
                let change = changes[profile.id]
                let old = plan.applied?.state.profiles[profile.id]
                let generation = (old?.generation ?? 1) + (change?.action == .reinstall ? 1 : 0)
                records[profile.id] = TenantState.Profile(
                    digest: profile.digest, action: change?.action ?? old?.action ?? .create, generation: generation,
                    graphID: old?.graphID)
                profiles[profile.id + ".json"] = .bytes(profile.json())
                for file in PayloadTargets.files(for: profile, in: tenant, generation: generation) { payloads[profile.id + file.ending] = .bytes(file.bytes) }
                if let change, change.action == .update || change.action == .reinstall, let before = plan.before[profile.id] {
                    for file in PayloadTargets.steps(from: before, to: profile, in: tenant, wakes: old?.graphID != nil) { result.steps[profile.id + file.ending] = file.bytes }
                }
            }
        }
        for change in plan.changes where change.action == .remove && held.contains(change.profile) { keep(change.profile) }
        result.profileCount = records.count
        guard !records.isEmpty || plan.desired != nil else {
            guard plan.applied != nil else { return result }
            result.tree = .removed
            result.leaving = report
            return result
        }

        // One of the two is there: a tenant without a folder and without a state has no plan.
        guard let facts = plan.desired?.tenant?.facts ?? plan.applied?.state.facts else { return result }
        let didChange = plan.changes.contains { !held.contains($0.profile) }
        var state = TenantState(
            displayName: plan.displayName, serial: (plan.applied?.state.serial ?? 0) + (didChange ? 1 : 0),
            commit: didChange ? commit : plan.applied?.state.commit ?? commit, folder: source?.id, bases: plan.desired?.bases ?? [:],
            renderer: Self.version, facts: facts, members: members(plan, held), held: held, removalsHeld: removalsHeld, profiles: records)
        state.ledger = ledger
        var files: [String: StateFile] = ["state.json": .bytes(state.json())]
        if !didChange, let old = plan.applied?.file("report.json") {
            files["report.json"] = .blob(old)
        } else {
            files["report.json"] = .bytes(report)
        }
        let known = Set(oldProfiles.values).union(oldPayloads.values)
        let tree = try builder.build(files: files, folders: ["profiles": profiles, "payloads": payloads], known: known)
        if let id = tree.id, id != plan.appliedTree { result.tree = tree }
        return result
    }

    /// The tenant's state with profiles entered as they are live; everything else stays.
    mutating func adopt(
        _ adopted: [(profile: EffectiveProfile, record: TenantState.Profile)], _ tenant: Tenant, applied: AppliedTenant?, commit: String,
        members: (String) -> Int?, report: [UInt8]
    ) throws -> TenantTree {
        var profiles = try applied?.files("profiles").mapValues(StateFile.blob) ?? [:]
        var payloads = try applied?.files("payloads").mapValues(StateFile.blob) ?? [:]
        // Without the ids of its source, so that the next run looks at the tenant.
        var state =
            applied?.state
            ?? TenantState(
                displayName: tenant.displayName, serial: 0, commit: commit, folder: nil, bases: [:], renderer: Self.version, facts: tenant.facts, members: [:], held: [], profiles: [:])
        state.folder = nil
        for (profile, record) in adopted {
            state.profiles[profile.id] = record
            profiles[profile.id + ".json"] = .bytes(profile.json())
            // As it is in Intune: what other targets need, Intune does not say.
            for file in GraphTarget().files(for: profile, in: tenant, generation: record.generation) { payloads[profile.id + file.ending] = .bytes(file.bytes) }
            for target in profile[.include].targets + profile[.exclude].targets { state.members[target.audienceID] = members(target.audienceID) }
        }
        return try builder.build(files: ["state.json": .bytes(state.json()), "report.json": .bytes(report)], folders: ["profiles": profiles, "payloads": payloads], known: [])
    }

    /// Sizes of every audience that a profile of the tenant has from now on, or is to have.
    private func members(_ plan: TenantPlan, _ held: Set<String>) -> [String: Int] {
        var members: [String: Int] = [:]
        let profiles = (plan.desired?.profiles ?? []) + plan.before.filter { held.contains($0.key) }.map(\.value)
        for profile in profiles {
            for target in profile[.include].targets + profile[.exclude].targets {
                let id = target.audienceID
                members[id] = Tenant.members(of: id, in: plan.desired?.tenant) { plan.applied?.state.members[$0] }
            }
        }
        return members
    }
}

extension TenantPlan {
    /// The tenant's tree in the applied state.
    var appliedTree: ObjectID? { applied?.tree }
}
