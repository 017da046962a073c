import Foundation
import Testing

@testable import Git

/// A folder of the test's own, gone with it.
final class Scratch {
    let path: String

    init() throws {
        path = "/tmp/easel-git-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws {
        let target = self(name)
        let folder = (target as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: target, atomically: false, encoding: .utf8)
    }

    /// Runs the real git, at most a minute, without anybody's configuration; answers its output.
    @discardableResult
    func git(_ arguments: String..., in folder: String? = nil, input: [UInt8]? = nil) throws -> String {
        let inputPath = path + "/input-\(UUID().uuidString)"
        if let input { try Data(input).write(to: URL(fileURLWithPath: inputPath)) }
        let outputPath = path + "/output-\(UUID().uuidString)"
        let child = try spawn(
            ["/usr/bin/timeout", "60", "git"] + (folder.map { ["-C", $0] } ?? ["-C", path]) + arguments,
            environment: Scratch.environment, input: input == nil ? "/dev/null" : inputPath, output: outputPath)
        let status = wait(for: child)
        let data = try Data(contentsOf: URL(fileURLWithPath: outputPath))
        unlink(outputPath)
        unlink(inputPath)
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard status == 0 else {
            throw GitError(
                kind: .other, code: status, operation: "git \(arguments.joined(separator: " "))", message: text)
        }
        return text
    }

    static let environment = [
        "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
        "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com", "GIT_AUTHOR_DATE": "1700000000 +0100",
        "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com",
        "GIT_COMMITTER_DATE": "1700000000 +0100",
    ]

    /// A working repository with one commit on `main`.
    func makeRepository(_ name: String = "work") throws -> String {
        try git("init", "-q", "-b", "main", self(name))
        try write("{}\n", to: "\(name)/tenants/contoso/tenant.json")
        return try commit("first", in: name)
    }

    /// Commits everything and answers the commit's id.
    @discardableResult
    func commit(_ message: String, in name: String = "work") throws -> String {
        try git("add", "-A", in: self(name))
        try git("commit", "-q", "--allow-empty", "-m", message, in: self(name))
        return try git("rev-parse", "HEAD", in: self(name))
    }
}

func id(_ hex: String) throws -> ObjectID { try #require(ObjectID(hex: hex)) }

/// The `GitError` that `body` throws; a failed test when it throws none.
func gitError(_ body: () throws -> Void, at location: SourceLocation = #_sourceLocation) throws -> GitError {
    do {
        try body()
    } catch let error as GitError {
        return error
    }
    throw GitError(kind: .other, operation: "fail as expected", message: "no error at \(location)")
}

/// Starts a program that inherits nothing but the three standard files.
///
/// Not Foundation's `Process`: it tells a child's end by a socket, which a child started at the same moment by another
/// test inherits; beside a daemon that lives on, `waitUntilExit` then waits for ever.
private func spawn(
    _ command: [String], environment: [String: String], input: String, output: String
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // glibc passes over those that are not open.
    for descriptor in Int32(3)..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    // Test threads have all signals blocked, and children inherit that: git-daemon would never see its own children end.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, command[0], &actions, &attributes, &arguments, &variables)
    try #require(code == 0, "\(command[0]): \(String(cString: strerror(code)))")
    return child
}

/// The exit code; negative for a signal.
@discardableResult
private func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
}

/// `git daemon` on loopback for the repositories in a folder; stopped with the object, or after five minutes.
final class Daemon {
    private let child: pid_t
    let port: UInt16

    init(_ folder: String) throws {
        port = try freePort()
        var environment = Scratch.environment
        environment["PATH"] = "/usr/lib/git-core:/usr/bin:/bin"
        // git-daemon itself, not `git daemon`: that is a second process, which outlives a kill of the first.
        child = try spawn(
            [
                "/usr/bin/timeout", "300", "/usr/lib/git-core/git-daemon", "--listen=127.0.0.1", "--port=\(port)",
                "--reuseaddr", "--export-all", "--enable=receive-pack", "--base-path=\(folder)",
                "--informative-errors", folder,
            ], environment: environment, input: "/dev/null", output: "/dev/null")
        for _ in 0..<500 {
            if answers(port) { return }
            usleep(10_000)
        }
    }

    deinit {
        // `timeout` passes it on.
        kill(child, SIGTERM)
        wait(for: child)
    }

    func url(_ name: String) -> String { "git://127.0.0.1:\(port)/\(name)" }
}

private func socketAddress(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
}

private func withAddress<R>(_ port: UInt16, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = socketAddress(port)
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let bound = withAddress(0) { bind(descriptor, $0, $1) }
    try #require(bound == 0)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return UInt16(bigEndian: address.sin_port)
}

private func answers(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return withAddress(port) { connect(descriptor, $0, $1) } == 0
}
