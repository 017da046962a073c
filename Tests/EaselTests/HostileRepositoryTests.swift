import Foundation
import TestSupport
import Testing

/// Repositories as an attacker, an accident or another tool leaves them: a named diagnostic or a clear error; never a crash, a
/// hang, a file outside, or a changed state.
@Suite struct HostileRepositoryTests {
    /// The fleet, applied, then changed; gives what reconcile says, and sees to it that the state is as it was or whole.
    private func reconcile(_ change: (Workshop) throws -> Void, commits: Bool = true) throws -> Workshop.Outcome {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let before = try shop.tip()
        try change(shop)
        if commits { try shop.commit("hostile") }
        let outcome = try shop.easel("reconcile", "--out", "../out", in: "config")
        #expect(outcome.status >= 0, "a crash: \(outcome.err)")
        if outcome.status == 1 { #expect(outcome.out.contains(": error: ") || outcome.err.hasPrefix("error: "), "\(outcome.out)\(outcome.err)") }
        if try shop.tip() != before { #expect(try shop.git("rev-parse", "easel/applied^", in: "config") == before) }
        #expect(!shop.exists("evil") && !shop.exists("config/evil"))
        return outcome
    }

    private func addObject(_ shop: Workshop, _ mode: String, _ path: String, _ object: String) throws {
        try shop.git("update-index", "--add", "--cacheinfo", "\(mode),\(object),\(path)", in: "config")
        try shop.git("commit", "--quiet", "--message", "odd", in: "config")
    }

    @Test func linksAndSubmodulesAreNotFollowed() throws {
        for path in ["tenants/contoso/profiles/link.json", "tenants/contoso/policy.json", "policy.json", "approvals/a.json"] {
            let outcome = try reconcile { shop in
                try shop.write("secret", to: "evil-target")
                let full = shop("config/" + path)
                try FileManager.default.createDirectory(atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(atPath: full, withDestinationPath: shop("evil-target"))
            }
            #expect(outcome.status == 1 && outcome.out.contains("\(path):1:1: error: ") && outcome.out.contains(" [CFG032]\n") && !outcome.out.contains("secret"), "\(path): \(outcome.out)")
        }
        let submodule = try reconcile({ try addObject($0, "160000", "tenants/contoso/profiles/sub.json", String(repeating: "1", count: 40)) }, commits: false)
        #expect(submodule.status == 1 && submodule.out.contains("CFG032"), "\(submodule.out)")
    }

    @Test func namesAreNeverPaths() throws {
        for (name, code) in [
            ("UPPER.json", "CFG031"), ("a b.json", "CFG031"), ("new\nline.json", "CFG031"), ("\u{1B}[31m.json", "CFG031"), (String(repeating: "a", count: 80) + ".json", "CFG031"),
            ("ünïcode.json", "CFG031"), ("-rf.json", "CFG031"), (".json", "CFG031"),
        ] {
            let outcome = try reconcile { try $0.write(Fleet.manifest("staff"), to: "config/tenants/contoso/profiles/\(name)") }
            #expect(outcome.status == 1 && outcome.out.contains(code) && !outcome.out.contains("\u{1B}"), "\(name.debugDescription): \(outcome.out)")
        }
        for folder in ["CONTOSO", "a b", "x\ny"] {
            let outcome = try reconcile { try $0.write(Fleet.tenant("contoso"), to: "config/tenants/\(folder)/tenant.json") }
            #expect(outcome.status == 1 && outcome.out.contains("CFG031"), "\(folder): \(outcome.out)")
        }
        // Names that git itself would not check out, as only a crafted tree has them.
        for name in ["..", ".git", "."] {
            let outcome = try reconcile({ shop in
                let blob = try shop.git("hash-object", "-w", "--stdin", in: "config")
                let tree = try shop.run(["/bin/sh", "-c", "printf '100644 blob \(blob)\\t\(name)\\n' | git mktree 2>/dev/null || true"], in: "config").out.trimmingCharacters(in: .whitespacesAndNewlines)
                guard tree.count == 40 else { return }
                let commit = try shop.git("commit-tree", "-p", "HEAD", "-m", "crafted", tree, in: "config")
                try shop.git("update-ref", "refs/heads/main", commit, in: "config")
            }, commits: false)
            #expect(outcome.status >= 0, "\(name)")
        }
    }

    @Test func largeFilesAndDeepOnesAreErrors() throws {
        let huge = try reconcile { try $0.write(String(repeating: " ", count: 5 << 20), to: "config/tenants/contoso/profiles/huge.json") }
        #expect(huge.status == 1 && huge.out.contains("huge.json:1:1: error: ") && huge.out.contains(" [JSON011]\n"), "\(huge.out)")
        let deep = try reconcile { try $0.write(String(repeating: "[", count: 100_000), to: "config/tenants/contoso/profiles/deep.json") }
        #expect(deep.status == 1 && deep.out.contains("JSON010"), "\(deep.out)")
        let folders = try reconcile { try $0.write("{}", to: "config/bases/\(String(repeating: "a/", count: 9))deep.json") }
        #expect(folders.status == 1 && folders.out.contains("more than 8 deep"), "\(folders.out)")
        let many = try reconcile { shop in
            for number in 0...2000 { try shop.write("{}", to: "config/tenants/contoso/profiles/p\(number).json") }
        }
        #expect(many.status == 1 && many.out.contains("more than 2000 manifests"), "\(many.out.suffix(500))")
    }

    /// What control characters are in a name, no log of a pipeline shows.
    @Test(arguments: ["github", "azure"]) func namesReachNoLogAsTheyAre(_ format: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.write("{}", to: "config/tenants/contoso/profiles/\u{1B}[31m\u{202E}.json")
        try shop.commit("odd")
        let outcome = try shop.easel("plan", "--format", format, in: "config")
        #expect(outcome.status == 1 && outcome.out.contains("u{1B}") && !outcome.out.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" }, "\(outcome.out)")
    }

    /// One tenant's folder in a repository that has lost objects holds up nobody else.
    @Test(arguments: ["missing blob", "missing folder", "a file for a folder", "no tree"]) func damageInOneTenantIsThatTenants(_ damage: String) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let old = try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config")
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        func tree(_ lines: String...) throws -> String {
            try lines.joined(separator: "\n").appending("\n").write(toFile: shop("lines"), atomically: true, encoding: .utf8)
            return try shop.run(["/bin/sh", "-c", "git mktree --missing < ../lines"], in: "config").out.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        func id(_ path: String) throws -> String { try shop.git("rev-parse", "HEAD:" + path, in: "config") }
        func raw(_ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(fileURLWithPath: shop("raw")))
            return try shop.git("hash-object", "-t", "tree", "-w", "--literally", "../raw", in: "config")
        }
        func bytes(_ hex: String) -> [UInt8] { stride(from: 0, to: 40, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) } }
        let lost = String(repeating: "1", count: 40)
        let file = try "100644 blob \(id("tenants/contoso/tenant.json"))\ttenant.json"
        let contoso =
            switch damage {
            case "missing blob": try tree(file, "040000 tree \(tree("100644 blob \(lost)\tstaff.json"))\tprofiles")
            case "missing folder": try tree(file, "040000 tree \(lost)\tprofiles")
            // mktree would not write such a thing.
            case "a file for a folder": try raw(Array("40000 profiles\0".utf8) + bytes(id("tenants/contoso/tenant.json")) + Array("100644 tenant.json\0".utf8) + bytes(id("tenants/contoso/tenant.json")))
            default: try raw(Array("100644 x".utf8))
            }
        let tenants = try tree("040000 tree \(contoso)\tcontoso", "040000 tree \(id("tenants/fabrikam"))\tfabrikam", "040000 tree \(id("tenants/northwind"))\tnorthwind")
        let root = try tree("040000 tree \(id("bases"))\tbases", "040000 tree \(tenants)\ttenants")
        try shop.git("update-ref", "refs/heads/main", try shop.git("commit-tree", "-p", "HEAD", "-m", "damaged", root, in: "config"), in: "config")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 1 && report.summary.failedTenants == 1 && report.profiles.keys.sorted() == ["fabrikam/staff"])
        #expect(report.diagnostics.contains { $0.code == "CFG033" && $0.file.hasPrefix("tenants/contoso") && $0.tenant == "contoso" }, "\(report.diagnostics)")
        #expect(try shop.git("rev-parse", "easel/applied:tenants/contoso", in: "config") == old)
    }

    /// Eight objects that stand for ten million names.
    @Test func aBombOfFoldersIsAnError() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        var line = "100644 blob \(try shop.git("rev-parse", "HEAD:bases/online.json", in: "config"))"
        for _ in 0..<7 {
            try (0..<10).map { "\(line)\tn\($0)\n" }.joined().write(toFile: shop("lines"), atomically: true, encoding: .utf8)
            line = "040000 tree " + (try shop.run(["/bin/sh", "-c", "git mktree < ../lines"], in: "config").out.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        try "\(line)\tbases\n040000 tree \(shop.git("rev-parse", "HEAD:tenants", in: "config"))\ttenants\n".write(toFile: shop("lines"), atomically: true, encoding: .utf8)
        let root = try shop.run(["/bin/sh", "-c", "git mktree < ../lines"], in: "config").out.trimmingCharacters(in: .whitespacesAndNewlines)
        try shop.git("update-ref", "refs/heads/main", try shop.git("commit-tree", "-m", "bomb", root, in: "config"), in: "config")
        let outcome = try shop.easel("plan", in: "config")
        #expect(outcome.status == 1 && outcome.out.contains("more than 100000 files"), "\(outcome.out)")
    }

    @Test func repositoriesOfEveryState() throws {
        let shop = try Workshop()
        try shop.git("init", "--quiet", "--initial-branch", "main", "empty")
        try shop.git("init", "--quiet", "--bare", "bare.git")
        try shop.git("init", "--quiet", "--object-format=sha256", "sha256")
        for (repo, words) in [("empty", "no commits"), ("bare.git", "no commits"), ("sha256", "SHA-256"), ("missing", "no such folder"), ("/etc/passwd", "neither this path nor")] {
            for command in ["plan", "reconcile", "review"] {
                let outcome = try shop.run([Workshop.binary, command, "--repo", repo] + (command == "review" ? ["HEAD", "HEAD"] : []))
                #expect(outcome.status == 1 && outcome.err.contains(words), "\(command) \(repo): \(outcome.err)")
            }
        }
        try shop.makeFleet()
        let missing = try shop.easel("plan", "--ref", "mian", in: "config")
        #expect(missing.status == 1 && missing.err.contains("main"))
        try shop.git("checkout", "--quiet", "--detach", in: "config")
        #expect(try shop.easel("plan", in: "config").status == 0)
        try shop.git("tag", "-a", "-m", "a tag", "v1", in: "config")
        #expect(try shop.easel("plan", "--ref", "v1", in: "config").status == 0)
        try shop.git("tag", "tree", "HEAD^{tree}", in: "config")
        #expect(try shop.easel("plan", "--ref", "tree", in: "config").err.contains("not a commit"))
        // Objects that lie elsewhere are as good as one's own.
        try shop.git("clone", "--quiet", "--shared", "config", "shared")
        #expect(try shop.easel("plan", in: "shared").status == 0)
    }

    @Test func settingsOfTheRepositoryRunNothing() throws {
        let outcome = try reconcile({ shop in
            let touch = "touch \(shop("evil"))"
            for hook in ["reference-transaction", "post-commit", "update", "pre-push", "post-checkout", "fsmonitor-watchman"] {
                try shop.write("#!/bin/sh\n\(touch)\n", to: "config/.git/hooks/\(hook)")
            }
            // The last work of git itself in this test: it would run them.
            try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "New")
            try shop.commit("before")
            for hook in try FileManager.default.contentsOfDirectory(atPath: shop("config/.git/hooks")) {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shop("config/.git/hooks/\(hook)"))
            }
            let config = try shop.read("config/.git/config") + """
                [core]
                \tfsmonitor = \(touch)
                \tsshCommand = \(touch)
                \teditor = \(touch)
                [url "\(shop("elsewhere"))"]
                \tinsteadOf = \(shop("config"))
                [credential]
                \thelper = "!\(touch)"
                [alias]
                \tfetch = "!\(touch)"

                """
            try shop.write(config, to: "config/.git/config")
        }, commits: false)
        #expect(outcome.status == 0, "\(outcome.err)")
    }

    @Test func corruptObjectsAndPacksAreNamed() throws {
        var random = Seeded(31)
        for round in 0..<20 {
            let outcome = try reconcile({ shop in
                try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail \(round)")
                try shop.commit("edit")
                if round % 2 == 0 { try shop.git("gc", "--quiet", in: "config") }
                // Something in it is changed, cut or gone.
                let objects = shop("config/.git/objects")
                let files = try FileManager.default.subpathsOfDirectory(atPath: objects).filter { name in
                    var isFolder: ObjCBool = false
                    return FileManager.default.fileExists(atPath: objects + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
                }.sorted()
                let file = objects + "/" + files[random.below(files.count)]
                var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
                try FileManager.default.removeItem(atPath: file)
                switch random.below(3) {
                case 0: break
                case 1: try Data(bytes.prefix(random.below(bytes.count))).write(to: URL(fileURLWithPath: file))
                default:
                    for _ in 0..<4 { bytes[random.below(bytes.count)] ^= UInt8(1 + random.below(255)) }
                    try Data(bytes).write(to: URL(fileURLWithPath: file))
                }
            }, commits: false)
            #expect([0, 1].contains(outcome.status), "\(round): \(outcome.status) \(outcome.err)")
        }
    }

    // MARK: A disk that is full, a server that says no, many runs

    @Test func aFullDiskIsToldAndChangesNothing() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.addTenants(40)
        let command = "\(Workshop.binary) reconcile --repo config --state state.git --out out"
        for blocks in [1, 8, 32, 64] {
            // A limit on the size of files instead of a disk: the same calls fail in the same places.
            let outcome = try shop.run(["/bin/sh", "-c", "trap '' XFSZ; ulimit -f \(blocks); exec \(command)"])
            #expect(outcome.status == 1 && outcome.err.contains("File too large"), "\(blocks): \(outcome.status) \(outcome.err)")
            #expect(try !shop.exists("state.git") || shop.tip("state.git") == nil)
            #expect(!shop.exists("out"))
        }
        #expect(try shop.run(["/bin/sh", "-c", "exec \(command)"]).status == 0)
        #expect(try shop.git("fsck", "--strict", in: "state.git") == "")
    }

    @Test func aServerThatRefusesIsHeard() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        try shop.write("#!/bin/sh\necho 'state branches are frozen until Monday' >&2\nexit 1\n", to: "served/config.git/hooks/pre-receive")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shop("served/config.git/hooks/pre-receive"))
        let daemon = try GitDaemon(shop("served"), environment: Workshop.environment)
        let outcome = try shop.easel("reconcile", "--repo", daemon.url("config.git"), "--cache", "cache")
        #expect(outcome.status == 1 && outcome.err.contains("frozen until Monday"), "\(outcome.err)")
        #expect(try shop.tip("served/config.git") == nil)
        try shop.remove("../served/config.git/hooks/pre-receive")
        #expect(try shop.easel("reconcile", "--repo", daemon.url("config.git"), "--cache", "cache").status == 0)
    }

    @Test func manyRunsDoNotMakeManyPacks() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let command = [Workshop.binary, "reconcile", "--repo", "config", "--state", "state.git"]
        #expect(try shop.run(command).status == 0)
        for round in 0..<60 {
            try shop.edit("tenants/contoso/profiles/staff.json", round == 0 ? "Staff mail" : "Mail \(round - 1)\"", round == 0 ? "Mail 0" : "Mail \(round)\"")
            try shop.commit("round")
            try #require(try shop.run(command).status == 0)
            // Old packs stay for an hour, for readers; here nobody reads.
            let list = shop("state.git/easel-superseded-packs")
            if FileManager.default.fileExists(atPath: list) {
                try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: list)
            }
        }
        let packs = try FileManager.default.contentsOfDirectory(atPath: shop("state.git/objects/pack")).filter { $0.hasSuffix(".pack") }
        #expect(packs.count < 42, "\(packs.count)")
        #expect(try shop.git("fsck", "--strict", in: "state.git") == "" && shop.git("rev-list", "--count", "easel/applied", in: "state.git") == "61")
    }

    @Test func aLockFileThatAKilledProcessLeftIsPassed() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "New")
        try shop.commit("edit")
        let lock = shop("config/.git/refs/heads/easel/applied.lock")
        try "".write(toFile: lock, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: lock)
        let start = ContinuousClock.now
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(ContinuousClock.now - start < .seconds(5) && !FileManager.default.fileExists(atPath: lock))
    }
}
