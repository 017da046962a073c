import AppliedState
import Basics
import ConfigRepository
import Gates
import Git
import Logging
import Planning
import Profiles
import ReportModel
import Time

/// One attempt of a run. `run()` is the table of contents.
struct Pipeline {
    let request: RunRequest
    let sinks: [any ReportSink]
    let start: StopWatch

    func run() throws -> RunResult {
        let prepared = try Preparation(request)
        if let commit = try prepared.deliverAbandoned() { return try deliveredOnly(commit, prepared) }
        let output = try Output(prepared, sinks)
        let collector = Collector(output: output, tally: prepared.gates.keeper.tally(), summary: emptySummary(), drift: driftTally())
        try output.begin(prepared.head)
        collector.note(try prepared.diagnostics())

        if let why = try stopBeforePlanning(prepared, collector) { return try stop(prepared, collector, why) }
        let publishing = try PublishingPass(prepared)
        let recorded: Recording
        do {
            try planJudgeRender(prepared, publishing, collector)
            collector.note(prepared.approvalHistory.warnings.sorted())
            if let why = try stopBeforeRecording(prepared, collector, policyIsBroken: collector.policyIsBroken, collector.signatureDemand) { return try stop(prepared, collector, why) }
            try countWhatWasNotRead(prepared, collector)
            recorded = try record(prepared, collector, output)
        } catch {
            publishing?.abandon()
            throw error
        }
        publishing?.release()
        do { return try report(prepared, collector, output, recorded) } catch {
            guard let commit = recorded.commit else { throw error }
            throw RecordedButUnreported(commit: commit.description, "not everything was reported: \(error)")
        }
    }

    // MARK: Plan, judge, render

    /// Tenants in parallel; limits and reports in the order of their ids. Rings need a pass of their own, over all tenants, before it.
    private func planJudgeRender(_ prepared: Preparation, _ publishing: PublishingPass?, _ collector: Collector) throws {
        let watched = try prepared.watched()
        let context = try RunContext(prepared, isMassRemoval: prepared.isMassRemoval(), watched: watched, claimedCreations: publishing?.claimedCreations ?? [:])
        var walk = prepared.gates.keeper.limitWalk(today: DayLedger(days: prepared.rootState.ledger).people(on: DayLedger.day(request.now)))
        let rings = try prepared.hasRings ? RingPass(context, prepared.candidates.tenants, watched: watched?.tenants ?? [], walk) : nil
        collector.note(rings?.diagnostics ?? [])
        let total = prepared.candidates.tenants.count
        if let publishing {
            var drafts: [Draft] = []
            try workInOrder(
                prepared.candidates.tenants, width: request.width, worker: { try TenantWorker(context) }, begin: { worker, tenant in try worker.planAndJudge(tenant) },
                inOrder: { draft in if let rings { rings.admit(&draft) } else { draft.admit(&walk) } }, finish: { _, draft in draft },
                take: { found, done in
                    drafts += found
                    request.progress?(RunProgress(.rendering, done, of: total))
                })
            return try publishRender(drafts, publishing, context, prepared, collector)
        }
        try workInOrder(
            prepared.candidates.tenants, width: request.width, worker: { try TenantWorker(context) },
            begin: { worker, tenant in try worker.planAndJudge(tenant) }, inOrder: { draft in if let rings { rings.admit(&draft) } else { draft.admit(&walk) } },
            finish: { worker, draft in try worker.render(draft) },
            take: { outcomes, done in
                for outcome in outcomes { try collector.take(outcome) }
                request.progress?(RunProgress(.rendering, done, of: total))
            })
        if case .validate = request.mode, !prepared.candidates.isUpToDate { collector.note(try prepared.revision.checkBases()) }
    }

    /// Nothing is sent before every tenant was planned and judged, and nothing at all where the run may not record anything.
    private func publishRender(_ planned: [Draft], _ publishing: PublishingPass, _ context: RunContext, _ prepared: Preparation, _ collector: Collector) throws {
        var drafts = planned
        let policies = drafts.compactMap { draft in if case .planned(let plan, _) = draft.step { plan.desired } else { nil } }
        let demand = SignatureDemand.strictest(policies.compactMap { $0.policy?.signatureDemand })
        if try stopBeforeRecording(prepared, collector, policyIsBroken: policies.contains(where: \.policyIsBroken), demand) == nil {
            collector.note(try publishing.publish(&drafts))
        }
        // By one worker: what a draft holds open belongs to the thread that planned it, and that one is gone.
        let worker = try TenantWorker(context)
        for draft in drafts { try collector.take(worker.render(draft)) }
    }

    private func countWhatWasNotRead(_ prepared: Preparation, _ collector: Collector) throws {
        let candidates = prepared.candidates
        if !candidates.unread.isEmpty {
            let loader = try prepared.revision.loader()
            for folder in candidates.unread { collector.addUnread(tenants: 1, profiles: try loader.manifestIDs(folder).count) }
        }
        if let record = candidates.record {
            collector.addUnread(tenants: max(0, candidates.total - collector.tenantsBefore), profiles: max(0, record.profileCount - collector.profilesBefore))
        }
    }

    // MARK: Reasons to stop

    private static let brokenPolicy = "A policy or approval cannot be understood: gates fail closed."
    private static let misplacedRoot = "Something at the root of the repository has no place there, so nobody can say what the tenants should have."
    private static let badSignature = "Policy requires signed commits, and not all of them pass."

    private func stopBeforePlanning(_ prepared: Preparation, _ collector: Collector) throws -> String? {
        if !prepared.revision.problems.isEmpty, request.mode.command != .validate { return Self.misplacedRoot }
        if prepared.gates.isBroken || prepared.candidates.concernsGates, request.mode.isGated { return Self.brokenPolicy }
        guard let demand = demand(prepared), try !isSigned(demand, prepared, collector) else { return nil }
        return Self.badSignature
    }

    private func stopBeforeRecording(_ prepared: Preparation, _ collector: Collector, policyIsBroken: Bool, _ demanded: SignatureDemand?) throws -> String? {
        if policyIsBroken, request.mode.isGated { return Self.brokenPolicy }
        // What somebody asked for all tenants was checked before.
        guard let demand = demanded, demand.requirement > self.demand(prepared)?.requirement ?? .none,
            try !isSigned(demand, prepared, collector)
        else { return nil }
        return Self.badSignature
    }

    /// Which commits must be signed whatever the tenants say.
    private func demand(_ prepared: Preparation) -> SignatureDemand? {
        .strictest(prepared.gates.signatureDemands + [SignatureDemand(requirement: request.gates.signatures, asker: "--require-signed-commits")])
    }

    /// Whether the commits are signed as somebody asks for it; if not, errors have been noted.
    ///
    /// A review checks it only where it knows whose keys count: the pipelines of pull requests need not have them.
    private func isSigned(_ demand: SignatureDemand, _ prepared: Preparation, _ collector: Collector) throws -> Bool {
        guard request.mode.isGated else { return true }
        if case .review = request.mode, request.gates.trustedKeys == nil, request.gates.signatures == .none { return true }
        // A review judges the change at hand; otherwise everything that is new since the applied state counts.
        let recorded = if case .review = request.mode { prepared.baseline?.source.commit.map { [$0.description] } ?? [] } else { prepared.rootState.shards.values.map(\.commit) }
        let check = SignatureCheck(demand: demand, trustedKeys: request.gates.trustedKeys, now: request.now.secondsSince1970, recorded: recorded)
        let found = try check.diagnostics(of: prepared.revision.source)
        collector.note(found)
        return found.isEmpty
    }

    /// Ends a run in which nothing may be recorded; the report says everything that was found.
    private func stop(_ prepared: Preparation, _ collector: Collector, _ why: String) throws -> RunResult {
        let tail = tail(prepared, collector, applied: nil, notes: [why], isStopped: true)
        for sink in sinks { try sink.end(tail) }
        return result(collector, applied: nil, policyChanges: 0)
    }

    // MARK: Record

    private func record(_ prepared: Preparation, _ collector: Collector, _ output: Output) throws -> Recording {
        guard let recorder = Recorder(prepared, output, collector) else { return Recording(snapshot: prepared.snapshot) }
        request.progress?(RunProgress(.writing, 0, of: collector.changes.count))
        let recorded = try recorder.record { commit in
            commit.map { finalTail(prepared, collector, $0) } ?? tail(prepared, collector, applied: nil, notes: [], isTimed: false)
        }
        if let commit = recorded.commit {
            request.logger.info("applied state recorded", metadata: ["commit": "\(commit)", "tenants": "\(collector.changes.count)"])
        }
        return recorded
    }

    // MARK: Report

    private func report(_ prepared: Preparation, _ collector: Collector, _ output: Output, _ recorded: Recording) throws -> RunResult {
        var tail = finalTail(prepared, collector, recorded.commit)
        tail.policyChanges = try prepared.baseline.map(prepared.revision.policyChanges) ?? []
        collector.drift?.finish(&tail)
        if recorded.commit == nil {
            let missing = try output.keepOrDeliver(tail, recorded, request)
            if let first = missing.first {
                tail.notes.append("The folder of --out no longer has \(first)\(missing.count > 1 ? " and \(missing.count - 1) more files" : "") of the last hand-off. Run easel deliver to write it again.")
            }
        }
        for sink in sinks { try sink.end(tail) }
        return result(collector, applied: recorded.commit?.description, policyChanges: tail.policyChanges.count)
    }

    private func finalTail(_ prepared: Preparation, _ collector: Collector, _ commit: ObjectID?) -> ReportTail {
        var tail = tail(prepared, collector, applied: commit.map { request.isReproducible ? "recorded" : $0.description }, notes: notes(collector) + (commit == nil ? [] : sharing(prepared)))
        tail.isDeferred = request.delivery.defers
        tail.factChanges = collector.factChanges
        return tail
    }

    /// Ends a run that has found the hand-off of an earlier one, which was ended between the record and the delivery.
    private func deliveredOnly(_ commit: ObjectID, _ prepared: Preparation) throws -> RunResult {
        var tail = ReportTail(
            summary: emptySummary(), notes: ["An earlier run recorded \(commit.short) and was ended before it had delivered it. Nothing else was done: run reconcile again."],
            run: request.isReproducible ? nil : .init(startedAt: start.startedAt, duration: start.elapsed))
        tail.delivered = commit.description
        for sink in sinks {
            try sink.begin(prepared.head)
            try sink.end(tail)
        }
        return RunResult(summary: tail.summary, errors: 0, warnings: 0, applied: nil, policyChanges: 0)
    }

    private func driftTally() -> DriftTally? {
        if case .drift(let comparison) = request.mode { DriftTally(comparison.earlier, request.selection) } else { nil }
    }

    private func emptySummary() -> ReportSummary {
        var summary = ReportSummary()
        switch request.mode {
        case .drift(let comparison): summary.drift = DriftSummary(comparesWithEarlier: comparison.earlier != nil)
        case .adopt: summary.adoption = AdoptionSummary()
        case .reconcile(let delivery): summary.publishing = delivery.publishing.map { _ in PublishingSummary() }
        default: break
        }
        return summary
    }

    private func notes(_ collector: Collector) -> [String] {
        if case .drift(let comparison) = request.mode { return comparison.notes }
        // Of a tenant that cannot be read, nobody knows whether it follows.
        if [.plan, .review].contains(request.mode.command) { return collector.failed.isEmpty ? OverriddenBaseEdits.notes(collector.baseFollowers) : [] }
        guard case .reconcile = request.mode, !collector.changes.isEmpty, collector.summary.hasNoChanges, collector.summary.moved == 0 else { return [] }
        return ["The sources changed and no profile did; the new sources are recorded."]
    }

    /// After an adoption in a clone: how everybody else gets the state.
    private func sharing(_ prepared: Preparation) -> [String] {
        guard request.mode.command == .adopt, !request.isReproducible, let store = prepared.opened.store, let remote = store.pushRemote else { return [] }
        let branch = store.branch.dropFirst("refs/heads/".count)
        return ["Only this clone has the applied state so far. To share it, run: git push \(remote) \(branch)"]
    }

    private func tail(_ prepared: Preparation, _ collector: Collector, applied: String?, notes: [String], isStopped: Bool = false, isTimed: Bool = true) -> ReportTail {
        ReportTail(
            summary: collector.summary, diagnostics: collector.diagnostics.sorted(), gates: collector.tally.gates, approvals: approvalLines(collector),
            applied: applied, notes: notes, isStopped: isStopped,
            run: isTimed && !request.isReproducible ? .init(startedAt: start.startedAt, duration: start.elapsed) : nil)
    }

    /// What became of the approvals, a line for each file of which there is something to say.
    private func approvalLines(_ collector: Collector) -> [String] {
        let uses = collector.tally.approvalUses()
        if case .review = request.mode {
            // It speaks of the change at hand, and knows no applied state.
            return uses.filter(\.concernsThePlan).map { $0.words + ($0.counts[.used] == nil ? "" : "; only plan and reconcile know whether it was already used") }
        }
        // A narrowed run does not see every change that an approval may be for.
        return uses.filter { !$0.isOnly(.used) && (request.selection.isEverything || !$0.isOnly(.used, .unmatched)) }.map(\.words)
    }

    private func result(_ collector: Collector, applied: String?, policyChanges: Int) -> RunResult {
        RunResult(
            summary: collector.summary, errors: collector.errors, warnings: collector.diagnostics.count - collector.errors, applied: applied,
            policyChanges: policyChanges)
    }
}
