import CGitSupport
import Glibc

/// One opened Git repository.
///
/// It is not `Sendable`: each thread opens its own. Nothing is ever checked out. All memory is freed with the object.
public final class Repository {
    let handle: OpaquePointer
    let odb: OpaquePointer

    /// The repository's own folder: `/srv/config/.git`, or the repository itself when it is bare. It has no slash at its end.
    public let path: String
    /// The folder with objects and branches: `path`, except in a linked work tree.
    public let commonPath: String
    /// The folder with the working files; `nil` when the repository is bare.
    public let workTree: String?

    private init(owning handle: OpaquePointer, _ operation: String) throws(GitError) {
        var database: OpaquePointer?
        do throws(GitError) {
            try check(git_repository_odb(&database, handle), operation)
        } catch {
            git_repository_free(handle)
            throw error
        }
        guard let database else {
            git_repository_free(handle)
            throw GitError(kind: .other, operation: operation, message: "libgit2 returned no object database")
        }
        self.handle = handle
        odb = database
        path = folder(git_repository_path(handle)) ?? ""
        commonPath = folder(git_repository_commondir(handle)) ?? ""
        for folder in objectFolders(commonPath + "/objects") { try check(easel_git_guard_loose_objects(database, folder), operation) }
        workTree = Self.isBare(path, commonPath) ? nil : folder(git_repository_workdir(handle))
    }

    deinit {
        git_odb_free(odb)
        git_repository_free(handle)
    }

    /// Whether there are no working files.
    public var isBare: Bool { workTree == nil }

    /// Whether the repository's own `config.worktree`, which libgit2 does not read, says so: Git moves `core.bare` there once a worktree of a
    /// bare repository has settings of its own.
    private static func isBare(_ path: String, _ commonPath: String) -> Bool {
        let file = path + "/config.worktree"
        guard path == commonPath, fileStatus(file).map({ $0.st_mode & S_IFMT == S_IFREG }) == true else { return false }
        var config: OpaquePointer?
        guard git_config_open_ondisk(&config, file) == 0 else { return false }
        defer { git_config_free(config) }
        var isBare: Int32 = 0
        return git_config_get_bool(&isBare, config, "core.bare") == 0 && isBare != 0
    }

    /// Whether history is cut off (`git clone --depth`), so that older commits are missing.
    public var isShallow: Bool { git_repository_is_shallow(handle) == 1 }

    /// Whether it was cloned with a filter (`git clone --filter`), so that objects may be missing that only the remote has.
    public var isPartial: Bool {
        // Since Git 2.24 nothing else says so.
        var config: OpaquePointer?
        guard git_repository_config_snapshot(&config, handle) == 0, let config else { return false }
        defer { git_config_free(config) }
        var iterator: OpaquePointer?
        guard git_config_iterator_glob_new(&iterator, config, #"^remote\..*\.promisor$"#) == 0, let iterator else { return false }
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator) == 0, let found = entry {
            var value: Int32 = 0
            if git_config_parse_bool(&value, found.pointee.value) == 0, value != 0 { return true }
        }
        return false
    }

    /// Opens the repository that a user named: a working folder, any folder inside one, or a bare repository.
    ///
    /// Throws ``GitError/Kind/ownership`` when it belongs to another user, whose configuration could run or read things in this user's
    /// name, unless `trustOwner`. Throws ``GitError/Kind/unsupported`` when libgit2 cannot read its format, and
    /// ``GitError/Kind/notFound`` when there is none. The user's own Git configuration is not read.
    public static func open(path: String, trustOwner: Bool = false) throws(GitError) -> Repository {
        try LibGit2.start()
        let operation = "open repository \(path)"
        var handle: OpaquePointer?
        do throws(GitError) {
            try LibGit2.open(checkingOwner: !trustOwner, operation) { git_repository_open_ext(&handle, path, 0, nil) }
        } catch {
            throw explained(error, path: path, checkedOwner: !trustOwner)
        }
        guard let handle else { throw GitError(kind: .other, operation: operation, message: "libgit2 returned nothing") }
        return try Repository(owning: handle, operation)
    }

    /// Opens easel's own bare repository, such as a mirror, exactly at `path`. The owner is not checked.
    public static func openBare(path: String) throws(GitError) -> Repository {
        try LibGit2.start()
        let operation = "open repository \(path)"
        var handle: OpaquePointer?
        do throws(GitError) {
            try check(git_repository_open_bare(&handle, path), operation)
        } catch {
            throw explained(error, path: path, checkedOwner: false)
        }
        guard let handle else { throw GitError(kind: .other, operation: operation, message: "libgit2 returned nothing") }
        return try Repository(owning: handle, operation)
    }

    /// Creates an empty repository and the folders above it. A repository that exists is kept, and completed if its creation was
    /// interrupted. `initialBranch` is a short name: `main`.
    public static func initialize(path: String, bare: Bool, initialBranch: String) throws(GitError) -> Repository {
        try LibGit2.start()
        let operation = "make the repository \(path)"
        var options = git_repository_init_options()
        try check(
            git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)), operation)
        options.flags = GIT_REPOSITORY_INIT_MKPATH.rawValue | (bare ? GIT_REPOSITORY_INIT_BARE.rawValue : 0)
        var handle: OpaquePointer?
        try check(
            initialBranch.withCString { branch in
                options.initial_head = branch
                return git_repository_init_ext(&handle, path, &options)
            }, operation)
        guard let handle else { throw GitError(kind: .other, operation: operation, message: "libgit2 returned nothing") }
        return try Repository(owning: handle, operation)
    }

    /// Looks for packs that this process or another one has written since the repository was opened.
    public func refresh() { git_odb_refresh(odb) }

    /// Whether Git ignores this path, relative to the working folder, by the repository's own rules.
    public func isIgnored(_ relativePath: String) throws(GitError) -> Bool {
        var ignored: Int32 = 0
        try check(git_ignore_path_is_ignored(&ignored, handle, relativePath), "check whether \(relativePath) is ignored")
        return ignored == 1
    }
}

/// What to do about a partial clone.
let partialCloneHelp = "Fetch what is missing (git fetch --refetch --no-filter, with Git 2.36 or newer), or give easel the remote's URL."

/// A repository's folder of objects and those that it borrows from (`info/alternates`), to the depth that libgit2 follows.
private func objectFolders(_ first: String) -> [String] {
    var found = [first]
    var level = [first]
    for _ in 0..<5 {
        level = level.flatMap { folder in
            (textOfFile(folder + "/info/alternates") ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.hasPrefix("/") ? String($0) : "\(folder)/\($0)" }
        }.filter { !found.contains($0) }
        if level.isEmpty { break }
        found += level
    }
    return found
}

/// The path without the slash that libgit2 puts at the end of folders.
private func folder(_ text: UnsafePointer<CChar>?) -> String? {
    guard let text else { return nil }
    var result = String(cString: text)
    while result.utf8.count > 1, result.hasSuffix("/") { result.removeLast() }
    return result
}

/// Adds to an error about opening a repository why it happened and what to do.
private func explained(_ error: GitError, path: String, checkedOwner: Bool) -> GitError {
    let message = error.message
    // libgit2 returns -1 for every format that it does not know: only the message names it.
    if error.errorClass == GIT_ERROR_REPOSITORY, message.contains("unsupported extension name") || message.contains("unsupported repository version") {
        if message.contains("extensions.objectformat") {
            return error.with(
                kind: .unsupported, message: "it uses SHA-256 object ids, but the installed libgit2 can only read SHA-1",
                help: "Create a repository with SHA-1 ids (git init --object-format=sha1) and push the files there.")
        }
        if message.contains("partialclone") {
            return error.with(
                kind: .unsupported,
                message: "it is a partial clone (git clone --filter) and lacks objects that easel needs", help: partialCloneHelp)
        }
        if message.contains("refstorage") {
            return error.with(
                kind: .unsupported, message: "it keeps its refs in another way than files (reftable), which the installed libgit2 cannot read",
                help: "Convert it (git refs migrate --ref-format=files, with Git 2.46 or newer), or give easel the remote's URL.")
        }
        return error.with(
            kind: .unsupported, message: message.replacing("unsupported extension name ", with: "the installed libgit2 does not know its "),
            help: "Give easel the remote's URL, or a plain clone of it.")
    }
    // For a foreign owner, too, libgit2 returns "not found" (of `safe.directory` in the configuration), so the owner is looked up here.
    if checkedOwner, let foreign = foreignFolder(path) {
        return error.with(
            kind: .ownership,
            message: "\(foreign.path) belongs to \(userName(foreign.owner)), but easel runs as \(userName(geteuid()))",
            help: "Run easel as the owner, or chown the folder to this user, or, if you trust its content, "
                + "use --trust-repository-owner. (easel ignores safe.directory in Git's configuration.)")
    }
    if error.kind == .notFound {
        guard fileStatus(path) != nil else {
            return error.with(message: "there is no such folder", help: "Check the path.")
        }
        return error.with(
            message: "neither this path nor a folder above it is a Git repository",
            help: "Name a folder inside a Git repository, a bare repository, or a URL; or run git init there.")
    }
    return error
}

/// The first of the working folder and the repository folder that another user owns.
private func foreignFolder(_ path: String) -> (path: String, owner: uid_t)? {
    var found = git_buf()
    defer { git_buf_dispose(&found) }
    guard git_repository_discover(&found, path, 0, nil) == 0, let text = found.ptr,
        let repository = folder(UnsafePointer(text))
    else { return nil }
    var candidates = [repository]
    if repository.hasSuffix("/.git") { candidates.insert(String(repository.dropLast("/.git".count)), at: 0) }
    candidates.append(path)
    for candidate in candidates {
        if let status = fileStatus(candidate), status.st_uid != geteuid() { return (candidate, status.st_uid) }
    }
    return nil
}
