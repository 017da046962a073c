import CGitSupport

extension Repository {
    /// Whether the repository has the object. Packs that came after it was opened are only found after ``refresh()``.
    public func exists(_ id: ObjectID) -> Bool {
        var oid = id.oid
        // Without the flag every miss reads the pack folder again, and a run misses for every object that it will write.
        return git_odb_exists_ext(odb, &oid, GIT_ODB_LOOKUP_NO_REFRESH.rawValue) == 1
    }

    /// All entries of a tree, in Git's order. Throws ``GitError/Kind/notFound`` for a missing tree.
    public func entries(ofTree id: ObjectID) throws(GitError) -> [TreeEntry] {
        // The raw object is parsed here, because libgit2 allocates each of its entries, which would then be copied again.
        try withTree(id) { bytes in
            var entries: [TreeEntry] = []
            entries.reserveCapacity(bytes.count / 40)
            let sound = scanTree(bytes) { mode, name, idOffset in
                entries.append(
                    TreeEntry(name: [UInt8](bytes[name]), mode: mode, id: ObjectID(bytes, at: idOffset)))
                return true
            }
            return sound ? entries : nil
        }
    }

    /// The entry at a path ("tenants/contoso/tenant.json"); `nil` when there is none. Symbolic links and submodules are never followed.
    public func entry(atPath path: String, inTree root: ObjectID) throws(GitError) -> TreeEntry? {
        var current: TreeEntry?
        for part in path.split(separator: "/") {
            if let current, current.kind != .tree { return nil }
            guard let next = try entry(named: Array(part.utf8), inTree: current?.id ?? root) else { return nil }
            current = next
        }
        return current
    }

    private func entry(named name: [UInt8], inTree id: ObjectID) throws(GitError) -> TreeEntry? {
        try withTree(id) { bytes -> TreeEntry?? in
            var found: TreeEntry?
            let sound = scanTree(bytes) { mode, range, idOffset in
                guard range.count == name.count, bytes[range].elementsEqual(name) else { return true }
                found = TreeEntry(name: name, mode: mode, id: ObjectID(bytes, at: idOffset))
                return false
            }
            return sound ? .some(found) : nil
        }
    }

    /// Reads a tree; `body` returns `nil` when the bytes are not those of a tree.
    private func withTree<R>(_ id: ObjectID, _ body: (UnsafeRawBufferPointer) -> R?) throws(GitError) -> R {
        let object = try readObject(id, .tree)
        defer { git_odb_object_free(object) }
        guard let result = body(content(of: object)) else {
            throw GitError(
                kind: .corrupt, operation: "read tree \(id)", message: "it is damaged",
                help: "Run git fsck in \(path).")
        }
        return result
    }

    /// A blob's size in bytes, without reading it.
    public func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        var oid = id.oid
        var size = 0
        var type = GIT_OBJECT_INVALID
        try checkRead(git_odb_read_header(&size, &type, odb, &oid), "read the size of blob", id)
        guard type == GIT_OBJECT_BLOB else { throw wrongType(id, .blob) }
        return size
    }

    /// Calls `body` with a blob's bytes in place; they are only valid inside it.
    ///
    /// Throws ``GitError/Kind/tooLarge`` for a blob of more than `limit` bytes, which is not read into memory.
    public func withBlob<R>(_ id: ObjectID, limit: Int, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        // Asking for the size first costs 0.25 µs for each blob, or 1.6 µs where blobs are deltas (reading one costs 2.5 to 5 µs). It is
        // the only way to refuse a huge blob before it is in memory.
        let size = try blobSize(id)
        guard size <= limit else {
            throw GitError(
                kind: .tooLarge, operation: "read blob \(id)", message: "it has \(size) bytes; the limit is \(limit)")
        }
        let object = try readObject(id, .blob)
        defer { git_odb_object_free(object) }
        return try body(content(of: object))
    }

    func readObject(_ id: ObjectID, _ kind: ObjectKind) throws(GitError) -> OpaquePointer {
        var oid = id.oid
        var object: OpaquePointer?
        try checkRead(git_odb_read(&object, odb, &oid), "read \(kind.word)", id)
        guard let object else {
            throw GitError(kind: .other, operation: "read \(kind.word) \(id)", message: "libgit2 returned nothing")
        }
        guard git_odb_object_type(object).rawValue == Int32(kind.rawValue) else {
            git_odb_object_free(object)
            throw wrongType(id, kind)
        }
        return object
    }

    func content(of object: OpaquePointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
    }

    private func wrongType(_ id: ObjectID, _ kind: ObjectKind) -> GitError {
        GitError(kind: .invalid, operation: "read \(kind.word) \(id)", message: "it is not a \(kind.word)")
    }

    /// Makes a libgit2 call that reads an object.
    func checkRead(_ call: @autoclosure () -> Int32, _ operation: @autoclosure () -> String, _ id: ObjectID) throws(GitError) {
        guard let failure = failure(of: call(), "\(operation()) \(id)") else { return }
        throw explainedMissing(failure)
    }

    /// Adds to an error about a missing object why it may be missing; other errors stay as they are.
    func explainedMissing(_ failure: GitError) -> GitError {
        guard failure.kind == .notFound else { return failure }
        // Here Git itself would fetch the object from the remote.
        if isPartial { return failure.with(message: "it is missing, since \(path) is a partial clone (git clone --filter)", help: partialCloneHelp) }
        return failure.with(
            message: "it is missing in the repository \(path)",
            help: isShallow
                ? "The repository is shallow; get the missing history with git fetch --unshallow."
                : "Run git fsck in \(path) to see what else is missing.")
    }
}
