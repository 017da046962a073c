import Basics
import Glibc

/// Bytes put by until their turn comes: in memory while they are few, then in a file without a name, which the system
/// frees however the process ends.
public final class Spool {
    /// Bytes held in memory at most.
    public static let memoryLimit = 4 << 20

    public struct Failure: Error, CustomStringConvertible {
        let what: String
        let code: Int32

        public var description: String { "\(what): \(String(cString: strerror(code)))" }
    }

    private var memory: [UInt8] = []
    private var file: Int32?
    public private(set) var isEmpty = true

    public init() {}

    deinit {
        if let file { close(file) }
    }

    public func append(_ bytes: [UInt8]) throws {
        if !bytes.isEmpty { isEmpty = false }
        memory += bytes
        if memory.count > Self.memoryLimit { try spill() }
    }

    /// Everything, in order and in pieces.
    public func copy(to out: ([UInt8]) throws -> Void) throws {
        guard let file else { return try out(memory) }
        try spill()
        var offset: off_t = 0
        while true {
            let piece = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                var got: Int
                repeat { got = pread(file, buffer.baseAddress, buffer.count, offset) } while got < 0 && errno == EINTR
                guard got >= 0 else { throw Failure(what: "cannot read back the report's temporary file", code: errno) }
                count = got
            }
            guard !piece.isEmpty else { return }
            offset += off_t(piece.count)
            try out(piece)
        }
    }

    private func spill() throws {
        let file = try self.file ?? Self.namelessFile()
        self.file = file
        var written = 0
        while written < memory.count {
            let count = memory.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(what: "cannot write the report's temporary file", code: errno)
            }
            written += count
        }
        memory.removeAll(keepingCapacity: true)
    }

    private static func namelessFile() throws -> Int32 {
        let given = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let folder = given.isEmpty ? "/tmp" : given
        var template = Array("\(folder)/easel-report.XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw Failure(what: "cannot make a temporary file in \(folder) for the report", code: errno) }
        unlink(template)
        // Not for programs that this process may start: the space would be theirs to keep.
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        return file
    }
}
