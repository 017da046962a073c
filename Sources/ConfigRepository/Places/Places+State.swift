import AppliedState
import Basics
import Git
import Glibc

/// Where the applied state is.
extension Places {
    /// Where the applied state is, and where it stood when the run began.
    public struct Store {
        public let store: StateStore
        /// Full name, `refs/heads/easel/applied`.
        public let branch: String
        public let tip: ObjectID?
        /// What this machine last left there; nil where it does not remember any.
        public let lastSeen: ObjectID?
        /// Where `--state` leads, without secrets; nil for the config repository itself.
        var place: String?
        /// The remote to which the branch can be pushed; nil where a remote has it already, or where the repository is not a clone.
        public private(set) var pushRemote: String?

        /// The name of a remote's branch that a clone last fetched, `origin/easel/applied`; nil where the state is read in its own place.
        public var fetchedName: String? { if case .fetched(_, _, let remote) = store { "\(remote)/\(Places.short(branch))" } else { nil } }

        /// For a snapshot of it.
        public var home: StateSnapshot.Home { (store, branch) }

        init(local repository: Repository, _ branch: String) throws {
            store = .local(path: repository.path)
            self.branch = branch
            lastSeen = try store.lastSeen(branch)
            tip = try repository.reference(branch)
            let clone = try CloneState(repository, branch)
            pushRemote = clone?.fetched == nil ? clone?.remote.name : nil
        }

        init(remote mirror: Mirror, _ branch: String, lastSeen: ObjectID?, _ refs: RemoteRefs) {
            store = .remote(mirror)
            self.branch = branch
            self.lastSeen = lastSeen
            tip = refs.commits[branch]
        }

        init(fetched state: CloneState, _ repository: Repository) throws {
            store = .fetched(path: repository.path, ref: state.trackingRef, remote: state.remote.name)
            branch = state.branch
            lastSeen = try store.lastSeen(state.branch)
            tip = state.fetched
        }
    }

    /// What a command does with the applied state.
    public enum StateUse: Sendable {
        case none
        /// A branch that does not exist is an empty state; nothing is created.
        case read
        /// Writes to it; a repository that does not exist is an error.
        case extend
        /// A repository that does not exist is created.
        case write

        var writes: Bool { self == .extend || self == .write }
    }

    /// `--state` as its place, nil for the config repository itself, and its branch.
    var stateParts: (String?, String) {
        guard let state else { return (nil, Self.defaultBranch) }
        // A "#" in the password of a URL is part of it.
        let start = state.firstRange(of: "://").flatMap { userInfoEnd(state[$0.upperBound...]) } ?? state.startIndex
        guard let hash = state[start...].lastIndex(of: "#") else { return (state, Self.defaultBranch) }
        let place = String(state[..<hash])
        return (place.isEmpty ? nil : place, String(state[state.index(after: hash)...]))
    }

    /// Where `--state` leads, so that two runs can be told to mean the same; nil: to the config repository itself.
    public var statePlace: String? {
        guard let text = stateParts.0 else { return nil }
        var own: Repository?
        if case .local(let path) = Location(repo) { own = try? Repository.open(path: path, trustOwner: trustOwner) }
        switch (try? location(ofState: text, own)) ?? Location(text) {
        case .remote(let url): return redacted(url)
        case .local(let path):
            guard let real = realpath(path, nil) else { return path }
            defer { free(real) }
            return String(cString: real)
        }
    }

    /// A remote of the config repository leads to its URL; a path that is called like one is written `./origin`.
    private func location(ofState text: String, _ own: Repository?) throws -> Location {
        guard let own, let remote = try own.remotes().first(where: { $0.name == text }) else { return Location(text) }
        return own.location(of: remote)
    }

    // MARK: The place that --state names

    func openState(_ text: String, _ own: Repository?, _ branch: String, _ use: StateUse) throws -> Store? {
        let location = try location(ofState: text, own)
        var store: Store
        switch location {
        case .local(let path):
            let isThere = access(path, F_OK) == 0
            guard isThere || use == .write else { throw try missing(path, own) }
            // systemd, for one, makes the folder.
            if !isThere || (try? list(path).isEmpty) == true {
                guard use == .write else { return nil }
                try Self.makeRepository(path)
                note?("Created the bare repository \(path) for the applied state.")
            }
            store = try Store(local: Repository.open(path: path, trustOwner: trustOwner), branch)
        case .remote(let url):
            let mirror = try mirror(url)
            let lastSeen = try StateStore.remote(mirror).lastSeen(branch)
            store = Store(remote: mirror, branch, lastSeen: lastSeen, try mirror.fetch(wanted: [], optional: [branch]))
        }
        store.place =
            switch location {
            case .local(let path): Location(text) == location ? redacted(text) : path
            case .remote(let url): redacted(url)
            }
        return store
    }

    private func missing(_ path: String, _ own: Repository?) throws -> GitError {
        let names = try own?.remotes().map(\.name) ?? []
        let remotes = names.isEmpty ? "" : ", or a remote of this clone (\(names.joined(separator: ", ")))"
        return GitError(
            kind: .notFound, operation: "read the applied state in \(path)", message: "nothing is there",
            help: "Correct --state: it takes a URL, the path of a repository\(remotes). easel reconcile and easel adopt create a repository there.")
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

    // MARK: The config repository itself

    /// The state in the config repository on this machine. Readers ask no network; writers ask the remote of a clone only where the clone
    /// does not know whether it has the branch.
    func ownState(_ repository: Repository, _ branch: String, _ use: StateUse) throws -> Store {
        guard let clone = try CloneState(repository, branch) else { return try Store(local: repository, branch) }
        if use.writes {
            if try clone.fetched != nil || isThere(branch, clone, repository) { throw clone.secondState(beside: repo) }
            return try Store(local: repository, branch)
        }
        switch try clone.newer(contains: { try repository.contains($1, in: $0) }) {
        case .local: return try Store(local: repository, branch)
        case .fetched: return try Store(fetched: clone, repository)
        case .neither: throw clone.split(in: repository, beside: repo)
        }
    }

    /// Whether the remote of a clone has the branch.
    private func isThere(_ branch: String, _ clone: CloneState, _ repository: Repository) throws -> Bool {
        do {
            switch repository.location(of: clone.remote) {
            case .local(let path): return try Repository.open(path: path, trustOwner: trustOwner).reference(branch) != nil
            case .remote(let url): return try mirror(url).remoteHas(branch)
            }
        } catch let error as GitError where error.kind != .cancelled {
            throw clone.unknown(error, beside: repo)
        }
    }
}

extension Repository {
    fileprivate func location(of remote: Remote) -> Location {
        guard case .local(let path) = Location(remote.url), !path.hasPrefix("/") else { return Location(remote.url) }
        // Git reads it from the top of the work tree.
        return .local(path: "\(workTree.map(withoutTrailingSlashes) ?? self.path)/\(path)")
    }

    /// Whether one commit is in the history of another. In a shallow clone, what cannot be seen is not.
    fileprivate func contains(_ one: ObjectID, in other: ObjectID) throws(GitError) -> Bool {
        do throws(GitError) { return try mergeBase(one, other) == one } catch where error.kind == .notFound { return false }
    }
}
