import Glibc

/// An open file; it is closed when the value is destroyed.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    deinit { close(descriptor) }

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Opens or creates `path`; `operation` is what the error says was being done.
    init(_ path: String, flags: Int32, mode: mode_t = 0o600, operation: String) throws(GitError) {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        if descriptor < 0 { throw .system(errno, operation) }
        self.descriptor = descriptor
    }

    /// Creates a file, and fails if there is one already.
    init(new path: String, operation: String) throws(GitError) {
        try self.init(path, flags: O_RDWR | O_CREAT | O_EXCL, operation: operation)
    }

    /// Writes all bytes, however many the kernel takes at a time.
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

    /// Flushes the content to the disk and makes the file read-only, as Git does with its packs.
    borrowing func seal(operation: @autoclosure () -> String) throws(GitError) {
        if fchmod(descriptor, 0o444) != 0 || fsync(descriptor) != 0 { throw .system(errno, operation()) }
    }

    /// Takes the kernel's exclusive lock on the file if nobody holds it. The kernel releases it when the process ends, however it ends.
    borrowing func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}
