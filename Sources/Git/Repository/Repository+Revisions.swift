import CGitSupport

/// The content of a commit.
public struct CommitInfo: Hashable, Sendable {
    public var id: ObjectID
    public var tree: ObjectID
    public var parents: [ObjectID]
    /// The whole message; bytes that are not UTF-8 are replaced.
    public var message: String
    public var authorName: String
    public var authorEmail: String
    /// The author's time in seconds since 1970.
    public var time: Int64
}

extension Repository {
    /// The commit that a revision names: a branch, remote branch (`origin/main`), tag, full ref, commit id (also
    /// abbreviated), or Git's forms built on these (`main~2`).
    ///
    /// Throws ``GitError/Kind/notFound``, with similar names in its help, and ``GitError/Kind/invalid`` for a name of several things.
    public func resolve(_ revision: String) throws(GitError) -> ObjectID {
        let operation = "find the commit \"\(revision)\" in \(workTree ?? path)"
        if let branch = try reference("refs/heads/" + revision), let tag = try reference("refs/tags/" + revision) {
            guard try peel(branch, operation) == peel(tag, operation) else {
                throw GitError(
                    kind: .invalid, operation: operation, message: "both a branch and a tag have this name",
                    help: "Use refs/heads/\(revision) or refs/tags/\(revision).")
            }
        }
        var object: OpaquePointer?
        if let failure = failure(of: git_revparse_single(&object, handle, revision), operation) { throw unresolved(revision, failure) }
        guard let object else { throw GitError(kind: .other, operation: operation, message: "libgit2 returned nothing") }
        defer { git_object_free(object) }
        return try peel(object, operation)
    }

    private func unresolved(_ revision: String, _ error: GitError) -> GitError {
        switch error.code {
        case GIT_EAMBIGUOUS.rawValue:
            return error.with(
                message: "several objects have an id that starts with this", help: "Give more digits of the commit id.")
        case GIT_ENOTFOUND.rawValue:
            let names = shortNames()
            if names.isEmpty, (try? head()) == nil {
                return error.with(message: "the repository has no commits yet", help: "Commit something first.")
            }
            var help = suggestion(revision, among: names) ?? ""
            if isShallow {
                help += (help.isEmpty ? "" : " ")
                    + "The repository is shallow; if this is an older commit, get it with git fetch --unshallow."
            }
            return error.with(
                message: "no branch, tag or commit has this name", help: help.isEmpty ? nil : help)
        default: return error
        }
    }

    /// The short names of branches, remote branches and tags.
    private func shortNames() -> [String] {
        guard let all = try? references(prefix: "refs/") else { return [] }
        return all.compactMap { name, _ in
            for prefix in ["refs/heads/", "refs/remotes/", "refs/tags/"] where name.hasPrefix(prefix) {
                return String(name.dropFirst(prefix.count))
            }
            return nil
        }
    }

    /// The commit that an id stands for: itself, or the one that a tag finally points at.
    func peel(_ id: ObjectID, _ operation: String) throws(GitError) -> ObjectID {
        var oid = id.oid
        var object: OpaquePointer?
        try checkRead(git_object_lookup(&object, handle, &oid, GIT_OBJECT_ANY), "\(operation): read", id)
        guard let object else { throw GitError(kind: .other, operation: operation, message: "libgit2 returned nothing") }
        defer { git_object_free(object) }
        return try peel(object, operation)
    }

    private func peel(_ object: OpaquePointer, _ operation: String) throws(GitError) -> ObjectID {
        var commit: OpaquePointer?
        if let failure = failure(of: git_object_peel(&commit, object, GIT_OBJECT_COMMIT), operation) {
            throw failure.code == GIT_EPEEL.rawValue || failure.code == GIT_EINVALIDSPEC.rawValue
                ? failure.with(kind: .invalid, message: "it is not a commit, nor a tag of one") : failure
        }
        defer { git_object_free(commit) }
        guard let id = git_object_id(commit) else {
            throw GitError(kind: .other, operation: operation, message: "libgit2 returned a commit without an id")
        }
        return ObjectID(id.pointee)
    }

    /// The full name of the branch that HEAD is on (`refs/heads/main`; `HEAD` when detached), and its commit.
    /// Throws ``GitError/Kind/notFound`` when the branch has no commit yet.
    public func head() throws(GitError) -> (refName: String, commit: ObjectID) {
        let operation = "read HEAD of \(workTree ?? path)"
        var reference: OpaquePointer?
        if let failure = failure(of: git_repository_head(&reference, handle), operation) {
            throw failure.code == GIT_EUNBORNBRANCH.rawValue || failure.code == GIT_ENOTFOUND.rawValue
                ? failure.with(message: "its branch has no commits yet", help: "Commit something, or name another branch.") : failure
        }
        defer { git_reference_free(reference) }
        guard let id = git_reference_target(reference), let name = git_reference_name(reference) else {
            throw GitError(kind: .corrupt, operation: operation, message: "HEAD points at nothing")
        }
        return (String(cString: name), try peel(ObjectID(id.pointee), operation))
    }

    /// The root tree of a commit.
    public func tree(ofCommit id: ObjectID) throws(GitError) -> ObjectID { try commit(id).tree }

    /// Reads a commit.
    public func commit(_ id: ObjectID) throws(GitError) -> CommitInfo {
        var oid = id.oid
        var commit: OpaquePointer?
        try checkRead(git_commit_lookup(&commit, handle, &oid), "read commit", id)
        defer { git_commit_free(commit) }
        guard let commit, let tree = git_commit_tree_id(commit), let author = git_commit_author(commit) else {
            throw GitError(kind: .corrupt, operation: "read commit \(id)", message: "it has no tree or no author")
        }
        let parents = (0..<git_commit_parentcount(commit)).compactMap { position in
            git_commit_parent_id(commit, position).map { ObjectID($0.pointee) }
        }
        return CommitInfo(
            id: id, tree: ObjectID(tree.pointee), parents: parents,
            message: git_commit_message(commit).map { String(cString: $0) } ?? "",
            authorName: author.pointee.name.map { String(cString: $0) } ?? "",
            authorEmail: author.pointee.email.map { String(cString: $0) } ?? "",
            time: author.pointee.when.time)
    }

    /// The best common ancestor of two commits; `nil` when they have none.
    public func mergeBase(_ a: ObjectID, _ b: ObjectID) throws(GitError) -> ObjectID? {
        var base = git_oid()
        var first = a.oid
        var second = b.oid
        guard let failure = failure(of: git_merge_base(&base, handle, &first, &second), "find the common ancestor of \(a) and \(b)") else {
            return ObjectID(base)
        }
        // The code is the same for commits without a common ancestor and for a missing commit: the class tells which.
        if failure.code == GIT_ENOTFOUND.rawValue, failure.errorClass == GIT_ERROR_MERGE { return nil }
        throw explainedMissing(failure)
    }
}
