import Glibc

/// A folder whose content others decide about, such as the work tree of a config repository, for commands that write into it.
///
/// Nothing is ever read or written through a link below it: such a link may lead anywhere on this machine. The check and the work use
/// the same open folder, so that nobody can put a link in its place in between. The folder itself may be reached through links, since
/// the operator names it.
public struct GuardedFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The names in a folder below, sorted; empty when there is no such folder.
    public func list(_ folder: String) throws -> [String] {
        guard let descriptor = try open(folder, creates: false) else { return [] }
        close(descriptor)
        return try Basics.list("\(path)/\(folder)")
    }

    /// Reads a regular file of at most `limit` bytes; nil when there is none.
    public func read(_ file: String, limit: Int) throws -> [UInt8]? {
        let (folder, name) = Self.split(file)
        guard let descriptor = try open(folder, creates: false) else { return nil }
        defer { close(descriptor) }
        guard try kind(of: name, in: descriptor, file) != .missing else { return nil }
        return try readFile("/proc/self/fd/\(descriptor)/\(name)", limit: limit)
    }

    /// Writes a whole file, and makes the folders above it: a reader finds either the old content or the new.
    ///
    /// - Parameter isProgram: whether it can be run.
    /// - Throws: `FileError` where a link, or anything else that is not a folder or regular file, is in the way. Then nothing was written.
    public func write(_ file: String, _ bytes: [UInt8], isProgram: Bool = false) throws {
        let (folder, name) = Self.split(file)
        guard let descriptor = try open(folder, creates: true) else { throw FileError(path: "\(path)/\(file)", operation: "write", code: ENOENT) }
        defer { close(descriptor) }
        guard [.missing, .file].contains(try kind(of: name, in: descriptor, file)) else { throw FileError(path: "\(path)/\(file)", operation: "write", reason: .notRegular) }
        let temporary = ".\(name).easel-\(getpid())"
        unlinkat(descriptor, temporary, 0)
        let new = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isProgram ? 0o755 : 0o644)
        guard new >= 0 else { throw FileError(path: "\(path)/\(file)", operation: "write", code: errno) }
        defer { close(new) }
        do {
            try writeAll(new, bytes, path: "\(path)/\(file)")
            guard renameat(descriptor, temporary, descriptor, name) == 0 else { throw FileError(path: "\(path)/\(file)", operation: "write", code: errno) }
        } catch {
            unlinkat(descriptor, temporary, 0)
            throw error
        }
    }

    /// What is at a name in an open folder. A link is an error.
    private func kind(of name: String, in folder: Int32, _ file: String) throws -> FileKind {
        var status = stat()
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .missing }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: throw FileError(path: "\(path)/\(file)", operation: "use", reason: .link)
        default: return .other
        }
    }

    /// Opens a folder below this one, step by step; nil where it does not exist and is not to be made.
    private func open(_ folder: String, creates: Bool) throws -> Int32? {
        if creates { try makeFolder(path) }
        var descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileError(path: path, operation: "open", code: errno)
        }
        var shown = path
        for part in folder.split(separator: "/") {
            shown += "/" + part
            if creates { mkdirat(descriptor, String(part), 0o755) }
            let next = openat(descriptor, String(part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let code = errno
            var status = stat()
            let isLink = next < 0 && fstatat(descriptor, String(part), &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFLNK
            close(descriptor)
            guard next >= 0 else {
                if isLink { throw FileError(path: shown, operation: "use", reason: .link) }
                if code == ENOENT, !creates { return nil }
                throw FileError(path: shown, operation: "open", code: code)
            }
            descriptor = next
        }
        return descriptor
    }

    /// `tenants/contoso/tenant.json` → its folder and its name.
    private static func split(_ file: String) -> (folder: String, name: String) {
        guard let slash = file.lastIndex(of: "/") else { return ("", file) }
        return (String(file[..<slash]), String(file[file.index(after: slash)...]))
    }
}
