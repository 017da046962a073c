import CGitSupport

extension Repository {
    /// The commit that gave a file its present content: the nearest one, back from `tip`, whose parents all have something else there. Nil
    /// where `tip` has no such file.
    ///
    /// Of a merge that keeps one side's content, that side is followed. Throws ``GitError/Kind/notFound`` when a part of this history is
    /// missing, as in a shallow clone, and ``GitError/Kind/tooLarge`` after `limit` commits.
    public func lastChange(of path: String, from tip: ObjectID, limit: Int) throws(GitError) -> ObjectID? {
        guard let entry = try entry(atPath: path, inTree: try tree(ofCommit: tip)) else { return nil }
        let operation = "read the history of \(path)"
        var current = tip
        for _ in 0..<limit {
            let parents = try commit(current).parents
            // Newer versions of libgit2 end the history of a shallow clone in silence.
            if parents.isEmpty, isShallow { throw GitError(kind: .notFound, operation: operation, message: "it ends at commit \(current.short)") }
            var same: ObjectID?
            for parent in parents where same == nil {
                if try self.entry(atPath: path, inTree: try tree(ofCommit: parent))?.id == entry.id { same = parent }
            }
            guard let same else { return current }
            current = same
        }
        throw GitError(kind: .tooLarge, operation: operation, message: "it is longer than \(limit) commits")
    }

    /// The newest commits that are reachable from `tip`, newest first, which may be cut off anywhere: at `limit`, or where a shallow clone ends.
    public func newestCommits(from tip: ObjectID, limit: Int) throws(GitError) -> [ObjectID] {
        let operation = "read the history of commit \(tip)"
        var walk: OpaquePointer?
        try check(git_revwalk_new(&walk, handle), operation)
        defer { git_revwalk_free(walk) }
        var start = tip.oid
        try check(git_revwalk_push(walk, &start), operation)
        var found: [ObjectID] = []
        var next = git_oid()
        while found.count < limit {
            if let failure = failure(of: git_revwalk_next(&next, walk), operation) {
                // A parent that is missing ends the walk.
                guard failure.code == GIT_ITEROVER.rawValue || failure.kind == .notFound else { throw failure }
                break
            }
            found.append(ObjectID(next))
        }
        return found.isEmpty ? [tip] : found
    }

    /// Whether a commit differs from each of its parents in nothing but one folder at the top.
    public func changesOnly(_ folder: String, in id: ObjectID) throws(GitError) -> Bool {
        let commit = try commit(id)
        let own = try entries(ofTree: commit.tree, beside: folder)
        guard !commit.parents.isEmpty else { return own.isEmpty }
        for parent in commit.parents where try entries(ofTree: try tree(ofCommit: parent), beside: folder) != own { return false }
        return true
    }

    private func entries(ofTree tree: ObjectID, beside folder: String) throws(GitError) -> [TreeEntry] {
        let name = Array(folder.utf8)
        return try entries(ofTree: tree).filter { $0.name != name }
    }
}
