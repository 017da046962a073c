import CGitSupport

extension Repository {
    /// The working folder that has this branch checked out, here or in a linked worktree; nil where none has. Moving the branch would make
    /// every file there look changed, and the next commit from there would undo the move.
    public func workTree(withBranch name: String) throws(GitError) -> String? {
        let main = try Repository.open(path: commonPath, trustOwner: true)
        if let folder = main.workTree, main.headBranch == name { return folder }
        let operation = "list the worktrees of \(path)"
        var names = git_strarray()
        try check(git_worktree_list(&names, handle), operation)
        defer { git_strarray_dispose(&names) }
        for position in 0..<names.count {
            guard let worktree = names.strings[position], let folder = linkedWorkTree(worktree) else { continue }
            // One that is gone or damaged has nobody who works in it.
            guard let linked = try? Repository.open(path: folder, trustOwner: true), linked.headBranch == name else { continue }
            return folder
        }
        return nil
    }

    /// The full name of the branch that HEAD is on, which need not have a commit yet; nil where it is on none.
    private var headBranch: String? {
        var head: OpaquePointer?
        guard git_reference_lookup(&head, handle, "HEAD") == 0 else { return nil }
        defer { git_reference_free(head) }
        return git_reference_symbolic_target(head).map { String(cString: $0) }
    }

    private func linkedWorkTree(_ name: UnsafePointer<CChar>) -> String? {
        var worktree: OpaquePointer?
        guard git_worktree_lookup(&worktree, handle, name) == 0 else { return nil }
        defer { git_worktree_free(worktree) }
        guard git_worktree_validate(worktree) == 0 else { return nil }
        return git_worktree_path(worktree).map { String(cString: $0) }
    }
}
