import AppliedState
import Basics
import Git
import Glibc
import ReportModel

extension Places {
    /// Finds or fetches everything. One connection brings config and state where both are in one remote.
    ///
    /// - Parameter isReproducible: leaves out of the head what depends on the machine.
    public func open(_ use: StateUse, isReproducible: Bool) throws -> OpenedPlaces {
        if use == .write, reads != .commit { throw UsageError("This command needs a commit; --worktree and --staged work with validate, plan and review") }
        let (stateText, branchName) = stateParts
        let branch = branchName.hasPrefix("refs/") ? branchName : "refs/heads/" + branchName
        let source: ConfigSource
        var head: ReportHead.Source
        var own: Repository?
        var remoteStore: Store?
        var reviewed: (source: ConfigSource, base: ReportHead.Base)?
        switch Location(repo) {
        case .local(let path):
            if let opened = try openFiles(path) {
                (source, head) = (opened.source, opened.head)
                if let baseline, let repository = opened.repository { reviewed = try self.baseline(baseline, repository, head: nil) { try find($0, repository) } }
                own = opened.repository
            } else {
                let repository = try Repository.open(path: path, trustOwner: trustOwner)
                let (commit, refName) = try localCommit(repository)
                source = try self.source(commit, repository, trustOwner: trustOwner)
                head = .init(repository: repo, ref: refName, commit: commit.description)
                if let baseline { reviewed = try self.baseline(baseline, repository, head: commit) { try find($0, repository) } }
                own = repository
            }
            if isReproducible { head.repository = nil }
        case .remote(let url):
            guard reads != .staged else { throw UsageError("--staged reads the index of a local repository; \(redacted(url)) is a remote one") }
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
            remoteStore = Store(remote: mirror, branch, lastSeen: lastSeen, refs)
        }
        if use == .none {
            return OpenedPlaces(source: source, baseline: reviewed?.source, store: nil, head: head, base: reviewed?.base)
        }
        let found = try stateText.map { try openState($0, own, branch, use) } ?? own.map { try ownState($0, branch, use) } ?? remoteStore
        var shown = stateText == nil ? head.repository : found.flatMap(\.place) ?? stateText.map(redacted)
        if isReproducible, stateText != nil, found?.store.isRemote != true { shown = nil }
        // Which of the two a clone has depends on the machine, too.
        let name = isReproducible ? branchName : found?.fetchedName ?? branchName
        let base = ReportHead.Base.applied(state: shown, branch: name, commit: isReproducible ? nil : found?.tip?.description)
        return OpenedPlaces(source: source, baseline: nil, store: found, head: head, base: base)
    }

    private func source(_ commit: ObjectID, _ repository: Repository, trustOwner: Bool) throws -> ConfigSource {
        .commit(repository: repository.path, id: commit, tree: try repository.tree(ofCommit: commit), trustOwner: trustOwner)
    }

    /// Nil where a commit is to be read.
    private func openFiles(_ path: String) throws -> (source: ConfigSource, head: ReportHead.Source, repository: Repository?)? {
        guard reads != .commit else { return nil }
        guard reads != .staged else { return try openIndex(path) }
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

    private func openIndex(_ path: String) throws -> (source: ConfigSource, head: ReportHead.Source, repository: Repository?) {
        let repository = try Repository.open(path: path, trustOwner: trustOwner)
        guard let folder = repository.workTree else { throw UsageError("\(path) is a bare repository: nothing is staged in it; leave --staged out") }
        // The variable is about the repository whose hook runs, which need not be this one.
        let hooked = (try? Repository.open(path: hook.gitDirectory ?? ".", trustOwner: true))?.path
        let file = hooked == repository.path ? hook.indexFile.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" } : nil
        let files = IndexedFiles(try repository.stagedFiles(index: file))
        return (
            .index(repository: repository.path, files: files, trustOwner: trustOwner), .init(repository: repo, ref: nil, commit: nil, isStaged: true), repository
        )
    }

    private func localCommit(_ repository: Repository) throws -> (ObjectID, String?) {
        if let ref { return (try find(ref, repository), ref) }
        let head = try repository.head()
        return (head.commit, Self.short(head.refName))
    }

    static func short(_ name: String) -> String {
        for prefix in ["refs/heads/", "refs/tags/"] where name.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
        return name
    }

    /// The mirror of a remote, reached as these places say.
    public func mirror(_ url: String) throws -> Mirror {
        try Mirror.open(url: url, cacheDirectory: cache, options: FetchOptions(progress: transferProgress, isCancelled: isCancelled, warn: warn, access: remoteAccess))
    }
}
