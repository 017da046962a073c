import AppliedState
import Basics
import ConfigRepository
import Git
import Glibc
import HandOff
import Logging
import Planning
import Profiles
import ReportModel

/// What a run has read before it looks at the first tenant.
struct Preparation {
    let request: RunRequest
    let opened: OpenedPlaces
    let revision: ConfigRevision
    /// The revision that a review compares with.
    let baseline: ConfigRevision?
    let snapshot: StateSnapshot
    let rootState: RootState
    let gates: GateFiles
    let approvalHistory: ApprovalHistory
    let candidates: Candidates

    init(_ request: RunRequest) throws {
        self.request = request
        opened = try request.places.open(request.mode.stateUse, isReproducible: request.isReproducible)
        // A wrong path would be found out only on the day on which a policy asks for signatures.
        if let keys = request.gates.trustedKeys, kind(of: keys) == .missing { throw FileError(path: keys, operation: "read the trusted keys in", code: ENOENT) }
        revision = try ConfigRevision(opened.source)
        baseline = try opened.baseline.map { [zones = revision.zones] in try ConfigRevision($0, zones: zones) }
        // Who owns the repository was checked when it was opened.
        let repository = try opened.store.map { try Repository.openBare(path: $0.store.repositoryPath) }
        snapshot = try StateSnapshot(repository: repository, tip: opened.store?.tip, home: opened.store?.home)
        rootState = try snapshot.rootState()
        let history = try ApprovalHistory(opened.source, approverKeys: request.gates.approverKeys, now: request.now.secondsSince1970)
        approvalHistory = history
        gates =
            switch request.mode {
            case .drift, .adopt: GateFiles(noneAt: request.now)
            default: try GateFiles(revision, policies: request.gates.policies, now: request.now, usedUp: rootState.approved) { history.isVouched($0, outside: $1) }
            }
        candidates = try Candidates.find(request.selection, revision, baseline: baseline, applied: snapshot, rootState, comparesLive: request.mode.live != nil || request.repairs)
        request.logger.info(
            "source read",
            metadata: [
                "commit": "\(opened.source.commit?.description ?? "working files")", "tenants": "\(candidates.total)", "toLookAt": "\(candidates.tenants.count)",
            ])
    }

    var head: ReportHead { ReportHead(command: request.mode.command, source: opened.head, base: opened.base, live: request.mode.live?.name) }

    /// The source commit, 40 hex digits; nil for working files.
    var commit: String? { opened.source.commit?.description }

    /// What is wrong before the first tenant is looked at.
    func diagnostics() throws -> [Diagnostic] { try revision.problems + gates.diagnostics + candidates.diagnostics + rewinding() + unknownLiveTenants() + ringsWithoutTenant() }

    /// Whether rings order what goes out.
    var hasRings: Bool { request.mode.isGated && gates.keeper.hasRings }

    /// The tenants of rings that this run would not look at, and on which it depends what others get. Nil without rings, or without anything to
    /// judge.
    func watched() throws -> Candidates? {
        guard hasRings, !candidates.tenants.isEmpty else { return nil }
        let (known, order) = (Set(candidates.tenants.map(\.id)), gates.keeper.order)
        var selection = Selection()
        selection.tenants = try revision.tenantFolders().ids.filter { !known.contains($0) && order.isAwaited($0) }
        guard !selection.tenants.isEmpty else { return nil }
        var found = try Candidates.find(selection, revision, baseline: baseline, applied: snapshot, rootState, comparesLive: false, all: true)
        found.tenants.removeAll { known.contains($0.id) }
        return found
    }

    /// Whether the default gate wants an approval for all that would be removed.
    func isMassRemoval() throws -> Bool {
        guard request.mode.isGated else { return false }
        return try MassRemoval(candidates, of: request.selection, revision, baseline: baseline, applied: snapshot).isPlanned { done, total in
            try request.checkCancelled()
            request.progress?(RunProgress(.reading, done, of: total))
        }
    }

    private func ringsWithoutTenant() throws -> [Diagnostic] {
        guard gates.keeper.hasRings else { return [] }
        return try gates.keeper.ringsWithoutTenant(among: revision.tenantFolders().ids).map { pattern, ring, policy in
            Diagnostic(
                .ringWithoutTenant, severity: .warning, file: policy.file, "Ring '\(ring)' names '\(pattern)', and no tenant has such an id",
                help: "Correct it, or remove it from the ring")
        }
    }

    /// Live tenants that the config repository does not know: nobody looks at those.
    private func unknownLiveTenants() throws -> [Diagnostic] {
        guard case .drift(let comparison) = request.mode, request.selection.isEverything else { return [] }
        let known = Set(candidates.tenants.map(\.id))
        let (ids, diagnostics) = try waiting { try await comparison.live.tenants() }
        return diagnostics + ids.filter { !known.contains($0) }.map { id in
            Diagnostic(
                .missingTenantFile, severity: .warning, file: "\(comparison.live.name)/\(id)", "\(comparison.live.name) has a tenant '\(id)', and the config repository does not",
                help: "Write its manifests with easel import, or remove it there")
        }
    }

    /// Completes the hand-off of a run that was ended after it had been recorded. Returns its commit.
    func deliverAbandoned() throws -> ObjectID? {
        guard let place = try request.delivery.out.map(OutPlace.init) else { return nil }
        try place.check()
        return try place.completeAbandoned(contains: snapshot.contains, precedes: snapshot.precedes)
    }

    /// A warning where the state branch no longer holds what this machine saw on it.
    private func rewinding() throws -> [Diagnostic] {
        guard let store = opened.store, let seen = store.lastSeen, try snapshot.isRewound(behind: seen) else { return [] }
        let now = store.tip.map { "is at \($0.short), which does not come after \(seen.short)" } ?? "is gone; it was at \(seen.short)"
        return [
            Diagnostic(
                .stateRewound, severity: .warning, file: store.branch,
                "The applied state was moved back: \(store.branch) \(now). Devices still have what was applied since, and this run does not know it",
                help: "To restore it, set the branch in \(store.store.repositoryPath) to \(seen)\(store.store.isRemote ? " and push it" : ""); otherwise reconcile continues from where the branch is, and warns only once")
        ]
    }
}
