import Basics
import CGitSupport
import Crypto
import Glibc

/// A bare mirror, in a cache folder, of what easel needs from one remote repository.
///
/// It is only a cache: deleting it costs a new download and nothing else. Every change to it is made under an exclusive lock, which the
/// kernel releases when a process dies, and a process that is killed at any moment leaves a mirror that works. It is not `Sendable`;
/// several processes may use the same mirror.
public final class Mirror {
    /// The URL as given.
    public let url: String
    /// The path of the bare repository; read it with ``Repository/openBare(path:)``.
    public let repositoryPath: String

    var upkeep: Upkeep { Upkeep(repositoryPath: repositoryPath) }
    private var lockPath: String { repositoryPath.dropLast(".git".count) + ".lock" }

    /// How the remote is reached, unless a call has its own options.
    let options: FetchOptions
    /// Whether it was thrown away and made anew already: once is enough.
    var hasHealed = false
    /// Notes of a damaged mirror whose commits are not there yet: name → commit.
    var rescued: [String: ObjectID] = [:]

    private init(url: String, repositoryPath: String, options: FetchOptions) {
        self.url = url
        self.repositoryPath = repositoryPath
        self.options = options
    }

    /// Opens the mirror of `url` below `cacheDirectory`, and creates it when it is missing: `mirrors/<16 hex digits>.git`, with the URL
    /// in the file `easel-url` for people. Only this user can read the folders. The network is not used.
    ///
    /// Secrets in the URL are neither written nor hashed, so a new token uses the same mirror.
    public static func open(url: String, cacheDirectory: String, options: FetchOptions = FetchOptions()) throws(GitError) -> Mirror {
        try LibGit2.start()
        let shown = redacted(url)
        // With local paths libgit2 repacks everything on a fetch, and runs no hooks and compares nothing on a push.
        if url.lowercased().hasPrefix("file:") {
            throw GitError(
                kind: .invalid, operation: "mirror \(shown)", message: "easel reads file: URLs in place and does not mirror them",
                help: "Give the path itself, or a URL of the form file:///path, percent-encoded and without a host.")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            // The URL is not shown, because it is not clear where its secrets end.
            throw GitError(kind: .invalid, operation: "mirror a remote", message: "its URL contains white space or control characters", help: "Percent-encode them, as in %20.")
        }
        let digest = SHA256.hash(data: Array(shown.utf8))
        let name = hexadecimal(digest.prefix(8))
        let folder = cacheDirectory + "/mirrors"
        try makeFolders(folder)
        let mirror = Mirror(url: url, repositoryPath: "\(folder)/\(name).git", options: options)
        try mirror.prepare(shown)
        return mirror
    }

    private func prepare(_ shownURL: String) throws(GitError) {
        let operation = "use the mirror \(repositoryPath)"
        if let status = fileStatus(repositoryPath), status.st_uid != geteuid() {
            // The owner decides what is in it.
            throw GitError(
                kind: .ownership, operation: operation,
                message: "it belongs to \(userName(status.st_uid)), but easel runs as \(userName(geteuid()))",
                help: "Give this user a folder of its own with --cache.")
        }
        let lock = try lock(options)
        defer { _ = lock.descriptor }
        removeDiscarded()
        let found = kind(of: repositoryPath)
        if found == .missing || (found == .folder && !isOwn && isEmpty) { return try create(shownURL) }
        guard found == .folder, isOwn else {
            throw GitError(
                kind: .invalid, operation: operation, message: "easel has not made what is there",
                help: "Delete it, or give easel another folder with --cache.")
        }
        try writeConfig()
        if let damage = damage() { try startAgain(damage, shownURL) }
    }

    /// Makes an empty mirror, or completes one whose creation was interrupted.
    func create(_ shownURL: String) throws(GitError) {
        _ = try Repository.initialize(path: repositoryPath, bare: true, initialBranch: "main")
        try writeConfig()
        let urlFile = repositoryPath + "/easel-url"
        let operation = "write \(urlFile)"
        let partial = uniqueName(urlFile + ".")
        let file = try OpenFile(new: partial, operation: operation)
        try file.write(Array("\(shownURL)\n".utf8), operation: operation)
        try file.seal(operation: operation)
        // It is written last: where it exists, the mirror is complete.
        try moveFile(partial, to: urlFile)
        try flushFolder(repositoryPath)
    }

    // MARK: Lock

    /// Waits for the mirror's lock and holds it as long as the result exists.
    func lock(_ options: FetchOptions) throws(GitError) -> OpenFile {
        let operation = "lock the mirror \(repositoryPath)"
        let file = try OpenFile(lockPath, flags: O_RDWR | O_CREAT, operation: operation)
        let start = time(nil)
        while !file.tryLock() {
            if errno != EWOULDBLOCK, errno != EINTR { throw .system(errno, operation) }
            if options.isCancelled?() == true {
                throw GitError(kind: .cancelled, operation: operation, message: "it was cancelled")
            }
            if time(nil) - start >= options.lockTimeout || options.access.deadline.hasPassed {
                throw GitError(
                    kind: .locked, operation: operation,
                    message: "another process has held \(lockPath) for \(time(nil) - start) s",
                    help: "That process is probably waiting for the same server. Run again later, or use another --cache folder.")
            }
            usleep(50_000)
        }
        return file
    }

    // MARK: Fetch

    /// Brings the mirror up to date with what is asked for, over one connection, and returns the commits.
    ///
    /// `wanted` must exist, `optional` may be absent: `HEAD`, short names of branches and tags, full refs, or commit ids of 40 digits.
    /// When the mirror has all commits already, nothing is downloaded. A ref of the mirror is set to what the ref of the same name is on
    /// the remote, even backwards; refs that the remote no longer has are deleted. Throws ``GitError/Kind/notFound`` for a wanted name
    /// that does not exist, with similar names.
    public func fetch(
        wanted: [String], optional: [String] = [], options: FetchOptions? = nil
    ) throws(GitError) -> RemoteRefs {
        let options = options ?? self.options
        let lock = try lock(options)
        defer { _ = lock.descriptor }
        do throws(GitError) {
            return try fetchOnce(wanted, optional, options)
        } catch {
            guard !hasHealed, Self.mayBeDamage(error) else { throw error }
            try startAgain(error.message, redacted(url))
            return try fetchOnce(wanted, optional, options)
        }
    }

    /// Whether the remote has a ref of this full name, over one connection that downloads nothing.
    public func remoteHas(_ ref: String) throws(GitError) -> Bool {
        let session = try RemoteSession(url: url, repository: Repository.openBare(path: repositoryPath), options: options)
        return try session.connect(GIT_DIRECTION_FETCH, "list the branches of \(url)").contains { $0.name == ref }
    }

    private func fetchOnce(_ wanted: [String], _ asked: [String], _ options: FetchOptions) throws(GitError) -> RemoteRefs {
        let optional = asked + branchesOfRescued.filter { !asked.contains($0) }
        upkeep.sweep()
        recordPacks()
        let operation = "fetch from \(url)"
        let repository = try Repository.openBare(path: repositoryPath)
        let session = try RemoteSession(url: url, repository: repository, options: options)
        let advertised = Advertisement(try session.connect(GIT_DIRECTION_FETCH, operation))
        if advertised.ids.isEmpty, !wanted.isEmpty {
            throw GitError(
                kind: .notFound, operation: operation, message: "the remote repository has no commits yet",
                help: "Push something to it first.")
        }

        var targets: [(asked: String, target: Target)] = []
        for name in wanted { targets.append((name, try advertised.target(name, repository, operation))) }
        for name in optional {
            do throws(GitError) {
                targets.append((name, try advertised.target(name, repository, operation)))
            } catch {
                if error.kind != .notFound { throw error }
            }
        }
        var refs: [String: ObjectID] = [:]
        for (_, target) in targets {
            switch target {
            case .ref(let name, let id): refs[name] = id
            // A server need not send a commit by its id, but it is in the history of some branch or tag.
            case .commit(let id) where !repository.exists(id): refs.merge(advertised.branchesAndTags) { $1 }
            case .commit: break
            }
        }
        let missing = refs.filter { !repository.exists($0.value) }.keys.sorted()
        if !missing.isEmpty {
            try session.download(missing, operation)
            repository.refresh()
        }
        let result = try found(targets, advertised, repository, operation)
        try update(repository, refs: refs, advertised: advertised)
        try restoreMarkers(repository)
        // If the disk is full, tidying fails; the mirror is as good as before, and the fetch has succeeded.
        if !missing.isEmpty {
            try? upkeep.consolidate(repository, isOwn: true)
            recordPacks()
        }
        return result
    }

    private func found(
        _ targets: [(asked: String, target: Target)], _ advertised: Advertisement, _ repository: Repository,
        _ operation: String
    ) throws(GitError) -> RemoteRefs {
        var result = RemoteRefs(head: advertised.head, names: [:], commits: [:])
        for (asked, target) in targets {
            switch target {
            case .ref(let name, let id):
                guard repository.exists(id) else {
                    throw GitError(
                        kind: .corrupt, operation: operation, message: "the server did not send \(name) (\(id))",
                        help: "Run again; if this happens again, run git fsck on the server.")
                }
                result.names[asked] = name
                result.commits[asked] = try repository.peel(id, operation)
            case .commit(let id):
                guard repository.exists(id) else {
                    throw GitError(
                        kind: .notFound, operation: operation,
                        message: "no branch or tag of the remote contains the commit \(id)",
                        help: "Check the id, and whether its branch was pushed and still exists.")
                }
                result.commits[asked] = try repository.peel(id, operation)
            }
        }
        return result
    }

    /// Deletes old refs before it sets new ones: `a` may have been replaced by `a/b`.
    private func update(
        _ repository: Repository, refs: [String: ObjectID], advertised: Advertisement
    ) throws(GitError) {
        for (name, _) in try repository.references(prefix: "refs/")
        where advertised.ids[name] == nil && !name.hasPrefix(Mirror.ownPrefix) {
            try repository.deleteReference(name)
        }
        var moved: [(name: String, id: ObjectID)] = []
        for (name, id) in refs.sorted(by: { $0.key < $1.key }) {
            // A HEAD without a branch gets a name of its own: otherwise it would become the mirror's HEAD.
            let local = name == "HEAD" ? Mirror.ownPrefix + "HEAD" : name
            if try repository.reference(local) != id { moved.append((local, id)) }
        }
        upkeep.keepSuperseded(for: moved.map(\.id))
        for (name, id) in moved { try repository.forceReference(name, to: id) }
        if let head = advertised.head {
            try check(git_repository_set_head(repository.handle, head), "set HEAD of \(repositoryPath)")
        }
    }

    /// The prefix of refs that belong to this machine, not to the remote.
    static let ownPrefix = "refs/easel/"
}
