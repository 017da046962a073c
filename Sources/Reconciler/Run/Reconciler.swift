import AppliedState
import Deferral
import Basics
import ConfigRepository
import Dispatch
import Gates
import Git
import Glibc
import Impact
import JSONSource
import Logging
import Profiles
import ReportModel
import Synchronization

/// The pipeline: source → manifests → plan → gates → payloads → state.
///
/// Nothing is applied before everything is known to be sound: broken policies stop a run, a broken tenant is left
/// exactly as applied. The state branch moves once, at the end, or not at all.
public enum Reconciler {
    /// Runs a command.
    ///
    /// - Parameter sinks: makes the reports' sinks; called again when a lost race makes the run begin anew.
    public static func run(_ request: RunRequest, views: any ReportViews, sinks: () throws -> [any ReportSink]) throws -> RunResult {
        let start = Clock.now()
        var attempt = 0
        while true {
            do {
                switch request.mode {
                case .drift: return try DriftRun(request, sinks: sinks(), start: start).run()
                case .adopt: return try AdoptRun(request, views: views, sinks: sinks(), start: start).run()
                default: return try Run(request, views: views, sinks: sinks(), start: start).run()
                }
            } catch StateError.contended where attempt < 100 {
                // Somebody else applied the same tenants: what is to be done now follows from what they did.
                attempt += 1
                request.logger.notice("another run applied the same tenants meanwhile; beginning anew", metadata: ["attempt": "\(attempt)"])
            }
        }
    }
}

/// One attempt.
struct Run {
    let request: RunRequest
    private let views: any ReportViews
    private let sinks: [any ReportSink]
    private let start: Clock
    let opened: OpenedPlaces
    let reader: any ConfigReader
    let snapshot: StateSnapshot
    let root: [ConfigEntry]
    /// Only of a review.
    let baseline: Baseline?

    init(_ request: RunRequest, views: any ReportViews, sinks: [any ReportSink], start: Clock) throws {
        self.request = request
        self.views = views
        self.sinks = sinks
        self.start = start
        let use: Places.StateUse =
            switch request.mode {
            case .validate, .review: .none
            case .plan, .drift: .read
            case .reconcile, .adopt: .write
            }
        opened = try request.places.open(use, isReproducible: request.isReproducible)
        reader = try opened.source.reader()
        root = try reader.root()
        baseline = try opened.baseline.map { source in
            let reader = try source.reader()
            let root = try reader.root()
            return Baseline(source: source, root: root, bases: Bases(), baseFiles: try Self.baseFiles(root, reader))
        }
        // The owner was looked at when it was opened.
        let repository = try opened.store.map { try Repository.openBare(path: $0.store.repositoryPath) }
        snapshot = try StateSnapshot(repository: repository, tip: opened.store?.tip)
    }

    func run() throws -> RunResult {
        // Named in vain, it would be missed on the day on which a policy asks for it.
        if let keys = request.trustedKeys, kind(of: keys) == .missing { throw FileError(path: keys, operation: "read the trusted keys in", code: ENOENT) }
        let gates = try GateSetup.read(root: root, reader: reader, policies: request.policies, now: request.now)
        let rootState = try snapshot.rootState()
        let candidates = try candidates(rootState)
        request.logger.info(
            "source read",
            metadata: [
                "commit": "\(opened.source.commit?.description ?? "working files")", "tenants": "\(candidates.total)",
                "toLookAt": "\(candidates.tenants.count)",
            ])
        let baseFiles = candidates.isUpToDate ? [:] : try Self.baseFiles(root, reader)

        let steps = request.out.map { _ in StepFiles() }
        let stateReports = StateReports(views, isNeeded: request.mode == .reconcile)
        let outReports = try request.out.map { try OutFolder(path: $0, views: views) }
        var writer: StateWriter?
        if request.mode == .reconcile, let store = opened.store { writer = try StateWriter(store: store.store, branch: store.branch, base: snapshot) }
        let everySink = sinks + stateReports.sinks + (outReports?.sinks ?? [])
        let collector = Collector(sinks: everySink, writer: writer, steps: steps, tally: gates.keeper.tally())

        let head = ReportHead(command: request.command, source: opened.head, base: opened.base)
        for sink in everySink { try sink.begin(head) }
        collector.note(gates.diagnostics)
        collector.note(candidates.diagnostics)
        collector.note(try rewinding())
        let policyIsBroken = gates.diagnostics.contains { $0.severity == .error }
        if policyIsBroken, request.mode != .validate { return try stop(collector, rootState, Self.brokenPolicy) }
        let asker = gates.signatureAsker ?? (request.requiresSignedCommit ? "--require-signed-commits" : nil)
        if let asker, try !isSigned(asker, collector) { return try stop(collector, rootState, Self.badSignature) }

        let context = RunContext(
            request: request, source: opened.source, storePath: opened.store?.store.repositoryPath,
            listing: snapshot.listing, rootState: rootState, bases: Bases(), baseFiles: baseFiles, zones: gates.zones, keeper: gates.keeper,
            massRemoval: try isMassRemoval(candidates, baseFiles, gates.zones), baseline: baseline, views: views)
        try Self.work(candidates.tenants, context, collector)
        if request.mode == .validate, !candidates.isUpToDate {
            let loader = TenantLoader(reader: reader, bases: context.bases, baseFiles: baseFiles, zones: gates.zones)
            let paths = baseFiles.keys.filter { $0.hasSuffix(".json") }.sorted()
            collector.note(try context.bases.checkAll(paths, reader: loader.baseSource))
        }
        if collector.policyIsBroken, request.mode != .validate { return try stop(collector, rootState, Self.brokenPolicy) }
        if asker == nil, let asker = collector.signatureAsker, try !isSigned(asker, collector) { return try stop(collector, rootState, Self.badSignature) }
        let loader = TenantLoader(reader: reader, bases: Bases(), baseFiles: [:], zones: gates.zones)
        for folder in candidates.unread { collector.addUnread(tenants: 1, profiles: try loader.manifestIDs(folder).count) }
        if let record = candidates.record {
            collector.addUnread(tenants: max(0, candidates.total - collector.tenantsBefore), profiles: max(0, record.profileCount - collector.profilesBefore))
        }

        var applied: String?
        var final = snapshot
        var deferral: Deferral?
        if let writer {
            let update = RootUpdate(
                before: rootState, collector: collector, candidates: candidates, selection: request.selection,
                commit: opened.source.commit?.description ?? "", approvals: gates.keeper.approvals)
            if !writer.isEmpty || update.isNeeded {
                // The last moment at which nothing has happened.
                try request.checkCancelled()
                try stateReports.end(tail(collector, gone: rootState.approved, applied: nil, notes: []))
                let message = CommitMessage(source: opened.source.commit?.description ?? "", actions: collector.goesOut, held: collector.summary.held)
                let branch = opened.store?.branch ?? ""
                let entered = { (now: RootState) in try update.graft(on: now, branch: branch) }
                let author = StateWriter.Author(name: "easel", email: "easel@localhost", time: request.now.secondsSince1970)
                if request.defers {
                    final = try writer.draft(root: entered, files: stateReports.files, message: message.text, author: author)
                    deferral = Deferral(
                        base: snapshot, draft: final, branch: branch, place: request.places.statePlace, selection: request.selection, message: message, time: author.time)
                } else {
                    let written = try writer.commit(
                        root: entered, files: stateReports.files, message: message.text, author: author, lookedAt: collector.processed)
                    applied = written.commit.description
                    request.logger.info(
                        "applied state recorded", metadata: ["commit": "\(written.commit)", "tenants": "\(collector.changes.count)"])
                    final = written.snapshot
                }
            }
            if !request.defers { remember(final.tip) }
        }
        let shown = request.isReproducible && applied != nil ? "recorded" : applied
        var tail = tail(collector, gone: rootState.approved, applied: shown, notes: notes(collector, candidates))
        tail.policyChanges = try policyChanges(gates.zones)
        tail.isDeferred = request.defers
        for sink in sinks { try sink.end(tail) }
        try outReports?.finish(tail, snapshot: final, selection: request.selection, steps: steps, deferral: deferral)
        return RunResult(
            summary: collector.summary, errors: collector.errors, warnings: collector.diagnostics.count - collector.errors, applied: applied,
            policyChanges: tail.policyChanges.count)
    }

    /// A warning where the state branch no longer holds what this machine saw on it.
    private func rewinding() throws -> [Diagnostic] {
        guard let store = opened.store, let seen = store.lastSeen, try snapshot.isRewound(behind: seen) else { return [] }
        let now = store.tip.map { "is at \($0.short), which does not come after \(seen.short)" } ?? "is gone; it was at \(seen.short)"
        return [
            Diagnostic(
                .stateRewound, severity: .warning, file: store.branch,
                "the applied state was moved back: \(store.branch) \(now); devices still have what was applied since, and this run does not know it",
                help: "to restore it, set the branch in \(store.store.repositoryPath) to \(seen)\(store.store.isRemote ? " and push it" : ""); reconcile goes on from where the branch is, and says so once")
        ]
    }

    /// Whether it could be written down decides about nothing but whether a later rewind is noticed.
    private func remember(_ tip: ObjectID?) {
        guard let store = opened.store else { return }
        do { try store.store.remember(store.branch, at: tip) } catch {
            request.logger.warning("the place of the state branch was not written down", metadata: ["why": "\(error)"])
        }
    }

    private static let brokenPolicy = "A policy or approval cannot be understood: gates fail closed."
    private static let badSignature = "Policy demands a signed commit, and this one does not pass."

    /// Whether the commit is signed as somebody asks for it; if not, errors have been noted.
    ///
    /// A review checks it only where it is told by whose keys: the pipelines of pull requests need not know them.
    private func isSigned(_ asker: String, _ collector: Collector) throws -> Bool {
        if request.mode == .validate || (request.mode == .review && request.trustedKeys == nil && !request.requiresSignedCommit) { return true }
        let found = try SignatureCheck(asker: asker, trustedKeys: request.trustedKeys, now: request.now.secondsSince1970).diagnostics(of: opened.source)
        collector.note(found)
        return found.isEmpty
    }

    /// Ends a run of which nothing may be applied: everything is told.
    private func stop(_ collector: Collector, _ rootState: RootState, _ why: String) throws -> RunResult {
        let tail = tail(collector, gone: rootState.approved, applied: nil, notes: [why], isStopped: true)
        for sink in sinks { try sink.end(tail) }
        return RunResult(summary: collector.summary, errors: collector.errors, warnings: collector.diagnostics.count - collector.errors, applied: nil)
    }

    private func candidates(_ state: RootState) throws -> Candidates {
        guard let baseline else {
            return try Candidates.find(
                root: root, reader: reader, selection: request.selection, state: state, applied: Array(snapshot.tenantIDs), previousTenants: previousTenants)
        }
        return try Candidates.find(root: root, reader: reader, selection: request.selection, baseline: (baseline.root, baseline.source.reader()))
    }

    private static func baseFiles(_ root: [ConfigEntry], _ reader: any ConfigReader) throws -> [String: ConfigEntry] {
        guard let folder = root.first(where: { $0.name == "bases" && $0.kind == .folder }) else { return [:] }
        return try reader.files(below: folder, path: "bases")
    }

    /// The entries of a `tenants` tree that an earlier run worked off, if the repository still has it.
    private func previousTenants(_ id: String?) throws -> [ConfigEntry]? {
        guard case .commit(let path, _, _, let trust) = opened.source else { return nil }
        guard let id else { return [] }
        let repository = try Repository.open(path: path, trustOwner: trust)
        guard let tree = ObjectID(hex: id), repository.exists(tree) else { return nil }
        return try TreeReader(repository: repository, tree: tree).root()
    }

    // MARK: Work

    /// Tenants that a worker takes at once: enough that workers seldom wait for each other, few enough for flat memory.
    private static let chunk = 8

    private static func work(_ tenants: [Candidates.Tenant], _ context: RunContext, _ collector: Collector) throws {
        guard !tenants.isEmpty else { return }
        let chunks = (tenants.count + chunk - 1) / chunk
        let workers = min(chunks, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let next = Mutex(0)
        let failure = Mutex<(any Error)?>(nil)
        let limits = Turnstile()
        let emission = Turnstile()
        let walk = SharedWalk(context.keeper.limitWalk())
        let progress = context.request.progress
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            do {
                let worker = try Worker(context)
                while true {
                    let number = next.withLock { number in
                        defer { number += 1 }
                        return number
                    }
                    guard number < chunks, failure.withLock({ $0 == nil }) else { return }
                    try context.request.checkCancelled()
                    let range = number * chunk..<min((number + 1) * chunk, tenants.count)
                    let steps = try range.map { try worker.plan(tenants[$0]) }
                    var holds = steps.map { step -> [(proposal: Proposal, by: [Hold])] in
                        if case .planned(let plan, _) = step { worker.judge(plan) } else { [] }
                    }
                    // Limits are one walk over the whole fleet, in order.
                    let admitted: Void? = try limits.pass(number) {
                        for (position, step) in steps.enumerated() {
                            guard case .planned(let plan, _) = step else { continue }
                            for index in holds[position].indices {
                                let (proposal, by) = holds[position][index]
                                holds[position][index].by = walk.walk.admit(proposal, heldBy: by, facts: worker.facts(of: plan))
                            }
                        }
                    }
                    guard admitted != nil else { return }
                    let outcomes = try steps.enumerated().map { position, step -> Outcome in
                        switch step {
                        case .checked(let outcome): outcome
                        case .planned(let plan, let folder): try worker.finish(plan, folder, holds[position])
                        }
                    }
                    let emitted: Void? = try emission.pass(number) { for outcome in outcomes { try collector.take(outcome) } }
                    guard emitted != nil else { return }
                    progress?(range.upperBound, tenants.count)
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
                limits.close()
                emission.close()
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// @unchecked: only used inside the turnstile of the limits.
    private final class SharedWalk: @unchecked Sendable {
        var walk: LimitWalk
        init(_ walk: LimitWalk) { self.walk = walk }
    }

    // MARK: Words

    private func tail(_ collector: Collector, gone: Set<String>, applied: String?, notes: [String], isStopped: Bool = false) -> ReportTail {
        // Of tenants that this run does not look at, nothing can be said.
        let approvals = collector.tally.approvals(hasGoneOut: gone.contains).filter { use in
            use.status != .used && (use.status != .unmatched || request.selection.isEverything)
        }
        return ReportTail(
            summary: collector.summary, diagnostics: collector.diagnostics.sorted(), gates: collector.tally.gates,
            approvals: approvals.map(\.words), applied: applied, notes: notes,
            isStopped: isStopped, run: request.isReproducible ? nil : .init(startedAt: start.startedAt, duration: start.elapsed))
    }

    private func notes(_ collector: Collector, _ candidates: Candidates) -> [String] {
        guard request.mode == .reconcile, !collector.changes.isEmpty, collector.summary.hasNoChanges else { return [] }
        return ["Sources changed and no profile did; what was read last is recorded."]
    }
}
