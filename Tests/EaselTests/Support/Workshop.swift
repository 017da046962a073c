import Foundation
import TestSupport
import Testing

/// A folder of a test's own, in which it runs easel and git as processes; gone with the test.
final class Workshop: Sendable {
    typealias Outcome = Program.Outcome

    let path: String

    init() throws {
        path = "/tmp/easel-cli-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { name.hasPrefix("/") ? name : path + "/" + name }

    // MARK: Files

    func write(_ text: String, to name: String) throws {
        let target = self(name)
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: target, atomically: false, encoding: .utf8)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: self(name), encoding: .utf8) }
    func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self(name))) }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

    /// Every file below a folder, by path, with its bytes.
    func tree(_ name: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for item in try FileManager.default.subpathsOfDirectory(atPath: self(name)) {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: self(name) + "/" + item, isDirectory: &isFolder), !isFolder.boolValue { files[item] = try data(self(name) + "/" + item) }
        }
        return files
    }

    // MARK: Programs

    /// Runs easel in `folder`, with nothing of the user's in its environment.
    func easel(_ arguments: String..., in folder: String = ".", environment: [String: String] = [:]) throws -> Outcome {
        try run([Self.binary] + arguments, in: folder, environment: environment)
    }

    /// Runs easel and asks for its JSON report; fails the test when there is none.
    func report(_ arguments: String..., in folder: String = ".") throws -> (report: Report, status: Int32) {
        let outcome = try run([Self.binary] + arguments + ["--format", "json"], in: folder)
        let report = try #require(try? JSONDecoder().decode(Report.self, from: Data(outcome.out.utf8)), "\(outcome.out.prefix(400)) \(outcome.err)")
        return (report, outcome.status)
    }

    @discardableResult
    func git(_ arguments: String..., in folder: String = ".") throws -> String {
        let outcome = try run(["/usr/bin/git"] + arguments, in: folder)
        try #require(outcome.status == 0, "git \(arguments.joined(separator: " ")): \(outcome.err)")
        return outcome.out.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Commits everything in a work tree.
    @discardableResult
    func commit(_ message: String, in folder: String = "config") throws -> String {
        try git("add", "--all", in: folder)
        try git("commit", "--quiet", "--allow-empty", "--message", message, in: folder)
        return try git("rev-parse", "HEAD", in: folder)
    }

    func run(_ command: [String], in folder: String = ".", environment: [String: String] = [:]) throws -> Outcome {
        try start(command, in: folder, environment: environment).finish()
    }

    func start(_ command: [String], in folder: String = ".", environment: [String: String] = [:]) throws -> Program {
        try Program(command, in: self(folder), environment: Self.environment.merging(environment) { _, own in own })
    }

    static let environment = [
        "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TZ": "UTC", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com",
        "GIT_AUTHOR_DATE": "1760000000 +0000", "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com",
        "GIT_COMMITTER_DATE": "1760000000 +0000",
    ]

    /// The easel that was built with this test bundle, and lies beside it.
    static let binary: String = {
        if let given = ProcessInfo.processInfo.environment["EASEL_BINARY"], !given.isEmpty { return given }
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("easel").path
    }()

    /// The package's own top folder.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
}

extension Program.Outcome {
    var lastLine: String { out.split(separator: "\n").last.map(String.init) ?? "" }
}

/// What tests look at in a JSON report.
struct Report: Decodable {
    struct Source: Decodable { let commit: String? }
    struct Count: Decodable, Equatable { let profiles, people, peopleUnknown: Int }
    struct Summary: Decodable {
        let tenants, profiles, create, update, reinstall, remove, none, failedTenants, held, moved: Int
        let consequences: [String: Count]
        let publishing: [String: Int]?
    }
    struct Change: Decodable {
        let path: String
        let rules: [String]
        let joined: [AnyTarget]?
        let left: [AnyTarget]?
    }
    /// Only how many there are matters.
    struct AnyTarget: Decodable { init(from decoder: any Decoder) throws {} }
    struct Edit: Decodable { let commit, author, subject: String }
    struct Publishing: Decodable {
        let status: String
        let code, message, graphId: String?
    }
    struct Profile: Decodable {
        let publishing: Publishing?
        let edits: [Edit]?
        let heldSince: [String: String]?
        let id, displayName, action: String
        let heldBy, consequences: [String]
        let fingerprint, movedFrom: String?
        let people: Int?
        let changes: [Change]
        var rules: Set<String> { Set(changes.flatMap(\.rules)) }
    }
    struct Tenant: Decodable {
        let id, status: String
        let profiles: [Profile]
        let unchanged: Int
    }
    struct Gate: Decodable {
        let name, source, howToPass: String
        let held: [String]
        let waiting: Bool
    }
    struct Diagnostic: Decodable {
        let severity, code, message, file, pointer: String
        let line, column: Int
        let help, tenant, profile, usedBy: String?
    }

    let command: String
    let source: Source
    let summary: Summary
    let tenants: [Tenant]
    let gates: [Gate]
    let diagnostics: [Diagnostic]
    let applied, delivered: String?

    /// `tenant/profile` → what happens to it.
    var profiles: [String: Profile] {
        Dictionary(uniqueKeysWithValues: tenants.flatMap { tenant in tenant.profiles.map { ("\(tenant.id)/\($0.id)", $0) } })
    }
}
