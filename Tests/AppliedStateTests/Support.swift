import Foundation
import Impact
import JSONSource
import Profiles
import TestSupport
import Testing

@testable import AppliedState
@testable import Git

/// A real repository with a state branch; it is deleted with the object.
final class Shop {
    static let branch = "refs/heads/easel/applied"

    let path: String
    let repository: Repository

    init() throws {
        path = "/tmp/easel-state-tests-\(UUID().uuidString)"
        repository = try Repository.initialize(path: path + "/state.git", bare: true, initialBranch: "easel/applied")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var store: StateStore { .local(path: repository.path) }

    /// The current state, read through a new repository object, as another process would see it.
    func snapshot() throws -> StateSnapshot {
        let repository = try Repository.openBare(path: path + "/state.git")
        return try StateSnapshot(repository: repository, tip: repository.reference(Self.branch))
    }

    func writer(on base: StateSnapshot? = nil) throws -> StateWriter {
        try StateWriter(store: store, branch: Self.branch, base: try base ?? snapshot())
    }

    /// Makes a run that applies these tenants; a tenant without profiles is removed from the state.
    @discardableResult
    func apply(_ tenants: [String: [String: String]], on base: StateSnapshot? = nil) throws -> ObjectID {
        let writer = try writer(on: base)
        for (id, profiles) in tenants { try writer.put(id, profiles.isEmpty ? .removed : tree(id, profiles)) }
        return try finish(writer, held: Set(tenants.keys))
    }

    @discardableResult
    func finish(_ writer: StateWriter, held: Set<String> = [], message: String = "1 create (source abc)\n\nSource: abc\n") throws -> ObjectID {
        try writer.commit(
            root: { before in
                var root = before
                root.held.formUnion(held)
                return root
            },
            files: ["report.json": Array("{}\n".utf8), "report.md": Array("# report\n".utf8)], message: message,
            time: 1_700_000_000
        ).commit
    }

    /// - Parameter profiles: id → display name.
    func tree(_ tenant: String, _ profiles: [String: String]) throws -> TenantTree {
        var builder = try TenantTreeBuilder()
        var records: [String: TenantState.Profile] = [:]
        var files: [String: StateFile] = [:]
        var payloads: [String: StateFile] = [:]
        for (id, name) in profiles {
            let profile = try effective(id, name)
            records[id] = .init(digest: profile.digest, action: .create, generation: 1)
            files[id + ".json"] = .bytes(profile.json())
            payloads[id + ".graph.json"] = .bytes(Array("{\"displayName\": \"\(name)\"}\n".utf8))
        }
        let state = TenantState(
            displayName: tenant.capitalized, serial: 1, commit: String(repeating: "a", count: 40),
            folder: String(repeating: "b", count: 40), bases: [:], renderer: 1, facts: TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(17)), members: [:], held: [], profiles: records)
        return try builder.build(
            files: ["state.json": .bytes(state.json()), "report.json": .bytes(Array("{}\n".utf8))],
            folders: ["profiles": files, "payloads": payloads], known: [])
    }

    // MARK: The real git

    @discardableResult
    func git(_ arguments: String..., in folder: String = "state.git") throws -> String {
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "GIT_AUTHOR_NAME": "Ann",
            "GIT_AUTHOR_EMAIL": "ann@example.com", "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com",
        ]
        let output = try Program.output(["/usr/bin/git"] + arguments, in: path + "/" + folder, environment: environment)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    var tip: ObjectID? {
        get throws { try snapshot().tip }
    }

    func files() throws -> [String] {
        try git("ls-tree", "-r", "--name-only", Self.branch).split(separator: "\n").map(String.init)
    }

    func show(_ file: String) throws -> String { try git("show", "\(Self.branch):\(file)") }

    /// Changes the branch as a colleague would, with an editor.
    func edit(_ change: (_ folder: String) throws -> Void) throws {
        let folder = "clone-\(UUID().uuidString)"
        try git("clone", "-q", "-b", "easel/applied", path + "/state.git", folder, in: ".")
        try change(path + "/" + folder)
        try git("add", "-A", in: folder)
        try git("commit", "-q", "-m", "by hand", in: folder)
        try git("push", "-q", "origin", "easel/applied", in: folder)
    }

    /// The number of packs and of loose objects.
    func objects() throws -> (packs: Int, loose: Int) {
        var numbers: [String: Int] = [:]
        for line in try git("count-objects", "-v").split(separator: "\n") {
            let parts = line.split(separator: ": ")
            if parts.count == 2 { numbers[String(parts[0])] = Int(parts[1]) }
        }
        return (try #require(numbers["packs"]), try #require(numbers["count"]))
    }
}

/// An effective profile with default settings.
func effective(_ id: String, _ name: String) throws -> EffectiveProfile {
    let text = """
        {"kind": "iosEmailProfile", "displayName": \(JSON.string(name).compact), "account": {"server": "mail.example.com", "accountName": "Mail",
        "usernameAttribute": "userPrincipalName", "emailAddressAttribute": "primarySmtpAddress",
        "authentication": {"method": "usernameAndPassword"}, "ssl": true, "oauth": true}, "assignments": {"include": ["allUsers"]}}
        """
    return try #require(EffectiveProfile(id: id, JSONDocument(file: id, bytes: Array(text.utf8))))
}

func document(_ text: String, _ file: String = "state.json") -> JSONDocument { JSONDocument(file: file, bytes: Array(text.utf8)) }
