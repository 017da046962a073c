import Glibc

/// What easel's own writers of a repository on this machine agree upon, so that none undoes another's work.
extension Repository {
    /// How old a ref's lock file must be, in seconds, before nobody is believed to hold it: Git holds one for milliseconds.
    private static let staleLockAge = 5

    /// Moves a ref as ``moveReference(_:from:to:message:)`` does, one easel after the other, and past a lock file that a killed
    /// process has left.
    public func moveReferenceAlone(_ name: String, from old: ObjectID?, to new: ObjectID, message: String) throws(GitError) {
        let lock = try writerLock()
        defer { _ = lock.descriptor }
        // What somebody has set it back to, perhaps.
        if isBare, let old { Upkeep(repositoryPath: commonPath).keepSuperseded(for: [old]) }
        do throws(GitError) {
            try moveReference(name, from: old, to: new, message: message)
        } catch {
            // No other easel makes such a file while we hold the lock, so that an old one is nobody's.
            guard error.kind == .locked else { throw error }
            let file = "\(commonPath)/\(name).lock"
            guard let status = fileStatus(file), time(nil) - status.st_mtim.tv_sec >= Self.staleLockAge, unlink(file) == 0 else { throw error }
            try moveReference(name, from: old, to: new, message: message)
        }
    }

    /// In a bare repository that easel has made, and that nobody else writes to.
    private static let ownMarker = "easel-state"

    /// Makes a bare repository for applied state alone.
    public static func makeStateRepository(path: String) throws(GitError) {
        _ = try initialize(path: path, bare: true, initialBranch: "main")
        let operation = "make the repository \(path)"
        let file = try OpenFile(new: "\(path)/\(ownMarker)", operation: operation)
        try file.write(Array("easel keeps applied state here, and tidies up by itself.\n".utf8), operation: operation)
        try file.seal(operation: operation)
    }

    /// Keeps a bare repository small: half packs of killed runs go, and many packs become one. A repository with a work tree is
    /// its user's, whose git does that by itself.
    public func tidy() throws(GitError) {
        guard isBare else { return }
        let lock = try writerLock()
        defer { _ = lock.descriptor }
        let upkeep = Upkeep(repositoryPath: commonPath)
        upkeep.sweepPacks(mayTakeForeign: false)
        upkeep.removeSuperseded()
        try upkeep.consolidate(self, isOwn: fileStatus(commonPath + "/" + Self.ownMarker) != nil)
    }

    /// Waits for easel's lock on the repository, and holds it as long as the result lives.
    private func writerLock() throws(GitError) -> OpenFile {
        let operation = "lock \(commonPath)/easel.lock"
        let file = try OpenFile("\(commonPath)/easel.lock", flags: O_RDWR | O_CREAT, operation: operation)
        while flock(file.descriptor, LOCK_EX) != 0 { if errno != EINTR { throw .system(errno, operation) } }
        return file
    }
}
