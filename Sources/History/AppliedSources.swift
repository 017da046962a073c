import AppliedState
import ConfigRepository
import Git
import Impact
import JSONSource
import Profiles

/// What a tree wants, tenant by tenant; its bases are parsed once.
struct Desired {
    private let loader: TenantLoader
    private let folders: TenantFolders

    /// - Parameter overlay: blobs that are read as if they had this content.
    init(_ repository: Repository, _ tree: ObjectID, overlay: [ObjectID: [UInt8]] = [:]) throws {
        let reader = TreeReader(repository: repository, tree: tree, overlay: overlay)
        let source = ConfigSource.commit(repository: repository.path, id: tree, tree: tree, trustOwner: true)
        let revision = try ConfigRevision(reader, of: source)
        folders = try revision.tenantFolders()
        loader = try revision.loader(reader)
    }

    func load(_ id: String) throws -> DesiredTenant? { try folders[id].map { try loader.load(id, $0) } }

    /// Reads a base.
    func base(_ path: String) throws -> Bases.Source? { try loader.baseSource(path) }
}

/// The sources that the profiles of a state were applied from. One per thread.
final class AppliedSources {
    private let repository: Repository
    private let snapshot: StateSnapshot
    private let stateRepository: Repository
    /// Nil: the repository does not have the commit.
    private var known: [String: (tree: ObjectID, desired: Desired)?] = [:]

    /// State commits that are looked at for the one that recorded a profile.
    private static let limit = 200

    init(repository: Repository, snapshot: StateSnapshot, stateRepository: Repository) {
        self.repository = repository
        self.snapshot = snapshot
        self.stateRepository = stateRepository
    }

    struct Source {
        /// The manifest.
        let text: [UInt8]
        let desired: Desired
    }

    /// The manifest of an applied profile as it was written; nil where no commit is found whose files give the profile.
    func source(of was: EffectiveProfile, in applied: AppliedTenant) throws -> Source? {
        if let source = try source(of: was, applied.id, commit: applied.state.commit) { return source }
        // A gate held the profile when the tenant's others were recorded last: it is from an earlier commit.
        guard let commit = try recordingCommit(of: was, applied.id), commit != applied.state.commit else { return nil }
        return try source(of: was, applied.id, commit: commit)
    }

    private func source(of was: EffectiveProfile, _ tenant: String, commit: String) throws -> Source? {
        let file = "tenants/\(tenant)/profiles/\(was.id).json"
        guard let (tree, desired) = try revision(commit), let entry = try repository.entry(atPath: file, inTree: tree),
            let profile = try desired.load(tenant)?.profiles.first(where: { $0.id == was.id }), Comparison(before: was, after: profile).changes.isEmpty
        else { return nil }
        return Source(text: try repository.withBlob(entry.id, limit: JSONLimits.fileSize) { [UInt8]($0) }, desired: desired)
    }

    private func revision(_ commit: String) throws -> (tree: ObjectID, desired: Desired)? {
        if let known = known[commit] { return known }
        guard let id = ObjectID(hex: commit), repository.exists(id) else {
            known[commit] = .some(nil)
            return nil
        }
        let tree = try repository.tree(ofCommit: id)
        let revision = (tree: tree, desired: try Desired(repository, tree))
        known[commit] = revision
        return revision
    }

    /// The source commit of the run that recorded a profile as it is in the state; nil where that is too far back.
    private func recordingCommit(of was: EffectiveProfile, _ tenant: String) throws -> String? {
        var found: String?
        var next = snapshot.tip
        for _ in 0..<Self.limit {
            guard let tip = next, stateRepository.exists(tip) else { return found }
            guard let state = try StateSnapshot(repository: stateRepository, tip: tip).tenant(tenant)?.state, state.profiles[was.id]?.digest == was.digest else { return found }
            found = state.commit
            next = try stateRepository.commit(tip).parents.first
        }
        return nil
    }
}
