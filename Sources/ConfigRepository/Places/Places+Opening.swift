import AppliedState
import Basics
import Git
import Glibc
import ReportModel

extension Places {
    /// Where the applied state is, and where it stood when the run began.
    public struct Store {
        public let store: StateStore
        /// Full name, `refs/heads/easel/applied`.
        public let branch: String
        public let tip: ObjectID?
        /// What this machine last left there; nil where it does not remember any.
        public let lastSeen: ObjectID?

        /// For a snapshot of it.
        public var home: StateSnapshot.Home { (store, branch) }

        init(local repository: Repository, _ branch: String) throws {
            store = .local(path: repository.path)
            self.branch = branch
            lastSeen = try store.lastSeen(branch)
            tip = try repository.reference(branch)
        }

        init(remote mirror: Mirror, _ branch: String, lastSeen: ObjectID?, _ refs: RemoteRefs) {
            store = .remote(mirror)
            self.branch = branch
            self.lastSeen = lastSeen
            tip = refs.commits[branch]
        }
    }

    /// What a command does with the applied state.
    public enum StateUse: Sendable {
        case none
        /// A state that does not exist is an empty one; nothing is created.
        case read
        /// A repository that does not exist is created.
        case write
    }

    /// Finds or fetches everything. One connection brings config and state where both are in one remote.
    ///
    /// - Parameter isReproducible: leaves out of the head what depends on the machine.
    public func open(_ use: StateUse, isReproducible: Bool) throws -> OpenedPlaces {
        if use == .write, reads != .commit { throw UsageError("This command needs a commit; --worktree works with validate, plan and review") }
        let (stateText, branchName) = stateParts
        let branch = branchName.hasPrefix("refs/") ? branchName : "refs/heads/" + branchName
        let source: ConfigSource
        var head: ReportHead.Source
        var ownStore: Store?
        var reviewed: (source: ConfigSource, base: ReportHead.Base)?
        switch Location(repo) {
        case .local(let path):
            if let opened = try openFiles(path) {
                (source, head) = (opened.source, opened.head)
                if let baseline, let repository = opened.repository { reviewed = try self.baseline(baseline, repository, head: nil) { try find($0, repository) } }
                ownStore = try opened.repository.map { try Store(local: $0, branch) }
            } else {
                let repository = try Repository.open(path: path, trustOwner: trustOwner)
                let (commit, refName) = try localCommit(repository)
                source = try self.source(commit, repository, trustOwner: trustOwner)
                head = .init(repository: repo, ref: refName, commit: commit.description)
                if let baseline { reviewed = try self.baseline(baseline, repository, head: commit) { try find($0, repository) } }
                ownStore = try Store(local: repository, branch)
            }
            if isReproducible { head.repository = nil }
        case .remote(let url):
            guard reads != .files else { throw UsageError("--worktree reads the files of a local repository; \(redacted(url)) is a remote one") }
            let mirror = try mirror(url)
            let wanted = ref ?? "HEAD"
            let asked = [wanted] + (baseline.map { [$0.ref] } ?? [])
            let lastSeen = try StateStore.remote(mirror).lastSeen(branch)
            let refs = try mirror.fetch(wanted: asked, optional: stateText == nil && use != .none ? [branch] : [])
            let repository = try Repository.openBare(path: mirror.repositoryPath)
            guard let commit = refs.commits[wanted] else {
                throw GitError(kind: .notFound, operation: "read \(redacted(url))", message: "\(wanted) leads to no commit")
            }
            source = try self.source(commit, repository, trustOwner: true)
            if let baseline { reviewed = try self.baseline(baseline, repository, head: commit) { try refs.commits[$0] ?? repository.resolve($0) } }
            head = .init(repository: redacted(url), ref: Self.short(refs.names[wanted] ?? wanted), commit: commit.description)
            ownStore = Store(remote: mirror, branch, lastSeen: lastSeen, refs)
        }
        if use == .none {
            return OpenedPlaces(source: source, baseline: reviewed?.source, store: nil, head: head, base: reviewed?.base)
        }
        var shown = stateText.map(redacted) ?? head.repository
        if let stateText {
            ownStore = try openState(stateText, branch, use)
            if isReproducible, case .local = Location(stateText) { shown = nil }
        }
        let base = ReportHead.Base.applied(state: shown, branch: branchName, commit: isReproducible ? nil : ownStore?.tip?.description)
        return OpenedPlaces(source: source, baseline: nil, store: ownStore, head: head, base: base)
    }

    private func source(_ commit: ObjectID, _ repository: Repository, trustOwner: Bool) throws -> ConfigSource {
        .commit(repository: repository.path, id: commit, tree: try repository.tree(ofCommit: commit), trustOwner: trustOwner)
    }

    /// Where `--state` leads, so that two runs can be told to mean the same; nil: to the config repository itself.
    public var statePlace: String? {
        guard let text = stateParts.0 else { return nil }
        switch Location(text) {
        case .remote(let url): return redacted(url)
        case .local(let path):
            guard let real = realpath(path, nil) else { return path }
            defer { free(real) }
            return String(cString: real)
        }
    }

    private var stateParts: (String?, String) {
        guard let state else { return (nil, Self.defaultBranch) }
        // A "#" in the password of a URL is part of it.
        let start = state.firstRange(of: "://").flatMap { userInfoEnd(state[$0.upperBound...]) } ?? state.startIndex
        guard let hash = state[start...].lastIndex(of: "#") else { return (state, Self.defaultBranch) }
        let place = String(state[..<hash])
        return (place.isEmpty ? nil : place, String(state[state.index(after: hash)...]))
    }

    private func openState(_ text: String, _ branch: String, _ use: StateUse) throws -> Store? {
        switch Location(text) {
        case .local(let path):
            // systemd, for one, makes the folder.
            if access(path, F_OK) != 0 || (try? list(path).isEmpty) == true {
                guard use == .write else { return nil }
                try Self.makeRepository(path)
            }
            let repository = try Repository.open(path: path, trustOwner: trustOwner)
            return try Store(local: repository, branch)
        case .remote(let url):
            let mirror = try mirror(url)
            let lastSeen = try StateStore.remote(mirror).lastSeen(branch)
            return Store(remote: mirror, branch, lastSeen: lastSeen, try mirror.fetch(wanted: [], optional: [branch]))
        }
    }

    /// Nil where a commit is to be read.
    private func openFiles(_ path: String) throws -> (source: ConfigSource, head: ReportHead.Source, repository: Repository?)? {
        guard reads != .commit else { return nil }
        do {
            let repository = try Repository.open(path: path, trustOwner: trustOwner)
            guard let folder = repository.workTree else {
                if reads == .filesIfAny { return nil }
                throw UsageError("\(path) is a bare repository: it has no files to read; leave --worktree out")
            }
            return (
                .worktree(folder: folder, repository: repository.path, trustOwner: trustOwner),
                .init(repository: repo, ref: nil, commit: nil), repository
            )
        } catch let error as GitError where error.kind == .notFound {
            guard access(path, R_OK | X_OK) == 0 else { throw error }
            return (.worktree(folder: path, repository: nil, trustOwner: trustOwner), .init(repository: repo, ref: nil, commit: nil), nil)
        }
    }

    private func localCommit(_ repository: Repository) throws -> (ObjectID, String?) {
        if let ref { return (try find(ref, repository), ref) }
        let head = try repository.head()
        return (head.commit, Self.short(head.refName))
    }

    /// Makes a bare repository that appears whole: another run may want it at the same moment, and any may be killed.
    private static func makeRepository(_ path: String) throws {
        let path = withoutTrailingSlashes(path)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let parent = path.contains("/") ? String(path.dropLast(name.count)) : ""
        for other in try list(parent.isEmpty ? "." : parent) where other.hasPrefix("\(name).making-") { try FolderClaim.removeUnclaimed(parent + other) }
        let claim = try FolderClaim(making: "\(path).making-")
        let making = claim.path
        // There only where the other run was first.
        defer { withExtendedLifetime(claim) { try? removeTree(making) } }
        try Repository.makeStateRepository(path: making)
        guard rename(making, path) == 0 || errno == ENOTEMPTY || errno == EEXIST else {
            throw FileError(path: path, operation: "make the repository", code: errno)
        }
    }

    private static func short(_ name: String) -> String {
        for prefix in ["refs/heads/", "refs/tags/"] where name.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
        return name
    }

    /// The mirror of a remote, reached as these places say.
    public func mirror(_ url: String) throws -> Mirror {
        try Mirror.open(url: url, cacheDirectory: cache, options: FetchOptions(progress: gitProgress, isCancelled: isCancelled, warn: warn, access: remoteAccess))
    }

    private var gitProgress: (@Sendable (FetchProgress) -> Void)? {
        guard let tell = fetchProgress else { return nil }
        return { progress in tell(progress.receivedObjects, progress.totalObjects) }
    }
}
