import Basics
import CGitSupport
import Glibc

/// Why a signature could not be verified at all, whatever it is worth, or could not be made.
public struct SignatureToolError: Error, Sendable, CustomStringConvertible {
    /// What was being done.
    var work = "verify signatures"
    /// Why, as a sentence without its full stop.
    let why: String
    var help: String?

    public var description: String { "cannot \(work): \(why)." + (help.map { " " + $0 } ?? "") }
}

/// A program that people trust with signatures. It runs without a shell, with no files, settings or keys but those that it is given.
struct VerifyingProgram {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    let path: String
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// How long one signature may take, and how much a program may say about it.
    private static let seconds = 30
    private static let limit = 1 << 20

    /// Finds a program on PATH.
    ///
    /// - Parameter package: Debian's package that has it.
    init(_ name: String, package: String) throws(SignatureToolError) {
        guard let path = programOnPath(name) else {
            throw SignatureToolError(why: "there is no \(name) on PATH", help: "Install \(name) (Debian: \(package)), or set PATH.")
        }
        self.path = path
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - home: a folder in which it finds no settings of anybody.
    ///   - input: the file for its standard input.
    ///   - environment: what else it finds there.
    func run(_ arguments: [String], home: String, input: String = "/dev/null", environment more: [String] = []) throws -> Outcome {
        let file = open(input, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError(path: input, operation: "open", code: errno) }
        defer { close(file) }
        var out: [Int32] = [-1, -1]
        var err: [Int32] = [-1, -1]
        guard easel_pipe(&out) == 0 else { throw failed(errno) }
        defer { close(out[0]) }
        guard easel_pipe(&err) == 0 else {
            close(out[1])
            throw failed(errno)
        }
        defer { close(err[0]) }
        var child: pid_t = 0
        // ssh-keygen reads and shows times without a zone in local time.
        let environment = ["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=\(home)", "GNUPGHOME=\(home)"] + more
        let code = withCStrings([path] + arguments) { arguments in
            withCStrings(environment) { easel_start_program(&child, arguments, $0, file, out[1], err[1]) }
        }
        close(out[1])
        close(err[1])
        guard code == 0 else { throw failed(code) }
        let texts = collect([out[0], err[0]])
        // It has closed both outputs, which it does by ending; or it has not in time, or it does not stop talking.
        if texts == nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let texts else {
            throw SignatureToolError(why: "\(path) did not finish within \(Self.seconds) seconds, or wrote too much", help: "Try it by hand.")
        }
        return Outcome(
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F), output: String(decoding: texts[0], as: UTF8.self),
            errors: String(decoding: texts[1], as: UTF8.self))
    }

    private func failed(_ code: Int32) -> SignatureToolError { SignatureToolError(why: "cannot run \(path): \(String(cString: strerror(code)))") }

    /// Everything that comes out of these pipes until they are closed; nil when that takes too long or is too much.
    private func collect(_ pipes: [Int32]) -> [[UInt8]]? {
        var texts = pipes.map { _ in [UInt8]() }
        var open = pipes.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let end = Self.now() + Self.seconds * 1000
        while open.contains(where: { $0.fd >= 0 }) {
            let left = end - Self.now()
            guard left > 0, texts.allSatisfy({ $0.count <= Self.limit }) else { return nil }
            if poll(&open, nfds_t(open.count), Int32(left)) < 0, errno != EINTR { return nil }
            for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 1 << 14)
                let count = read(open[index].fd, &bytes, bytes.count)
                // poll ignores negative descriptors.
                if count > 0 { texts[index] += bytes[..<count] } else if count == 0 || errno != EINTR { open[index].fd = -1 }
            }
        }
        return texts
    }

    /// Milliseconds of a clock that nobody sets.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// Calls `body` with the texts as C has lists of them, ended by a null.
private func withCStrings<R>(_ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R {
    let copies = texts.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBufferPointer { buffer in
        guard let list = buffer.baseAddress else { fatalError("a list with a null has an address") }
        return body(list)
    }
}

/// A folder for the files of one verification, which nobody else can read.
struct PrivateFolder {
    let path: String

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array("\(withoutTrailingSlashes(parent))/easel-signature-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError(path: parent, operation: "make a folder in", code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { try? removeTree(path) }

    /// Writes a file and returns its path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        try writeFile(file, bytes)
        return file
    }
}
