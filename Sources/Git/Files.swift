import Glibc

/// An open file, closed when it goes.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    deinit { close(descriptor) }

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Opens or makes `path`; `operation` names the work for the error.
    init(_ path: String, flags: Int32, mode: mode_t = 0o600, operation: String) throws(GitError) {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        if descriptor < 0 { throw .system(errno, operation) }
        self.descriptor = descriptor
    }

    /// Makes a file that was not there; gives up with the file system's own error.
    init(new path: String, operation: String) throws(GitError) {
        try self.init(path, flags: O_RDWR | O_CREAT | O_EXCL, operation: operation)
    }

    /// Writes all bytes, whatever the kernel takes at a time.
    borrowing func write(_ bytes: UnsafeRawBufferPointer, operation: @autoclosure () -> String) throws(GitError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw .system(errno, operation())
            }
            rest = rest.dropFirst(written)
        }
    }

    borrowing func write(_ bytes: [UInt8], operation: @autoclosure () -> String) throws(GitError) {
        var failure: GitError?
        bytes.withUnsafeBytes { buffer in
            do throws(GitError) { try write(buffer, operation: operation()) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Makes the content durable and the file read-only, as Git keeps its packs.
    borrowing func seal(operation: @autoclosure () -> String) throws(GitError) {
        if fchmod(descriptor, 0o444) != 0 || fsync(descriptor) != 0 { throw .system(errno, operation()) }
    }

    /// Takes the kernel's exclusive lock on the file if nobody has it. It goes with the process, however that ends.
    borrowing func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}

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

/// The names in a folder, without `.` and `..`; none when it cannot be read.
func namesInFolder(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var result: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { result.append(name) }
    }
    return result
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
