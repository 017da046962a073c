import Basics
import Glibc

/// How easel's own processes write to a repository on this machine, so that none undoes another's work.
extension Repository {
    /// How old a ref's lock file must be, in seconds, to count as abandoned: Git holds one for milliseconds.
    private static let staleLockAge = 5

    /// Moves a ref as ``moveReference(_:from:to:message:)`` does, one easel process after the other, and removes a lock file that a
    /// killed process has left. A branch that is checked out somewhere is not moved under whoever works there.
    public func moveReferenceAlone(_ name: String, from old: ObjectID?, to new: ObjectID, message: String) throws(GitError) {
        let lock = try writerLock()
        defer { _ = lock.descriptor }
        if let folder = try workTree(withBranch: name) {
            throw GitError(
                kind: .invalid, operation: "move \(name) in \(path)", message: "it is checked out in \(folder), and moving it would make all files there look changed",
                help: "Check out something else there (git -C \(shellWord(folder)) switch --detach), or remove that worktree, and run again.")
        }
        // Somebody may have set the branch back to this commit.
        if isBare, let old { Upkeep(repositoryPath: commonPath).keepSuperseded(for: [old]) }
        do throws(GitError) {
            try moveReference(name, from: old, to: new, message: message)
        } catch {
            // No other easel creates such a file while we hold the lock, so an old one was abandoned.
            guard error.kind == .locked else { throw error }
            let file = "\(commonPath)/\(name).lock"
            guard let status = fileStatus(file), time(nil) - status.st_mtim.tv_sec >= Self.staleLockAge, unlink(file) == 0 else { throw error }
            try moveReference(name, from: old, to: new, message: message)
        }
    }

    /// A file in bare repositories that easel has created and that nobody else writes to.
    private static let ownMarker = "easel-state"

    /// Creates a bare repository for applied state alone.
    public static func makeStateRepository(path: String) throws(GitError) {
        _ = try initialize(path: path, bare: true, initialBranch: "main")
        let operation = "make the repository \(path)"
        let file = try OpenFile(new: "\(path)/\(ownMarker)", operation: operation)
        try file.write(Array("easel keeps its applied state here, and tidies this repository itself.\n".utf8), operation: operation)
        try file.seal(operation: operation)
    }

    /// Keeps a bare repository small: removes the unfinished packs of killed runs, and combines packs when there are many. A repository
    /// with a work tree is left to its user's own git.
    public func tidy() throws(GitError) {
        guard isBare else { return }
        let lock = try writerLock()
        defer { _ = lock.descriptor }
        let upkeep = Upkeep(repositoryPath: commonPath)
        upkeep.sweepPacks(mayTakeForeign: false)
        upkeep.removeSuperseded()
        try upkeep.consolidate(self, isOwn: fileStatus(commonPath + "/" + Self.ownMarker) != nil)
    }

    /// Waits for easel's lock on the repository and holds it as long as the result exists.
    private func writerLock() throws(GitError) -> OpenFile {
        let operation = "lock \(commonPath)/easel.lock"
        let file = try OpenFile("\(commonPath)/easel.lock", flags: O_RDWR | O_CREAT, operation: operation)
        while flock(file.descriptor, LOCK_EX) != 0 { if errno != EINTR { throw .system(errno, operation) } }
        return file
    }
}
