import Basics
import Glibc
import Logging
import Reconciler
import Synchronization

/// Output of the process: results on stdout, so that they can be piped, and everything else on stderr.
enum Console {
    private static let format = Mutex(LogFormat.text)
    private static let unwritten = Mutex<String?>(nil)

    /// Sends log lines to stderr in this format from now on. Called once, since a process runs one command.
    static func start(_ chosen: LogFormat) {
        format.withLock { $0 = chosen }
        LoggingSystem.bootstrap { _ in StandardErrorLog(format: chosen) }
    }

    /// Says why a command failed.
    static func fail(_ message: String) {
        switch format.withLock({ $0 }) {
        case .text: writeError((useColor(STDERR_FILENO) ? "\u{1B}[31merror:\u{1B}[0m " : "error: ") + message + "\n")
        case .json: writeError(StandardErrorLog.line(level: .error, message: message, metadata: [:]))
        }
    }

    /// Says something that does not affect the exit code.
    static func warn(_ message: String) {
        switch format.withLock({ $0 }) {
        case .text: writeError("warning: \(message)\n")
        case .json: writeError(StandardErrorLog.line(level: .warning, message: message, metadata: [:]))
        }
    }

    static func writeError(_ text: String) { put(STDERR_FILENO, Array(text.utf8)) }

    static func write(_ text: String) { put(STDOUT_FILENO, Array(text.utf8)) }

    /// Writes everything. If standard output does not take it, the work goes on and `outputProblem` has the reason.
    static func put(_ descriptor: Int32, _ bytes: [UInt8]) {
        guard descriptor != STDOUT_FILENO || unwritten.withLock({ $0 == nil }) else { return }
        do { try writeAll(descriptor, bytes, path: "standard output") } catch {
            if descriptor == STDOUT_FILENO { unwritten.withLock { $0 = (error as? FileError)?.why ?? "\(error)" } }
        }
    }

    /// Why the result is not, or not completely, on standard output; nil where it is. An error like any other: whoever reads the output
    /// would take half a result for a whole one.
    static var outputProblem: String? {
        unwritten.withLock { why in why.map { "cannot write the result to standard output: \($0)" } }
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// By https://no-color.org, any value of NO_COLOR but the empty one switches colour off.
    static func useColor(_ descriptor: Int32) -> Bool {
        let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return isTerminal(descriptor) && !refused && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
    }

    /// Columns of the terminal on stdout; 100 where there is none.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 100 }
        return min(Int(size.ws_col), 120)
    }
}
