import Basics
import CGitSupport
import Glibc

/// Keeps a bare repository small and usable: a mirror, or one that contains only applied state. Nobody else does it, and each run
/// leaves a pack. Callers hold the lock of the mirror or of the repository.
struct Upkeep {
    /// The repository's own folder.
    let repositoryPath: String

    /// How many packs may accumulate before they are combined. Each fetch leaves one, and every look-up searches all of them.
    static let packLimit = 40
    /// How long packs that were replaced are kept, in seconds: a process that has the mirror open may still read them.
    static let supersededLifetime = 3600

    private var packFolder: String { repositoryPath + "/objects/pack" }
    private var supersededList: String { repositoryPath + "/easel-superseded-packs" }

    /// Removes the unfinished packs and lock files of killed processes. Only for repositories that nobody but easel writes to.
    func sweep() {
        sweepPacks(mayTakeForeign: true)
        for name in ["HEAD.lock", "packed-refs.lock", "config.lock"] { unlink("\(repositoryPath)/\(name)") }
        sweepLocks("\(repositoryPath)/refs", depth: 0)
        removeSuperseded()
    }

    /// Removes unfinished packs: easel's own and, with `mayTakeForeign`, libgit2's, which is only safe where nobody else fetches.
    func sweepPacks(mayTakeForeign: Bool) {
        for name in names(in: packFolder) {
            let path = packFolder + "/" + name
            if name.hasPrefix(PackWriter.packPrefix) || name.hasPrefix(PackWriter.indexPrefix) {
                // A pack may be written without the mirror's lock. Its writer then holds a lock on the file itself, which it takes a
                // moment after it has created the file.
                guard let status = fileStatus(path), time(nil) - status.st_mtim.tv_sec > 60,
                    let file = try? OpenFile(path, flags: O_RDONLY, operation: "sweep"), file.tryLock()
                else { continue }
                unlink(path)
            } else if mayTakeForeign, ["tmp_", "_git2_", ".tmp"].contains(where: name.contains) {
                // libgit2 writes these only during a fetch, and every fetch holds the lock that we hold now.
                unlink(path)
            }
        }
    }

    /// None where the folder cannot be read: upkeep does what it can, and the next run does the rest.
    private func names(in folder: String) -> [String] { (try? list(folder)) ?? [] }

    private func sweepLocks(_ folder: String, depth: Int) {
        guard depth < 16 else { return }
        for name in names(in: folder) {
            let path = folder + "/" + name
            if let status = fileStatus(path), status.st_mode & S_IFMT == S_IFDIR {
                sweepLocks(path, depth: depth + 1)
            } else if name.hasSuffix(".lock") {
                unlink(path)
            }
        }
    }

    /// Combines the packs into one when there are more than `limit`. The old ones are removed an hour later, because a reader may have
    /// them open.
    ///
    /// - Parameter isOwn: nobody but easel writes to the repository. Then objects that no ref reaches are dropped, except in packs whose
    ///   writer has yet to move its ref. In anybody else's repository, a pack is removed only if the new one contains all of its objects:
    ///   what no ref reaches may belong to another work tree, to a clone that borrows it, or to a reflog.
    func consolidate(_ repository: Repository, isOwn: Bool, limit: Int = Upkeep.packLimit) throws(GitError) {
        let names = names(in: packFolder)
        let old = names.filter { $0.hasSuffix(".pack") }
        guard old.count > limit, fileStatus(supersededList) == nil, isOwn || !names.contains("multi-pack-index") else { return }
        let operation = "combine the \(old.count) packs in \(repositoryPath)"
        var builder: OpaquePointer?
        var walk: OpaquePointer?
        try check(git_packbuilder_new(&builder, repository.handle), operation)
        defer { git_packbuilder_free(builder) }
        git_packbuilder_set_threads(builder, 1)
        try check(git_revwalk_new(&walk, repository.handle), operation)
        defer { git_revwalk_free(walk) }
        for (_, id) in try repository.references(prefix: "refs/") {
            var oid = id.oid
            try check(git_packbuilder_insert_recur(builder, &oid, nil), operation)
            // A walk cannot start at a tag of a tree or blob; that was inserted above.
            if let commit = try? repository.peel(id, operation) {
                var start = commit.oid
                try check(git_revwalk_push(walk, &start), operation)
            }
        }
        try check(git_packbuilder_insert_walk(builder, walk), operation)
        // libgit2 writes it beside the old ones, flushes it and renames it.
        try check(git_packbuilder_write(builder, nil, 0, nil, nil), operation)
        let new = git_packbuilder_name(builder).map { "pack-\(String(cString: $0)).pack" }

        let partial = uniqueName(supersededList + ".")
        let list = try OpenFile(new: partial, operation: operation)
        func ids(_ pack: String) -> [ObjectID]? { packedIDs(index: "\(packFolder)/\(pack.dropLast("pack".count))idx") }
        let known = isOwn ? [] : Set(new.flatMap(ids) ?? [])
        let replaced = old.filter { name in
            guard name != new, !isBeingWritten(name) else { return false }
            if isOwn { return true }
            guard !names.contains(name.dropLast("pack".count) + "keep"), let ids = ids(name) else { return false }
            return known.isSuperset(of: ids)
        }
        try list.write(Array(replaced.map { $0.dropLast(".pack".count) + "\n" }.joined().utf8), operation: operation)
        try list.seal(operation: operation)
        try moveFile(partial, to: supersededList)
    }

    /// Whether a run that has yet to move its ref holds the pack. (The kernel releases the lock when the run dies.)
    private func isBeingWritten(_ name: String) -> Bool {
        guard let file = try? OpenFile(packFolder + "/" + name, flags: O_RDONLY, operation: "open the pack") else { return true }
        return !file.tryLock()
    }

    /// Keeps the replaced packs after all if one of these objects, which a ref will point at, is in no other pack: no ref reached it
    /// when they were replaced. A later run replaces them again.
    func keepSuperseded(for ids: some Collection<ObjectID>) {
        guard !ids.isEmpty, let superseded = supersededNames() else { return }
        var missing = Set(ids)
        for name in names(in: packFolder) where name.hasSuffix(".idx") && !superseded.contains(String(name.dropLast(".idx".count))) {
            missing.subtract(packedIDs(index: packFolder + "/" + name) ?? [])
            if missing.isEmpty { return }
        }
        unlink(supersededList)
    }

    /// The packs that will be removed; nil where there is no list of them.
    private func supersededNames() -> Set<String>? {
        // A name has 45 characters and the list some tens of names, far less than what is read of a file.
        textOfFile(supersededList).map { text in Set(text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("pack-") }) }
    }

    /// Removes the replaced packs when they are old enough.
    func removeSuperseded() {
        guard let status = fileStatus(supersededList),
            time(nil) - status.st_mtim.tv_sec > Upkeep.supersededLifetime, let names = supersededNames()
        else { return }
        for name in names {
            // The index goes first: without it nobody looks for the pack.
            for ending in ["idx", "rev", "pack"] { unlink("\(packFolder)/\(name).\(ending)") }
        }
        unlink(supersededList)
    }
}
