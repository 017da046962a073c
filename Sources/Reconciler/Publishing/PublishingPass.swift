import AppliedState
import Basics
import ConfigRepository
import Gates
import Glibc
import JSONSource
import Live
import Payloads
import Planning
import Profiles
import Publishing
import ReportModel
import Time

/// Publishes what the gates let through, between the verdict and the record: only what the service accepted is recorded.
///
/// Every tenant is claimed before its first write, and given back when the run is recorded.
struct PublishingPass {
    private let session: PublishingSession
    private let prepared: Preparation
    private let claims: ClaimBranch
    /// What was claimed when the run began.
    private let earlier: Claims

    /// Nil for a run that does not publish.
    init?(_ prepared: Preparation) throws {
        guard let session = prepared.request.delivery.publishing, let store = prepared.opened.store else { return nil }
        (self.session, self.prepared) = (session, prepared)
        claims = try ClaimBranch(beside: store.branch, store: store.store, identity: prepared.request.places.stateIdentity)
        earlier = try claims.current()
    }

    /// Tenant → profiles that earlier runs were about to create when they ended: what has their names in Intune is easel's own.
    var claimedCreations: [String: Set<String>] { earlier.tenants.mapValues(\.creates) }

    /// Publishes, and enters into each draft what became of its changes.
    ///
    /// - Returns: what to say about the run as a whole.
    func publish(_ drafts: inout [Draft]) throws -> [Diagnostic] {
        var publications: [Int: TenantPublication] = [:]
        for index in drafts.indices { publications[index] = try drafts[index].publication() }
        let wanted = Dictionary(
            publications.values.map { tenant in
                (tenant.id, Dictionary(tenant.tasks.map { ($0.operation.profile, ($0.operation.fingerprint, $0.operation.action == .create)) }, uniquingKeysWith: { first, _ in first }))
            }, uniquingKeysWith: { first, _ in first })
        // Nothing to publish, and nothing to look at that earlier runs have left.
        guard !wanted.isEmpty || !earlier.tenants.isEmpty else { return [] }
        let applied = try appliedWhereSomethingIsLeft()
        let claimed = try claims.claim(wanted.mapValues { $0.mapValues { (fingerprint: $0.0, isCreate: $0.1) } }, at: Self.now, isOurs: prepared.request.selection.contains) {
            !prepared.request.repairs && applied[$0]?.contains($1) ?? false
        }
        let granted = publications.filter { claimed.granted[$0.value.id] != nil }.sorted { $0.key < $1.key }.map { $0.value.remembering(claimed.granted[$0.value.id] ?? nil) }
        let outcomes = try send(granted)
        for (index, publication) in publications {
            if let other = claimed.refused[publication.id] {
                drafts[index].enter(publication.refused(because: other))
            } else {
                drafts[index].enter(outcomes[publication.id] ?? [:])
            }
        }
        return left(claimed, publications.values.map(\.self), applied)
    }

    /// Tenants at which earlier runs have left something → their applied profiles, of which a reverted edit must not hide that Intune may have it.
    private func appliedWhereSomethingIsLeft() throws -> [String: Set<String>] {
        try earlier.tenants.keys.reduce(into: [:]) { $0[$1] = try AppliedEntries($1, formerly: [], in: prepared.snapshot).ids }
    }

    private func send(_ tenants: [TenantPublication]) throws -> [String: [String: PublishingOutcome]] {
        guard !tenants.isEmpty else { return [:] }
        var publisher = Publisher(session.service)
        let (session, request, start, total) = (self.session, prepared.request, StopWatch.now(), tenants.count)
        publisher.reason = "easel reconcile \(prepared.commit?.prefix(12) ?? "")"
        publisher.willSend = { session.willSend() }
        publisher.mayNotGoOn = { session.mayNotGoOn(seconds: Double(start.elapsed) / 1000) }
        publisher.progress = { request.progress?(RunProgress(.publishing, $0, of: total)) }
        return try waiting { [publisher] in await publisher.publish(tenants) }
    }

    /// Call it once the run is recorded.
    func release() {
        do { try claims.release(at: Self.now) } catch { prepared.request.logger.warning("the claims on tenants were not given back; the next run on this machine takes them over", metadata: ["why": "\(error)"]) }
    }

    /// Call it where the run could not be recorded: the next run looks at what it did, where it did anything.
    func abandon() {
        guard session.hasSent else { return release() }
        do { try claims.abandon(at: Self.now) } catch { prepared.request.logger.warning("the claims on tenants were not given back; the next run on this machine takes them over", metadata: ["why": "\(error)"]) }
    }

    private static var now: Int64 { Int64(time(nil)) }

    /// What earlier runs may have left in Intune that this run has no reason to look at.
    private func left(_ claimed: ClaimBranch.Result, _ publications: [TenantPublication], _ applied: [String: Set<String>]) -> [Diagnostic] {
        var left = claimed.leftBehind.mapValues { Set($0.fingerprints.keys) }
        for tenant in publications {
            guard let earlier = claimed.granted[tenant.id] ?? nil else { continue }
            let rest = Set(earlier.fingerprints.keys).subtracting(tenant.tasks.map(\.operation.profile))
            if !rest.isEmpty { left[tenant.id] = rest }
        }
        return left.sorted { $0.key < $1.key }.flatMap { tenant, profiles in
            let known = applied[tenant]?.intersection(profiles) ?? []
            // A run that repairs has compared these with Intune.
            let unseen = prepared.request.repairs ? [] : known
            let restore = "Restore what the manifests say: run easel reconcile --publish graph --repair --tenant \(tenant)"
            return [unfinished(tenant, unseen, .error, help: restore), unfinished(tenant, profiles.subtracting(known), .warning, help: "Run easel drift --live graph --tenant \(tenant)")].compactMap(\.self)
        }
    }

    private func unfinished(_ tenant: String, _ profiles: Set<String>, _ severity: Diagnostic.Severity, help: String) -> Diagnostic? {
        guard !profiles.isEmpty else { return nil }
        var found = Diagnostic(
            .unfinishedPublication, severity: severity, file: "tenants/\(tenant)",
            "An earlier run ended while it published to tenant \(tenant), and nobody knows whether Intune has its changes to \(profiles.sorted().joined(separator: ", "))", help: help)
        found.tenant = tenant
        return found
    }
}

extension TenantPublication {
    /// With what an earlier run may have sent already.
    fileprivate func remembering(_ earlier: Claim?) -> TenantPublication {
        guard let earlier else { return self }
        var tenant = self
        for index in tenant.tasks.indices { 
            if earlier.creates.contains(tenant.tasks[index].operation.profile) { tenant.tasks[index].mayHaveBeenSent = true }
        }
        return tenant
    }

    fileprivate func refused(because other: Claim) -> [String: PublishingOutcome] {
        let result = PublishingResult(
            .notSent, message: "another run publishes to this tenant now (\(other.holder.words))", help: "Run again when it has finished. If it is gone, its claim ends by itself within an hour")
        return Dictionary(tasks.map { ($0.operation.profile, .done(result)) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Draft {
    /// What is to be published; nil where nothing is.
    func publication() throws -> TenantPublication? {
        guard case .planned(let plan, _) = step, !plan.isBroken else { return nil }
        let held = Set(plan.holdingTogether(holds).filter { !$0.by.isEmpty }.map(\.proposal.impact.profile))
        let operations = try plan.operations(held: held)
        guard let first = operations.first else { return nil }
        let desired = Dictionary((plan.desired?.profiles ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let unpublished = plan.applied.folders.reduce(into: [:]) { $0.merge($1.state.unpublished) { first, _ in first } }
        var changed: Set<String> = []
        let tasks = operations.map { operation -> PublishingTask in
            let entry = operation.action == .create ? nil : plan.origins[operation.profile] ?? operation.profile
            if let entry { changed.insert(entry) }
            let record = entry.flatMap(plan.applied.record)
            let known = plan.live[operation.profile] ?? record.flatMap { record in record.graphID.map { LiveVersion(graphID: $0, version: record.liveVersion, lastModified: record.liveModified) } }
            let open = unpublished[entry ?? plan.missing[operation.profile] ?? operation.profile].flatMap { $0.fingerprint == operation.fingerprint ? $0 : nil }
            var task = PublishingTask(
                operation, before: entry.flatMap { plan.before[$0] }.map { EffectiveProfile(id: operation.profile, values: $0.values) },
                after: operation.action == .remove ? nil : desired[operation.profile], known: known,
                awaiting: open.flatMap { open in open.request.flatMap { request in open.status == PublishingResult.Status.awaitingApproval.rawValue ? open.code.map { .init(request: request, code: $0) } : nil } })
            task.mayHaveBeenSent = open?.mayExist ?? false
            return task
        }
        // What Intune did not list when the run was planned is nobody else's: should it be there after all, it must not be made twice.
        let taken = plan.applied.ids.subtracting(changed).subtracting(plan.missing.values).compactMap { plan.applied.record(of: $0)?.graphID?.lowercased() }
        return TenantPublication(
            id: plan.id, tenantID: first.tenantID, cloud: first.cloud, names: TenantNames(plan.desired?.tenant, LiveDirectory()), tasks: tasks, taken: Set(taken))
    }

    /// Takes what became of the changes.
    mutating func enter(_ outcomes: [String: PublishingOutcome]) {
        guard case .planned(let plan, _) = step else { return }
        for index in holds.indices {
            let profile = holds[index].proposal.impact.profile
            switch outcomes[profile] {
            case .done(let result): publishing[profile] = result
            case .changedLive(let why):
                publishing[profile] = PublishingResult(.notSent, message: why)
                holds[index].by.append(ChangedLive.hold)
            case nil: break
            }
        }
        // What was not published keeps its entry under the id that it has there: whatever would take that id waits.
        var open = publishing.filter { $0.value.status != .published }.map(\.key)
        while let profile = open.popLast() {
            guard let kept = plan.origins[profile], kept != profile, plan.changes.contains(where: { $0.profile == kept }), publishing[kept].map({ $0.status == .published }) ?? true else { continue }
            publishing[kept] = PublishingResult(.notSent, message: "\(profile) still has this id until its change is published", help: "Run easel reconcile --publish graph again")
            open.append(kept)
        }
    }

    /// Profiles that no gate holds and that were not published.
    var unpublished: Set<String> { Set(publishing.filter { $0.value.status != .published }.keys).subtracting(holds.filter { !$0.by.isEmpty }.map(\.proposal.impact.profile)) }
}
