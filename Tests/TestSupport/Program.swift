import Foundation

/// A program that a test has started. Its output goes to files.
///
/// It is not Foundation's `Process`, which notices a child's end by a socket. Children that another test starts at the same moment inherit
/// that socket, and if one of them is a daemon that keeps running, `waitUntilExit` waits for ever.
public struct Program: Sendable {
    public struct Outcome {
        /// The exit code; negative for a signal.
        public let status: Int32
        public let data: Data
        public let err: String

        public var out: String { String(decoding: data, as: UTF8.self) }
    }

    /// A program that could not be started, or that failed although it must not.
    public struct Failed: Error, CustomStringConvertible {
        public let description: String
        public init(description: String) { self.description = description }
    }

    public let child: pid_t
    private let out: String
    private let err: String

    /// Starts a program with only the given environment, and with no open files but the three standard ones.
    ///
    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - input: the file for its standard input.
    public init(_ command: [String], in folder: String = "/", environment: [String: String] = ["PATH": "/usr/bin:/bin"], input: String = "/dev/null") throws {
        out = "/tmp/easel-tests-out-\(UUID().uuidString)"
        err = "/tmp/easel-tests-err-\(UUID().uuidString)"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // glibc ignores those that are not open.
        for descriptor in Int32(3)..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        // Test threads block all signals, and children inherit that: git-daemon would never notice that its own children end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // The C library's own function to start in a folder is not visible to Swift. env replaces itself with the program.
        var arguments = (["/usr/bin/env", "-C", folder] + command).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/usr/bin/env", &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw Failed(description: "\(command[0]): \(String(cString: strerror(code)))") }
        self.child = child
    }

    /// Waits until it ends.
    public func finish() throws -> Outcome {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        defer {
            unlink(out)
            unlink(err)
        }
        return Outcome(
            status: status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f), data: try Data(contentsOf: URL(fileURLWithPath: out)),
            err: String(decoding: try Data(contentsOf: URL(fileURLWithPath: err)), as: UTF8.self))
    }

    /// Waits on a thread of its own: a server in this process may need those that tests run on.
    public func finished() async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try finish() }) }
        }
    }

    /// Runs a program that must succeed, and returns what it prints.
    public static func output(_ command: [String], in folder: String = "/", environment: [String: String] = ["PATH": "/usr/bin:/bin"], input: String = "/dev/null")
        throws -> Data
    {
        let outcome = try Program(command, in: folder, environment: environment, input: input).finish()
        guard outcome.status == 0 else {
            throw Failed(description: "\(command.joined(separator: " ").prefix(400)) ended with \(outcome.status): \(outcome.out)\(outcome.err)")
        }
        return outcome.data
    }
}

/// Debian's Python, for validators that are not easel's own.
public enum Python {
    /// Whether a Python module is installed.
    public static func has(_ module: String) -> Bool { (try? run("import \(module)")) != nil }

    /// Runs a script that must succeed, and returns what it prints.
    @discardableResult
    public static func run(_ script: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws -> String {
        let own = ["PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"]
        let command = ["/usr/bin/python3", "-c", script] + arguments
        return String(decoding: try Program.output(command, environment: own.merging(environment) { _, given in given }), as: UTF8.self)
    }

    /// Runs a script whose first argument is a file with this text.
    public static func run(_ script: String, on text: String) throws -> String {
        let path = "/tmp/easel-tests-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return try run(script, [path])
    }
}
