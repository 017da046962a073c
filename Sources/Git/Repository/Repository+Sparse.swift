import CGitSupport
import Glibc

extension Repository {
    /// The files that Git leaves out of the working folder (`git sparse-checkout`, `git update-index --skip-worktree`), as the index has
    /// them: each with its path in place of a name. Files that are there nevertheless are among them.
    ///
    /// Throws ``GitError/Kind/unsupported`` where the index has folders in place of their files, which libgit2 cannot read.
    public func skippedFiles() throws(GitError) -> [TreeEntry] {
        guard workTree != nil else { return [] }
        let operation = "read the index of \(workTree ?? path)"
        var index: OpaquePointer?
        if let failure = failure(of: git_repository_index(&index, handle), operation) {
            guard failure.message.contains("extension") else { throw failure }
            throw failure.with(
                kind: .unsupported, message: "its form is not known to the installed libgit2: \(failure.message)",
                help: "Run git sparse-checkout reapply --no-sparse-index there, or name a commit with --ref.")
        }
        defer { git_index_free(index) }
        var found: [TreeEntry] = []
        for position in 0..<git_index_entrycount(index) {
            guard let entry = git_index_get_byindex(index, position)?.pointee, UInt32(entry.flags_extended) & GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue != 0, let path = entry.path
            else { continue }
            found.append(TreeEntry(name: Array(UnsafeBufferPointer(start: path, count: strlen(path))).map(UInt8.init(bitPattern:)), mode: entry.mode, id: ObjectID(entry.id)))
        }
        return found
    }
}
