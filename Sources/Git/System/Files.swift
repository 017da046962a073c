import Glibc

/// Makes the names in a folder durable.
func flushFolder(_ path: String) throws(GitError) {
    let operation = "flush the folder \(path)"
    let folder = try OpenFile(path, flags: O_RDONLY | O_DIRECTORY, operation: operation)
    if fsync(folder.descriptor) != 0 { throw .system(errno, operation) }
}

func moveFile(_ from: String, to: String) throws(GitError) {
    if rename(from, to) != 0 { throw .system(errno, "move \(from) to \(to)") }
}

/// Makes a folder and those above it, for this user alone. One that is there already is left as it is.
func makeFolders(_ path: String) throws(GitError) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
        partial += partial.isEmpty || partial.hasSuffix("/") ? String(part) : "/" + part
        if mkdir(partial, 0o700) != 0, errno != EEXIST {
            throw .system(
                errno, "make the folder \(partial)", help: "Name a folder that this user may write, or make it first.")
        }
    }
}

/// What `stat` says; `nil` when there is no such file.
func fileStatus(_ path: String) -> stat? {
    var result = stat()
    return stat(path, &result) == 0 ? result : nil
}

/// A user's name, or the number where there is no name for it (containers).
func userName(_ id: uid_t) -> String {
    guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "user \(id)" }
    return "\(String(cString: name)) (\(id))"
}

/// A file name that nobody else uses: `prefix` and 16 random digits.
func uniqueName(_ prefix: String) -> String {
    let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return prefix + String(repeating: "0", count: 16 - digits.count) + digits
}

/// The first MiB of a text file; nil where it cannot be read, which for small files of settings means that they say nothing.
func textOfFile(_ path: String) -> String? {
    bytesOfFile(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
}

/// The first bytes of a file, as many as `limit`; nil where it cannot be opened.
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
