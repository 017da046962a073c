import Basics
import Glibc
import Logging
import Reconciler
import Synchronization

/// What easel says beside its results: on stderr, so that stdout can be piped.
enum Console {
    private static let format = Mutex(LogFormat.text)

    /// Sends log lines to stderr in this form, from now on; once in a process, as a process runs one command.
    static func start(_ chosen: LogFormat) {
        format.withLock { $0 = chosen }
        LoggingSystem.bootstrap { _ in StandardErrorLog(format: chosen) }
    }

    /// The last words of a run that failed.
    static func fail(_ message: String) {
        switch format.withLock({ $0 }) {
        case .text: writeError((useColor(STDERR_FILENO) ? "\u{1B}[31merror:\u{1B}[0m " : "error: ") + message + "\n")
        case .json: writeError(StandardErrorLog.line(level: .error, message: message, metadata: [:]))
        }
    }

    /// Something that fails nothing.
    static func warn(_ message: String) {
        switch format.withLock({ $0 }) {
        case .text: writeError("warning: \(message)\n")
        case .json: writeError(StandardErrorLog.line(level: .warning, message: message, metadata: [:]))
        }
    }

    static func writeError(_ text: String) { put(STDERR_FILENO, Array(text.utf8)) }

    static func write(_ text: String) { put(STDOUT_FILENO, Array(text.utf8)) }

    /// Everything, or as much as the other end wants to read.
    static func put(_ descriptor: Int32, _ bytes: [UInt8]) { try? writeAll(descriptor, bytes, path: "") }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// https://no-color.org: any value but the empty one.
    static func useColor(_ descriptor: Int32) -> Bool {
        let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return isTerminal(descriptor) && !refused && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
    }

    /// Columns of the terminal on stdout, or what suits a log.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 100 }
        return min(Int(size.ws_col), 120)
    }
}
