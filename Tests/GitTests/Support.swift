import Foundation
import TestSupport
import Testing

@testable import Git

/// A temporary folder; it is deleted with the object.
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

    /// Runs the real git for at most a minute, without any configuration of this machine, and returns its output.
    @discardableResult
    func git(_ arguments: String..., in folder: String? = nil, input: [UInt8]? = nil) throws -> String {
        let inputPath = path + "/input-\(UUID().uuidString)"
        if let input { try Data(input).write(to: URL(fileURLWithPath: inputPath)) }
        defer { unlink(inputPath) }
        let output = try Program.output(
            ["/usr/bin/timeout", "60", "git"] + arguments, in: folder ?? path, environment: Scratch.environment,
            input: input == nil ? "/dev/null" : inputPath)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
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

    /// Commits everything and returns the commit's id.
    @discardableResult
    func commit(_ message: String, in name: String = "work") throws -> String {
        try git("add", "-A", in: self(name))
        try git("commit", "-q", "--allow-empty", "-m", message, in: self(name))
        return try git("rev-parse", "HEAD", in: self(name))
    }
}

func id(_ hex: String) throws -> ObjectID { try #require(ObjectID(hex: hex)) }

/// Returns the `GitError` that `body` throws; the test fails when it throws none.
func gitError(_ body: () throws -> Void, at location: SourceLocation = #_sourceLocation) throws -> GitError {
    do {
        try body()
    } catch let error as GitError {
        return error
    }
    throw GitError(kind: .other, operation: "fail as expected", message: "no error at \(location)")
}
