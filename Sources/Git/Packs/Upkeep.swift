import Basics
import CGitSupport
import Glibc

/// Keeping a bare repository small and usable: a mirror, or one that holds nothing but applied state. Nobody else does it, and
/// each run leaves a pack. All of it runs under a lock of its owner.
struct Upkeep {
    /// The repository's own folder.
    let repositoryPath: String

    /// How many packs may gather before they become one. Each fetch leaves one, and every look-up asks each.
    static let packLimit = 40
    /// How long packs that were replaced stay, in seconds: a process that has the mirror open may still read them.
    static let supersededLifetime = 3600

    private var packFolder: String { repositoryPath + "/objects/pack" }
    private var supersededList: String { repositoryPath + "/easel-superseded-packs" }

    /// Removes what killed processes left: half packs and lock files. Only where nobody but easel writes, and under its lock.
    func sweep() {
        sweepPacks(mayTakeForeign: true)
        for name in ["HEAD.lock", "packed-refs.lock", "config.lock"] { unlink("\(repositoryPath)/\(name)") }
        sweepLocks("\(repositoryPath)/refs", depth: 0)
        removeSuperseded()
    }

    /// Half packs of easel's own or, where nobody else fetches, of libgit2's.
    func sweepPacks(mayTakeForeign: Bool) {
        for name in names(in: packFolder) {
            let path = packFolder + "/" + name
            if name.hasPrefix(PackWriter.packPrefix) || name.hasPrefix(PackWriter.indexPrefix) {
                // A pack may be written without the mirror's lock: then its writer holds a lock on the file itself,
                // taken a moment after the file was made.
                guard let status = fileStatus(path), time(nil) - status.st_mtim.tv_sec > 60,
                    let file = try? OpenFile(path, flags: O_RDONLY, operation: "sweep"), file.tryLock()
                else { continue }
                unlink(path)
            } else if mayTakeForeign, ["tmp_", "_git2_", ".tmp"].contains(where: name.contains) {
                // libgit2 writes these during a fetch only, and fetches hold the lock that we hold.
                unlink(path)
            }
        }
    }

    /// None where the folder cannot be read: upkeep is done as far as it can be, and the next run does the rest.
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

    /// Makes one pack of many, once there are many. The old ones go an hour later: a reader may have them open.
    ///
    /// - Parameter isOwn: nobody but easel writes there: what no ref reaches goes with the packs, but for those of writers that
    ///   have yet to move their ref. In a repository of somebody else's, a pack goes only if all that is in it is in the new one:
    ///   what no ref reaches may be the work of another work tree, of a clone that borrows it, or of a reflog.
    func consolidate(_ repository: Repository, isOwn: Bool, limit: Int = Upkeep.packLimit) throws(GitError) {
        let names = names(in: packFolder)
        let old = names.filter { $0.hasSuffix(".pack") }
        guard old.count > limit, fileStatus(supersededList) == nil, isOwn || !names.contains("multi-pack-index") else { return }
        let operation = "make one pack of the \(old.count) in \(repositoryPath)"
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
            // A tag of a tree or blob is no start for a walk; it was inserted above.
            if let commit = try? repository.peel(id, operation) {
                var start = commit.oid
                try check(git_revwalk_push(walk, &start), operation)
            }
        }
        try check(git_packbuilder_insert_walk(builder, walk), operation)
        // Written beside the old ones, flushed and renamed by libgit2.
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

    /// Whether a run holds the pack that has yet to move a ref to what is in it. (The kernel lets go when it dies.)
    private func isBeingWritten(_ name: String) -> Bool {
        guard let file = try? OpenFile(packFolder + "/" + name, flags: O_RDONLY, operation: "look at the pack") else { return true }
        return !file.tryLock()
    }

    /// Keeps the replaced packs after all where one of these objects, which a ref is to lead to, is in no other: it was reached by
    /// nothing when they were replaced. They are replaced again when there is time.
    func keepSuperseded(for ids: some Collection<ObjectID>) {
        guard !ids.isEmpty, let superseded = supersededNames() else { return }
        var missing = Set(ids)
        for name in names(in: packFolder) where name.hasSuffix(".idx") && !superseded.contains(String(name.dropLast(".idx".count))) {
            missing.subtract(packedIDs(index: packFolder + "/" + name) ?? [])
            if missing.isEmpty { return }
        }
        unlink(supersededList)
    }

    /// Nil where none are waiting to go.
    private func supersededNames() -> Set<String>? {
        // The name of a pack has 45 letters; the list has some tens of them.
        textOfFile(supersededList).map { text in Set(text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("pack-") }) }
    }

    func removeSuperseded() {
        guard let status = fileStatus(supersededList),
            time(nil) - status.st_mtim.tv_sec > Upkeep.supersededLifetime, let names = supersededNames()
        else { return }
        for name in names {
            // The index first: without it nobody looks for the pack.
            for ending in ["idx", "rev", "pack"] { unlink("\(packFolder)/\(name).\(ending)") }
        }
        unlink(supersededList)
    }
}
