import Glibc

/// The names in a folder, sorted; empty when there is no such folder.
public func list(_ path: String) throws -> [String] {
    guard let directory = opendir(path) else {
        if errno == ENOENT { return [] }
        throw FileError(path: path, operation: "list", code: errno)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let item = readdir(directory) {
        let name = withUnsafeBytes(of: &item.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Removes a file, or a folder with everything in it, like `rm -r`. Links are not followed; a missing path is not an error.
public func removeTree(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
        for name in try list(path) { try removeTree(path + "/" + name) }
        if rmdir(path) != 0 { throw FileError(path: path, operation: "remove", code: errno) }
    } else if unlink(path) != 0 {
        throw FileError(path: path, operation: "remove", code: errno)
    }
}

/// Removes those files in a folder that `isOwn` accepts, by their path below it, and every folder that is empty then. Links are not followed.
public func removeFiles(below folder: String, where isOwn: (String) -> Bool) throws {
    func visit(_ folder: String, _ below: String) throws {
        for name in try list(folder) {
            let (path, item) = ("\(folder)/\(name)", below + name)
            if kind(of: path) == .folder { try visit(path, item + "/") } else if isOwn(item) { try removeTree(path) }
        }
        // One that is not empty stays.
        rmdir(folder)
    }
    try visit(folder, "")
}

/// Marks a folder as in use by a process that is still running. The mark is a lock of the kernel: it ends with the process,
/// however that ends, and other containers see it too.
public final class FolderClaim {
    public let path: String
    private let descriptor: Int32

    /// Makes a folder with a new name and claims it.
    public init(making prefix: String) throws {
        // Another run may think that the folder is abandoned just before it is claimed, and remove it. Then try another name.
        for _ in 0..<100 {
            let path = "\(prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
            try makeFolder(path)
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            if descriptor < 0, errno == ENOENT { continue }
            guard descriptor >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
            var (claimed, there) = (stat(), stat())
            if flock(descriptor, LOCK_SH | LOCK_NB) == 0, fstat(descriptor, &claimed) == 0, lstat(path, &there) == 0, claimed.st_ino == there.st_ino {
                self.path = path
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
        throw FileError(path: prefix, operation: "make a folder", code: EBUSY)
    }

    /// Claims a folder that is there; nil where another process has claimed it, or it is gone.
    public init?(taking path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        (self.path, self.descriptor) = (path, descriptor)
    }

    deinit { close(descriptor) }

    /// Removes a folder that no process has claimed.
    public static func removeUnclaimed(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try removeTree(path) }
    }
}
