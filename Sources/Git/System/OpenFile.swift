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
