import Glibc

/// Flushes the names in a folder to the disk.
func flushFolder(_ path: String) throws(GitError) {
    let operation = "flush the folder \(path)"
    let folder = try OpenFile(path, flags: O_RDONLY | O_DIRECTORY, operation: operation)
    if fsync(folder.descriptor) != 0 { throw .system(errno, operation) }
}

/// Renames a file; one that is at `to` is replaced.
func moveFile(_ from: String, to: String) throws(GitError) {
    if rename(from, to) != 0 { throw .system(errno, "move \(from) to \(to)") }
}

/// Creates a folder and those above it so that only this user can read them (`makeFolder` of Basics lets everybody read). A folder
/// that exists is left alone.
func makeFolders(_ path: String) throws(GitError) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
        partial += partial.isEmpty || partial.hasSuffix("/") ? String(part) : "/" + part
        if mkdir(partial, 0o700) != 0, errno != EEXIST {
            throw .system(
                errno, "make the folder \(partial)", help: "Choose a folder that this user can write to, or create it first.")
        }
    }
}

/// The result of `stat`, which follows links; `nil` when there is no such file.
func fileStatus(_ path: String) -> stat? {
    var result = stat()
    return stat(path, &result) == 0 ? result : nil
}

/// A user's name and number; only the number where it has no name, as in containers.
func userName(_ id: uid_t) -> String {
    guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "user \(id)" }
    return "\(String(cString: name)) (\(id))"
}

/// A file name that nobody else uses: `prefix` and 16 random hex digits.
func uniqueName(_ prefix: String) -> String {
    let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return prefix + String(repeating: "0", count: 16 - digits.count) + digits
}

/// The first MiB of a text file, links followed; nil where it cannot be read, which callers treat like an empty settings file.
func textOfFile(_ path: String) -> String? {
    bytesOfFile(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
}

/// The first `limit` bytes of a file; nil where it cannot be opened. Unlike `readFile` of Basics it follows links, as users link their
/// keys and known_hosts files, and takes the beginning of a file that is larger. It does not wait for the writer of a pipe.
func bytesOfFile(_ path: String, limit: Int) -> [UInt8]? {
    guard let file = try? OpenFile(path, flags: O_RDONLY | O_NONBLOCK, operation: "read \(path)") else { return nil }
    return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        count = 0
        while count < limit {
            let got = read(file.descriptor, buffer.baseAddress?.advanced(by: count), limit - count)
            if got < 0, errno == EINTR { continue }
            if got <= 0 { break }
            count += got
        }
    }
}
