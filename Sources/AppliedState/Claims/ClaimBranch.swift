import Git
import JSONSource

/// The branch beside the state branch on which runs claim the tenants that they publish to: `easel/applied-claims`.
///
/// Guarantees: it moves by compare-and-swap, so of two runs that want one tenant at the same moment, one gets it. What is claimed is in
/// `claims.json` at its tip; every commit follows the one before, since remotes move branches only forwards.
public final class ClaimBranch {
    private let store: StateStore
    private let branch: String
    private let repository: Repository
    private let identity: StateIdentity
    private let holder: ClaimHolder
    /// What earlier runs have left at tenants that are this run's now, and must stay known after it.
    private var unfinished: [String: Set<String>] = [:]

    /// - Parameter stateBranch: full name.
    public init(beside stateBranch: String, store: StateStore, identity: StateIdentity, holder: ClaimHolder = .current()) throws {
        self.store = store
        branch = stateBranch + "-claims"
        repository = try Repository.openBare(path: store.repositoryPath)
        self.identity = identity
        self.holder = holder
    }

    public struct Result: Sendable {
        /// Tenants that are this run's now → what an earlier run has left there; nil where there was nothing.
        public var granted: [String: Claim?] = [:]
        /// Tenants to which another run writes now.
        public var refused: [String: Claim] = [:]
        /// What earlier runs have left at other tenants. Nobody else will look at it.
        public var leftBehind: [String: Claim] = [:]
    }

    /// Everything that is claimed now.
    public func current() throws -> Claims { try store.currentTip(branch, repository).map(read) ?? Claims() }

    /// Claims tenants.
    ///
    /// - Parameters:
    ///   - wanted: tenant id → profile → fingerprint of its change, and whether it is a creation.
    ///   - time: seconds since 1970.
    ///   - isOurs: whether a tenant is among those that this run is about: what an earlier run has left there is handed over.
    ///   - isKept: whether what an earlier run has left of a tenant's profile stays known, since this run does not look at it either.
    public func claim(
        _ wanted: [String: [String: (fingerprint: String, isCreate: Bool)]], at time: Int64, isOurs: (String) -> Bool, isKept: (_ tenant: String, _ profile: String) -> Bool
    ) throws -> Result {
        var result = Result()
        try update("Claim \(wanted.count) tenant\(wanted.count == 1 ? "" : "s")", at: time) { claims in
            result = Result()
            unfinished = [:]
            for (tenant, claim) in claims.tenants where wanted[tenant] == nil && isOurs(tenant) && claim.holder != holder && claim.isStale(at: time, isGone: \.isGone) {
                result.leftBehind[tenant] = claim
                claims.tenants[tenant] = claim.left(Set(claim.fingerprints.keys.filter { isKept(tenant, $0) }))
            }
            for (tenant, changes) in wanted {
                let old = claims.tenants[tenant]
                if let old, old.holder != holder, !old.isStale(at: time, isGone: \.isGone) {
                    result.refused[tenant] = old
                    continue
                }
                // Also what this very run has claimed before it lost a race: it begins anew, and what it sent may not be visible yet.
                result.granted.updateValue(old, forKey: tenant)
                var claim = Claim(holder: holder, time: time, fingerprints: changes.mapValues(\.fingerprint), creates: Set(changes.filter(\.value.isCreate).keys))
                // What was left stays known until it was looked at.
                if let old {
                    let rest = old.fingerprints.filter { changes[$0.key] == nil && isKept(tenant, $0.key) }
                    claim.fingerprints.merge(rest) { own, _ in own }
                    claim.creates.formUnion(old.creates)
                    unfinished[tenant] = Set(rest.keys)
                }
                claims.tenants[tenant] = claim
            }
        }
        return result
    }

    /// Gives back everything that this run has claimed; what must stay known of earlier runs stays.
    public func release(at time: Int64) throws {
        try update("Release", at: time) { claims in
            for (tenant, claim) in claims.tenants where claim.holder == holder { claims.tenants[tenant] = claim.left(unfinished[tenant] ?? []) }
        }
    }

    /// Leaves to the next run what this one has claimed: it could not record what it did.
    public func abandon(at time: Int64) throws {
        try update("Abandon", at: time) { claims in
            for (tenant, claim) in claims.tenants where claim.holder == holder {
                var claim = claim
                claim.isAbandoned = true
                claims.tenants[tenant] = claim
            }
        }
    }

    private static let tries = 100

    private func update(_ message: String, at time: Int64, _ change: (inout Claims) -> Void) throws {
        for attempt in 0..<Self.tries {
            let tip = try store.currentTip(branch, repository)
            if !identity.mayBeginToSign { try identity.check(tip, of: branch, in: repository, isFirstLook: false) }
            let before = try tip.map(read) ?? Claims()
            var after = before
            change(&after)
            guard after != before else { return }
            do {
                let pack = try PackWriter(repository: repository)
                let commit = try write(after, on: tip, into: pack, message, time)
                try withExtendedLifetime(pack) { try store.move(branch, from: tip, to: commit, repository, message: "easel: \(message)") }
                return
            } catch let error as GitError where error.kind == .refMoved || error.kind == .locked { pause(attempt) }
        }
        throw StateError.contended(branch: branch)
    }

    private func read(_ tip: ObjectID) throws -> Claims {
        guard let entry = try repository.entry(atPath: Claims.file, inTree: repository.tree(ofCommit: tip)) else { return Claims() }
        let bytes = try repository.withBlob(entry.id, limit: JSONLimits.ownFileSize) { Array($0) }
        return try Claims(JSONDocument(file: "\(branch):\(Claims.file)", bytes: bytes, limit: JSONLimits.ownFileSize))
    }

    private func write(_ claims: Claims, on tip: ObjectID?, into pack: PackWriter, _ message: String, _ time: Int64) throws -> ObjectID {
        var encoder = try ObjectEncoder()
        func add(_ kind: ObjectKind, _ bytes: [UInt8]) throws -> ObjectID {
            let object = encoder.encode(kind, bytes)
            try pack.append(object)
            return object.id
        }
        let file = TreeEntry(name: Claims.file, mode: TreeEntry.fileMode, id: try add(.blob, claims.json()))
        var commit = try encodeCommit(
            tree: add(.tree, encodeTree([file])), parents: tip.map { [$0] } ?? [], name: identity.name, email: identity.email, time: time, message: message)
        if let signer = identity.signer { commit = try signer.signed(commit) }
        let id = try add(.commit, commit)
        _ = try pack.finish()
        repository.refresh()
        return id
    }
}
