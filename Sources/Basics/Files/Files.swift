import Glibc

/// Why a file or folder could not be read or written.
public struct FileError: Error, Sendable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// The operating system refused; the value is `errno`.
        case system(Int32)
        /// It is a link, and links are not followed.
        case link
        /// It is a folder, pipe or device where a regular file is expected.
        case notRegular
        /// It has more bytes than this.
        case tooLarge(limit: Int)
    }

    public let path: String
    /// What was tried, the verb after "cannot": "read".
    public let operation: String
    public let reason: Reason

    public init(path: String, operation: String, reason: Reason) {
        self.path = path
        self.operation = operation
        self.reason = reason
    }

    public init(path: String, operation: String, code: Int32) { self.init(path: path, operation: operation, reason: .system(code)) }

    /// Why, without the path.
    public var why: String {
        switch reason {
        case .system(let code): String(cString: strerror(code))
        case .link: "it is a link, and links are not followed"
        case .notRegular: "it is not a regular file"
        case .tooLarge(let limit): "the file has more than \(limit) bytes"
        }
    }

    public var description: String { "cannot \(operation) \(path): \(why)" }
}

/// Reads a regular file of at most `limit` bytes.
///
/// - Parameter followsLinks: for a file that the operator names, since Kubernetes mounts every file of a Secret or ConfigMap as a
///   link. In files of a config repository a link is not followed: its author decides where it leads.
public func readFile(_ path: String, limit: Int, followsLinks: Bool = false) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | (followsLinks ? 0 : O_NOFOLLOW) | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0, errno == ELOOP, !followsLinks { throw FileError(path: path, operation: "read", reason: .link) }
    guard descriptor >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, operation: "read", code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, operation: "read", reason: .notRegular) }
    var bytes: [UInt8] = []
    // One byte more than expected, so that the read that finds the end has room too.
    var room = max(0, min(Int(status.st_size), limit)) + 1
    while true {
        var code: Int32 = 0
        let more = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let got = read(descriptor, buffer.baseAddress, buffer.count)
            code = got < 0 ? errno : 0
            count = max(0, got)
        }
        if code == EINTR { continue }
        guard code == 0 else { throw FileError(path: path, operation: "read", code: code) }
        if more.isEmpty { return bytes }
        if bytes.isEmpty { bytes = more } else { bytes += more }
        guard bytes.count <= limit else {
            throw FileError(path: path, operation: "read", reason: .tooLarge(limit: limit))
        }
        // Some files do not say how long they are, such as those in /proc.
        room = max(room - more.count, 1 << 12)
    }
}

/// Writes a whole file; `isDurable` flushes it to the disk.
public func writeFile(_ path: String, _ bytes: [UInt8], isDurable: Bool = false) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, operation: "write", code: errno) }
    defer { close(descriptor) }
    try writeAll(descriptor, bytes, path: path)
    if isDurable, fsync(descriptor) != 0 { throw FileError(path: path, operation: "flush", code: errno) }
}

/// Replaces a whole file: a reader finds either the old content or the new.
public func replaceFile(_ path: String, _ bytes: [UInt8]) throws {
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    let temporary = "\(path.dropLast(name.count)).\(name).easel-\(getpid())"
    do {
        try writeFile(temporary, bytes)
        guard rename(temporary, path) == 0 else { throw FileError(path: path, operation: "write", code: errno) }
    } catch {
        unlink(temporary)
        throw error
    }
}

/// Writes all bytes to an open file.
///
/// - Parameter path: for the error.
public func writeAll(_ descriptor: Int32, _ bytes: [UInt8], path: String) throws {
    try bytes.withUnsafeBytes { buffer in
        var offset = 0
        while offset < buffer.count {
            let count = write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(path: path, operation: "write", code: errno)
            }
            offset += count
        }
    }
}

/// A path without slashes at its end, so that it works with `rename` and as a prefix; the root keeps its own.
public func withoutTrailingSlashes(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
}

/// Makes a folder and the folders above it, like `mkdir -p`. A folder that exists is not an error.
public func makeFolder(_ path: String) throws {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
        throw FileError(path: path, operation: "make the folder", code: errno)
    }
    try makeFolder(String(path[..<slash]))
    if mkdir(path, 0o755) != 0, errno != EEXIST { throw FileError(path: path, operation: "make the folder", code: errno) }
}

/// What is at a path.
/// When a file was last written, in seconds since 1970; nil where there is none. Links are followed.
public func modificationTime(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) : nil
}

public enum FileKind: Sendable { case file, folder, other, missing }

/// What is at a path: a link itself, unless `followsLinks`. Then a link that leads nowhere is `missing`.
public func kind(of path: String, followsLinks: Bool = false) -> FileKind {
    var status = stat()
    guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return .missing }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
}
