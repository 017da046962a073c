import Basics
import CGitSupport
import Crypto
import Glibc

/// A bare mirror, in a cache folder, of what easel needs from one remote repository.
///
/// It is only a cache: deleting it costs a new download and nothing else. Every change to it is made under an exclusive
/// lock that the kernel frees when a process dies, and a process killed at any moment leaves a mirror that works.
/// Not `Sendable`; several processes may use the same mirror.
public final class Mirror {
    /// The URL as it was given.
    let url: String
    /// The bare repository: read it with ``Repository/openBare(path:)``.
    public let repositoryPath: String

    var upkeep: Upkeep { Upkeep(repositoryPath: repositoryPath) }
    private var lockPath: String { repositoryPath.dropLast(".git".count) + ".lock" }

    /// How the remote is reached, unless a call says otherwise.
    let options: FetchOptions

    private init(url: String, repositoryPath: String, options: FetchOptions) {
        self.url = url
        self.repositoryPath = repositoryPath
        self.options = options
    }

    /// The mirror of `url` below `cacheDirectory`, made when it is missing: `mirrors/<16 hex digits>.git`, with the URL
    /// in the file `easel-url` for people. Folders are made for this user alone. Does not touch the network.
    ///
    /// Secrets in the URL are neither written nor hashed: a new token uses the same mirror.
    public static func open(url: String, cacheDirectory: String, options: FetchOptions = FetchOptions()) throws(GitError) -> Mirror {
        try LibGit2.start()
        let shown = redacted(url)
        // libgit2's own way with local paths repacks everything on a fetch, and runs no hooks and compares nothing on a push.
        if url.lowercased().hasPrefix("file:") {
            throw GitError(
                kind: .invalid, operation: "mirror \(shown)", message: "a file: URL is not mirrored but read in place",
                help: "Give the path itself; a file: URL must be file:///path, percent-encoded, without a host.")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            // Not shown: where its secrets would end, nobody can tell.
            throw GitError(kind: .invalid, operation: "mirror a remote", message: "its URL holds white space or control characters", help: "Percent-encode them, as in %20.")
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
        if let status = fileStatus(repositoryPath), status.st_uid != geteuid() {
            // Whoever owns it decides what we read from it.
            throw GitError(
                kind: .ownership, operation: "use the mirror \(repositoryPath)",
                message: "it belongs to \(userName(status.st_uid)), but easel runs as \(userName(geteuid()))",
                help: "Give a --cache folder of this user's own.")
        }
        let urlFile = repositoryPath + "/easel-url"
        // Written last: where it is, the mirror is whole.
        if fileStatus(urlFile) != nil { return }
        let lock = try lock(options)
        _ = try Repository.initialize(path: repositoryPath, bare: true, initialBranch: "main")
        let operation = "write \(urlFile)"
        let partial = uniqueName(urlFile + ".")
        let file = try OpenFile(new: partial, operation: operation)
        try file.write(Array("\(shownURL)\n".utf8), operation: operation)
        try file.seal(operation: operation)
        try moveFile(partial, to: urlFile)
        try flushFolder(repositoryPath)
        _ = lock
    }

    // MARK: Lock

    /// Waits for the mirror's lock, and holds it as long as the result lives.
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
                    help: "It is probably waiting for the same server. Run again, or give another --cache folder.")
            }
            usleep(50_000)
        }
        return file
    }

    // MARK: Fetch

    /// Brings the mirror up to date with what is asked, over one connection, and says where everything is.
    ///
    /// `wanted` must exist, `optional` may be absent: `HEAD`, short names of branches and tags, full refs, or commit ids
    /// of 40 digits. When all commits are here already nothing is downloaded. What a remote branch is, the same name in
    /// the mirror becomes, forced; refs that are gone from the remote are deleted.
    /// ``GitError/Kind/notFound`` for a wanted name that is not there, with near names.
    public func fetch(
        wanted: [String], optional: [String] = [], options: FetchOptions? = nil
    ) throws(GitError) -> RemoteRefs {
        let options = options ?? self.options
        let lock = try lock(options)
        defer { _ = lock.descriptor }
        upkeep.sweep()
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
            // A server need not give out a commit by its id; it is in the history of some branch or tag.
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
        // Tidying may fail for want of room: the mirror is as good as before, and the fetch has succeeded.
        if !missing.isEmpty { try? upkeep.consolidate(repository, isOwn: true) }
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
                        help: "Run again; if it stays so, run git fsck on the server.")
                }
                result.names[asked] = name
                result.commits[asked] = try repository.peel(id, operation)
            case .commit(let id):
                guard repository.exists(id) else {
                    throw GitError(
                        kind: .notFound, operation: operation,
                        message: "the commit \(id) is on no branch or tag of the remote",
                        help: "Check the id, and that its branch was pushed and still exists.")
                }
                result.commits[asked] = try repository.peel(id, operation)
            }
        }
        return result
    }

    /// Deletes what is gone before it sets what came: `a` may have made room for `a/b`.
    private func update(
        _ repository: Repository, refs: [String: ObjectID], advertised: Advertisement
    ) throws(GitError) {
        for (name, _) in try repository.references(prefix: "refs/")
        where advertised.ids[name] == nil && !name.hasPrefix(Mirror.ownPrefix) {
            try repository.deleteReference(name)
        }
        var moved: [(name: String, id: ObjectID)] = []
        for (name, id) in refs.sorted(by: { $0.key < $1.key }) {
            // A HEAD that stands for no branch has a name of our own: it would otherwise be the mirror's HEAD.
            let local = name == "HEAD" ? Mirror.ownPrefix + "HEAD" : name
            if try repository.reference(local) != id { moved.append((local, id)) }
        }
        upkeep.keepSuperseded(for: moved.map(\.id))
        for (name, id) in moved { try repository.forceReference(name, to: id) }
        if let head = advertised.head {
            try check(git_repository_set_head(repository.handle, head), "set HEAD of \(repositoryPath)")
        }
    }

    /// Refs that are this machine's, not the remote's.
    static let ownPrefix = "refs/easel/"
}
