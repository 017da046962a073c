import Foundation
import Testing

/// The hook that `easel init` writes, run by Git itself.
@Suite struct CommitHookTests {
    private static let staff = "tenants/contoso/profiles/staff.json"
    private static let good = #""accountName": "Mail""#
    private static let bad = #""acountName": "Mail""#

    /// A committed fleet with the hook switched on.
    private func hooked() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        let made = try shop.easel("init", "config")
        #expect(made.status == 0 && made.out.contains("\n  git config core.hooksPath .githooks "), "\(made.out)")
        try shop.commit("hook")
        try shop.git("config", "core.hooksPath", ".githooks", in: "config")
        return shop
    }

    /// Runs `git commit` with easel on PATH.
    private func commit(_ shop: Workshop, _ arguments: String..., in folder: String = "config") throws -> Workshop.Outcome {
        let path = (Workshop.binary as NSString).deletingLastPathComponent + ":/usr/bin:/bin"
        return try shop.run(["/usr/bin/git", "commit", "--quiet", "--message", "edit"] + arguments, in: folder, environment: ["PATH": path])
    }

    private func head(_ shop: Workshop) throws -> String { try shop.git("rev-parse", "HEAD", in: "config") }

    @Test func whatGitIsAboutToCommitDecides() throws {
        let shop = try hooked()
        let before = try head(shop)
        // Only the good part of the file is staged, as by git commit --patch; then only the bad one.
        try shop.edit(Self.staff, "Staff mail", "Staff post")
        try shop.git("add", "--all", in: "config")
        try shop.edit(Self.staff, Self.good, Self.bad)
        #expect(try commit(shop).status == 0 && head(shop) != before)
        let second = try head(shop)
        // --all takes the working file, by an index of its own.
        let refused = try commit(shop, "--all")
        #expect(refused.status == 1 && (refused.out + refused.err).contains("\(Self.staff):5:16: error: Unknown key 'acountName'. Did you mean 'accountName'? [CFG001]"), "\(refused.out)\(refused.err)")
        #expect(try head(shop) == second)
        // A commit of one file leaves out what else is staged.
        try shop.git("add", "--all", in: "config")
        try shop.edit("tenants/fabrikam/profiles/staff.json", "Staff mail", "Staff post")
        #expect(try commit(shop, "tenants/fabrikam/profiles/staff.json").status == 0)
        #expect(try commit(shop, Self.staff).status == 1)
        #expect(try commit(shop).status == 1)
        try shop.edit(Self.staff, Self.bad, Self.good)
        #expect(try commit(shop, "--all", "--allow-empty").status == 0)
        #expect(try shop.git("status", "--porcelain", in: "config") == "")
    }

    @Test func linkedWorktreesSubfoldersAndFirstCommits() throws {
        let shop = try hooked()
        try shop.git("worktree", "add", "--quiet", "-b", "side", "../side", in: "config")
        let file = "side/\(Self.staff)"
        try shop.write(shop.read(file).replacingOccurrences(of: Self.good, with: Self.bad), to: file)
        #expect(try commit(shop, "--all", in: "side/tenants").status == 1)
        #expect(try commit(shop, "--allow-empty").status == 0, "the other work tree has nothing to do with it")
        try shop.write(shop.read(file).replacingOccurrences(of: Self.bad, with: #""accountName": "Side""#), to: file)
        #expect(try commit(shop, "--all", in: "side/tenants").status == 0)
        #expect(try shop.easel("init", "fresh").status == 0)
        try shop.git("config", "core.hooksPath", ".githooks", in: "fresh")
        try shop.git("add", "--all", in: "fresh")
        #expect(try commit(shop, in: "fresh").status == 0)
        // The index of another repository, whose hook runs, is not this one's.
        let elsewhere = try shop.easel("validate", "--staged", "--repo", "../config", in: "fresh", environment: ["GIT_INDEX_FILE": ".git/index"])
        #expect(elsewhere.status == 0 && elsewhere.lastLine == "Valid: 9 profiles in 3 tenants.", "\(elsewhere.out)")
    }

    @Test func withoutEaselTheHookSaysHowToGetIt() throws {
        let shop = try hooked()
        let mode = try #require(FileManager.default.attributesOfItem(atPath: shop("config/.githooks/pre-commit"))[.posixPermissions] as? Int)
        #expect(mode == 0o755)
        let outcome = try shop.run(["/usr/bin/git", "commit", "--allow-empty", "--message", "edit"], in: "config")
        #expect(outcome.status == 1 && outcome.err.contains("easel is not on PATH") && outcome.err.contains("Install the package of a release"), "\(outcome.err)")
        #expect(try shop.run(["/bin/sh", "-n", ".githooks/pre-commit"], in: "config").status == 0)
        // Nobody's own files are changed.
        try shop.write("mine", to: "config/.githooks/pre-commit")
        try shop.write("mine", to: "config/.pre-commit-config.yaml")
        #expect(try shop.easel("init", "config").status == 0)
        #expect(try shop.read("config/.githooks/pre-commit") == "mine" && shop.read("config/.pre-commit-config.yaml") == "mine")
    }

    /// What the problem matcher of Visual Studio Code takes is what easel prints.
    @Test func editorsFindEveryLine() throws {
        let shop = try hooked()
        try shop.edit(Self.staff, Self.good, Self.bad)
        let tasks = try shop.object("config/.vscode/tasks.json")
        let matcher = try #require((tasks["tasks"] as? [Workshop.Object])?.first?["problemMatcher"] as? Workshop.Object)
        let pattern = try #require(matcher["pattern"] as? Workshop.Object)
        let expression = try Regex(#require(pattern["regexp"] as? String))
        let lines = try shop.easel("validate", in: "config").out.split(separator: "\n")
        let found = lines.compactMap { try? expression.wholeMatch(in: $0) }
        let match = try #require(found.first)
        #expect(found.count == 1)
        let parts = try ["file", "line", "column", "severity", "message", "code"].map { key in match[try #require(pattern[key] as? Int)].substring.map(String.init) }
        #expect(parts == [Self.staff, "5", "16", "error", "Unknown key 'acountName'. Did you mean 'accountName'?", "CFG001"])
    }
}
