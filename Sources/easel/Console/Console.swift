import Basics
import Git
import Glibc
import JSONSource
import Logging
import Reconciler
import Synchronization
import Time

/// Output of the process: results on stdout, so that they can be piped, and everything else on stderr.
enum Console {
    private static let format = Mutex(LogFormat.text)
    private static let unwritten = Mutex<String?>(nil)

    private static let secrets = Mutex<Set<String>>([])

    /// Replaces a secret by `***` wherever a message has it from now on, such as a server's that quotes it.
    static func hide(_ secret: String) {
        // A few letters would be replaced everywhere, and hide nothing.
        if secret.count > 3 { _ = secrets.withLock { $0.insert(secret) } }
    }

    /// A message as everybody may see it.
    static func shown(_ text: String) -> String {
        secrets.withLock { $0.sorted { $0.count > $1.count } }.reduce(redacted(text)) { $0.replacing($1, with: "***") }
    }

    /// Sends log lines to stderr in this format from now on. Called once, since a process runs one command.
    static func start(_ chosen: LogFormat) {
        format.withLock { $0 = chosen }
        LoggingSystem.bootstrap { _ in StandardErrorLog(format: chosen) }
    }

    /// Says why a command failed.
    ///
    /// - Parameter prefix: comes before the reason.
    static func fail(_ error: any Error, prefix: String = "") {
        var lines = (error as? any ErrorInLines)?.lines ?? ["\(error)"]
        lines[0] = prefix + lines[0]
        say(.error, lines)
    }

    /// Says something that does not affect the exit code.
    static func warn(_ message: String) { say(.warning, [message]) }

    /// The way of every message to stderr. Names and texts in it come from repositories, servers and arguments: none of them can do
    /// anything to a terminal, begin a line or give a pipeline's log a command, and no secret of a URL is shown.
    static func say(_ level: Logger.Level, _ lines: [String], _ metadata: Logger.Metadata = [:]) {
        let lines = lines.map(shown)
        switch format.withLock({ $0 }) {
        case .text:
            let word = level == .error && useColor(STDERR_FILENO) ? "\u{1B}[31merror:\u{1B}[0m" : "\(level.rawValue):"
            let details = metadata.sorted { $0.key < $1.key }.map { harmless(shown(" \($0.key)=\($0.value)")) }.joined()
            writeError("\(word) \(lines.map(harmless).joined(separator: "\n"))\(details)\n")
        case .json:
            let members = metadata.mapValues { JSON.string(shown($0.description)) }
            let time = Instant(secondsSince1970: Int64(time(nil))).description
            let own: [String: JSON] = ["level": .string(level.rawValue), "message": .string(lines.joined(separator: "\n")), "time": .string(time)]
            writeError(JSON.object(members.merging(own) { _, own in own }).compact + "\n")
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
