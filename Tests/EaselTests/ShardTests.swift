import Foundation
import TestSupport
import Testing

/// Many machines, one remote: every shard is a process of its own, and all of them run at the same time.
@Suite(.enabled(if: HTTPSServer.isInstalled, "needs nginx, which Tests/run.sh installs")) struct ShardTests {
    private static let shards = 6

    private struct Outcome {
        let shard: Int
        let status: Int32
        let said: String
    }

    /// Runs a command in all shards at once.
    private func all(_ shop: Workshop, _ server: HTTPSServer, _ arguments: (_ shard: Int) -> [String]) throws -> [Outcome] {
        let access = ["--repo", server.url("basic/config.git"), "--ca-file", server.caFile, "--token-env", "TOKEN"]
        let pods = try (1...Self.shards).map { shard in
            try shop.start([Workshop.binary] + arguments(shard) + access + ["--cache", "cache\(shard)", "--shard", "\(shard)/\(Self.shards)"], environment: ["TOKEN": "s3cret"])
        }
        return try pods.enumerated().map { index, pod in
            let outcome = try pod.finish()
            return Outcome(shard: index + 1, status: outcome.status, said: outcome.out + outcome.err)
        }
    }

    @Test func allShardsRecordOneCompleteState() throws {
        let shop = try Workshop()
        let generated = try shop.run([
            "/usr/bin/python3", Workshop.package + "/Tests/Fleet/generate.py", "--out", shop("served/config.git"), "--tenants", "40", "--profiles", "3", "--bases", "4",
        ])
        try #require(generated.status == 0, "\(generated.err)")
        try shop.git("config", "http.receivepack", "true", in: "served/config.git")
        // What one machine makes of it.
        let alone = try shop.easel("reconcile", "--repo", "served/config.git", "--ref", "main", "--state", "alone.git")
        try #require(alone.status == 0, "\(alone.out)\(alone.err)")
        let server = try HTTPSServer(shop("https"), repositories: shop("served"))

        for outcome in try all(shop, server, { _ in ["reconcile", "--ref", "main"] }) { #expect(outcome.status == 0, "\(outcome.shard): \(outcome.said)") }
        func profiles(_ repository: String) throws -> [String] {
            try shop.git("ls-tree", "-r", "easel/applied", "tenants/", in: repository).split(separator: "\n").map(String.init)
                .filter { $0.contains("/profiles/") || $0.contains("/payloads/") }
        }
        let together = try profiles("served/config.git")
        #expect(try together == profiles("alone.git") && together.count > 200)
        let commits = try #require(Int(shop.git("rev-list", "--count", "easel/applied", in: "served/config.git")))
        #expect(commits <= Self.shards && commits > 1, "one commit at most for each shard")

        // A second time, nothing is left to do for anybody, nor for a machine that looks at all of it.
        let tip = try shop.tip("served/config.git")
        for outcome in try all(shop, server, { _ in ["reconcile", "--ref", "main"] }) { #expect(outcome.status == 0 && outcome.said.contains("Nothing to do"), "\(outcome.shard): \(outcome.said)") }
        #expect(try shop.tip("served/config.git") == tip)
        #expect(try shop.easel("plan", "--repo", "served/config.git", "--ref", "main", "--detailed-exitcode").status == 0)

        // An edit of a base concerns tenants of every shard; deferred and confirmed by all of them at once, it is recorded once and whole.
        let edited = try shop.run(["/usr/bin/python3", Workshop.package + "/Tests/Fleet/generate.py", "--out", shop("served/config.git"), "--edit", "base"])
        try #require(edited.status == 0, "\(edited.err)")
        for outcome in try all(shop, server, { ["reconcile", "--ref", "main", "--defer", "--out", "out\($0)"] }) { #expect(outcome.status == 0, "\(outcome.shard): \(outcome.said)") }
        #expect(try shop.tip("served/config.git") == tip, "nothing is recorded yet")
        let access = ["--repo", server.url("basic/config.git"), "--ca-file", server.caFile, "--token-env", "TOKEN"]
        let confirming = try (1...Self.shards).map { try shop.start([Workshop.binary, "confirm", "out\($0)", "--cache", "cache\($0)"] + access, environment: ["TOKEN": "s3cret"]) }
        for pod in confirming {
            let outcome = try pod.finish()
            #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)")
        }
        #expect(try shop.easel("reconcile", "--repo", "served/config.git", "--ref", "main", "--state", "alone.git").status == 0)
        #expect(try profiles("served/config.git") == profiles("alone.git"))
    }
}
