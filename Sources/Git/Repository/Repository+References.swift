import CGitSupport
import Glibc

extension Repository {
    /// The id that a full ref name (`refs/heads/main`) points at; `nil` when there is no such ref or the name is not valid.
    /// Symbolic refs are followed; tags are not peeled.
    public func reference(_ name: String) throws(GitError) -> ObjectID? {
        var oid = git_oid()
        guard let failure = failure(of: git_reference_name_to_id(&oid, handle, name), "read \(name) in \(path)") else { return ObjectID(oid) }
        if failure.code == GIT_ENOTFOUND.rawValue || failure.code == GIT_EINVALIDSPEC.rawValue { return nil }
        throw failure
    }

    /// All refs whose full name starts with `prefix`, sorted by name, without those that point at nothing.
    public func references(prefix: String) throws(GitError) -> [(name: String, id: ObjectID)] {
        let operation = "list the refs of \(path)"
        var iterator: OpaquePointer?
        try check(git_reference_iterator_new(&iterator, handle), operation)
        defer { git_reference_iterator_free(iterator) }
        var result: [(name: String, id: ObjectID)] = []
        while true {
            var text: UnsafePointer<CChar>?
            if let failure = failure(of: git_reference_next_name(&text, iterator), operation) {
                if failure.code == GIT_ITEROVER.rawValue { break }
                throw failure
            }
            guard let text else { continue }
            let name = String(cString: text)
            if name.hasPrefix(prefix), let id = try reference(name) { result.append((name, id)) }
        }
        return result.sorted { $0.name < $1.name }
    }

    /// Moves a ref only if it is still where the caller saw it (compare-and-swap), and flushes it to the disk.
    ///
    /// With `old` nil, it only creates a ref that does not exist. `new` must already be in the repository and on the disk. Throws
    /// ``GitError/Kind/refMoved`` when the ref is elsewhere and ``GitError/Kind/locked`` when there is a lock file; in both cases nothing
    /// has changed. `message` goes into the reflog where the repository keeps one.
    public func moveReference(
        _ name: String, from old: ObjectID?, to new: ObjectID, message: String
    ) throws(GitError) {
        let operation = "move \(name) to \(new) in \(path)"
        var target = new.oid
        var reference: OpaquePointer?
        defer { git_reference_free(reference) }
        let failure = failure(
            of: withIdentity {
                guard var expected = old?.oid else { return git_reference_create(&reference, handle, name, &target, 0, message) }
                return git_reference_create_matching(&reference, handle, name, &target, 1, &expected, message)
            }, operation)
        guard let error = failure else { return }
        let now = (try? self.reference(name)) ?? nil
        switch error.code {
        case GIT_EMODIFIED.rawValue where now != old, GIT_EEXISTS.rawValue where now != old,
            GIT_ENOTFOUND.rawValue where now != old:
            throw GitError.moved(name, from: old, to: now, code: error.code, operation)
        case GIT_ELOCKED.rawValue:
            let lock = "\(commonPath)/\(name).lock"
            throw error.with(
                message: "another process holds the lock file \(lock)\(age(lock))",
                help: "Wait for it and run again. If no Git program is running there, one was killed: delete the file.")
        default:
            // A branch is a file, and a group of branches is a folder: "easel" and "easel/applied" exclude each other.
            let all = (try? references(prefix: "refs/")) ?? []
            if let other = all.first(where: { name.hasPrefix($0.name + "/") || $0.name.hasPrefix(name + "/") }) {
                throw error.with(
                    kind: .invalid, message: "\(other.name) exists, and Git cannot have both",
                    help: "Rename or delete that one, or choose another name.")
            }
            throw error
        }
    }

    /// Deletes a ref if it exists.
    public func deleteReference(_ name: String) throws(GitError) {
        try check(git_reference_remove(handle, name), "delete \(name) in \(path)")
    }

    /// Sets a ref whatever it was before: for a mirror, where the remote decides, and for easel's own notes.
    public func forceReference(_ name: String, to id: ObjectID) throws(GitError) {
        var target = id.oid
        var reference: OpaquePointer?
        try check(
            withIdentity { git_reference_create(&reference, handle, name, &target, 1, "easel") },
            "set \(name) to \(id) in \(path)")
        git_reference_free(reference)
    }

    /// Makes a call that writes to a reflog. Its lines name a person; without this, a machine without `user.name` would fail or invent one.
    private func withIdentity(_ call: () -> Int32) -> Int32 {
        let code = git_repository_set_ident(handle, "easel", "easel@localhost")
        return code < 0 ? code : call()
    }

    private func age(_ path: String) -> String {
        guard let status = fileStatus(path) else { return "" }
        return ", created \(max(0, time(nil) - status.st_mtim.tv_sec)) s ago"
    }
}

extension GitError {
    /// A ref that somebody else moved, created or deleted.
    static func moved(_ name: String, from old: ObjectID?, to now: ObjectID?, code: Int32 = 0, _ operation: String) -> GitError {
        let message =
            switch (old, now) {
            case (let old?, let now?): "\(name) was expected at \(old) but is at \(now)"
            case (let old?, nil): "\(name) was expected at \(old) but no longer exists"
            case (nil, let now?): "\(name) was not expected to exist but is at \(now)"
            case (nil, nil): "\(name) has changed"
            }
        return GitError(kind: .refMoved, code: code, operation: operation, message: message, help: "Somebody else moved it in the meantime; run again.")
    }
}
