import ArgumentParser
import Basics
import Glibc
import Reconciler
import ReportModel
import Reports

/// What is reported, in which format, and where.
struct OutputOptions: ParsableArguments {
    @Option(help: "How the result is printed: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = ReportFormat.text

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("Also write the report to this file; its ending selects the format (\(endings)). Can be repeated.", valueName: "file"), completion: .file())
    var reports: [String] = []

    private static let endings = ReportFormat.endings.map(\.ending).joined(separator: ", ")

    @Option(help: "How log lines on stderr look: text or json.")
    var logFormat = LogFormat.text

    @Flag(help: "Leave out of reports what differs between runs: times and paths of this machine.")
    var reproducible = false

    @Flag(help: "Exit with code 1 on warnings, as on errors.")
    var warningsAsErrors = false

    @OptionGroup(title: "Metrics and notifications") var watch: WatchOptions

    func validate() throws {
        for file in reports where ReportFormat.of(fileName: file) == nil {
            throw ValidationError("--report \(file): the ending selects no format; use one of \(Self.endings)")
        }
    }
}

/// A report's file: written under a temporary name, and renamed when it is complete.
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
        // Other runs see by the lock that the writer is alive.
        _ = flock(descriptor, LOCK_SH | LOCK_NB)
        sink = format.sink { bytes in try writeAll(descriptor, bytes, path: path) }
    }

    /// Deletes what killed runs left behind, if it is at least a minute old: a writer takes its lock a moment after it makes the file.
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
        // On the disk before it has its name: after a power cut there is the old report or the new one, and no empty one.
        let isSynced = fsync(descriptor) == 0 || errno == EINVAL
        let result = close(descriptor)
        descriptor = -1
        guard isSynced, result == 0, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileError(path: path, operation: "write the report", code: code)
        }
    }
}
