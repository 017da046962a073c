import ArgumentParser
import Basics
import Glibc
import Reconciler
import ReportModel
import Reports

/// What is told, in which form, and where.
struct OutputOptions: ParsableArguments {
    @Option(help: "How the result is printed: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = ReportFormat.text

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("Also write the report to this file, its form told by its ending (\(endings)); may repeat.", valueName: "file"))
    var reports: [String] = []

    private static let endings = ReportFormat.endings.map(\.ending).joined(separator: ", ")

    @Option(help: "How log lines on stderr look: text or json.")
    var logFormat = LogFormat.text

    @Flag(help: "Leave out of reports what differs from run to run: times, paths of this machine.")
    var reproducible = false

    @Flag(help: "Warnings make the exit code 1, as errors do.")
    var warningsAsErrors = false

    @OptionGroup(title: "Who else is told") var watch: WatchOptions

    func validate() throws {
        for file in reports where ReportFormat.of(fileName: file) == nil {
            throw ValidationError("--report \(file): its ending says nothing about its form; use one of \(Self.endings)")
        }
    }
}

/// A report's file: written beside its name, and put in its place when it is whole.
final class ReportFile {
    private let path: String
    private let temporary: String
    private var descriptor: Int32
    private(set) var sink: any ReportSink

    init(_ path: String, _ format: ReportFormat) throws {
        self.path = path
        let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        let folder = path.dropLast(name.count)
        temporary = "\(folder).\(name).\(getpid())"
        Self.sweep(folder: folder.isEmpty ? "." : String(folder), prefix: ".\(name).")
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "write the report", code: errno) }
        self.descriptor = descriptor
        // Tells others that its writer lives.
        _ = flock(descriptor, LOCK_SH | LOCK_NB)
        sink = format.sink { bytes in try writeAll(descriptor, bytes, path: path) }
    }

    /// What killed runs have left: of a minute ago at least, since a writer takes its lock a moment after the file is made.
    private static func sweep(folder: String, prefix: String) {
        // A folder that cannot be listed may still be written to.
        for name in (try? list(folder)) ?? [] where name.hasPrefix(prefix) && Int(name.dropFirst(prefix.count)) != nil {
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, time(nil) - status.st_mtim.tv_sec > 60, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            unlink(path)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary)
    }

    func finish() throws {
        let result = close(descriptor)
        descriptor = -1
        guard result == 0, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileError(path: path, operation: "write the report", code: code)
        }
    }
}
