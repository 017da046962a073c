import Foundation
import TestSupport
import Testing

/// Repositories behind a URL: mirrors, fetches, and a state that is pushed.
@Suite struct RemoteTests {
    @Test func aFileURLIsMirroredAndFetchedFrom() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let url = "file://" + shop("config")
        let first = try shop.report("plan", "--repo", url, "--cache", "cache")
        #expect(first.status == 0 && first.report.summary.create == 9)
        #expect(try shop.report("plan", "--repo", url, "--cache", "cache").report.source.commit == first.report.source.commit)
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        let commit = try shop.commit("edit")
        #expect(try shop.report("plan", "--repo", url, "--cache", "cache").report.source.commit == commit)
        #expect(try shop.report("plan", "--repo", url, "--cache", "cache", "--ref", "main~1").report.source.commit == first.report.source.commit)
        try shop.git("tag", "v1", "HEAD~1", in: "config")
        #expect(try shop.report("plan", "--repo", url, "--cache", "cache", "--ref", "v1").report.source.commit == first.report.source.commit)
    }

    @Test func overTheWireEverythingIsInOneRemote() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        let daemon = try GitDaemon(shop("served"), environment: Workshop.environment)
        let url = daemon.url("config.git")
        let outcome = try shop.easel("reconcile", "--repo", url, "--cache", "cache", "--out", "out")
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "served/config.git") == "1")
        #expect(try shop.git("fsck", "--strict", in: "served/config.git") == "")
        // Another machine, with a cache of its own.
        #expect(try shop.easel("plan", "--repo", url, "--cache", "other", "--detailed-exitcode").status == 0)
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        try shop.git("push", "--quiet", url, "main", in: "config")
        #expect(try shop.easel("plan", "--repo", url, "--cache", "other", "--detailed-exitcode").status == 2)
        #expect(try shop.easel("reconcile", "--repo", url, "--cache", "other").lastLine == "Recorded 1 update; 8 unchanged. Nothing was sent to Intune.")
        #expect(try shop.easel("reconcile", "--repo", url, "--cache", "cache").lastLine.hasPrefix("Nothing to do"))
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "served/config.git") == "2")
        // A cache remembers what was there.
        try shop.git("update-ref", "refs/heads/easel/applied", "easel/applied~1", in: "served/config.git")
        for cache in ["cache", "other"] {
            let (report, status) = try shop.report("plan", "--repo", url, "--cache", cache)
            #expect(status == 0 && report.diagnostics.map(\.code) == ["CFG070"])
        }
        #expect(try shop.report("plan", "--repo", url, "--cache", "new").report.diagnostics.isEmpty)
    }

    @Test func shardsThatRaceOverTheWireAllLand() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        let daemon = try GitDaemon(shop("served"), environment: Workshop.environment)
        let running = try (1...4).map {
            try shop.start([Workshop.binary, "reconcile", "--repo", daemon.url("config.git"), "--cache", "cache\($0)", "--shard", "\($0)/4"])
        }
        for one in running {
            let outcome = try one.finish()
            #expect(outcome.status == 0, "\(outcome.err)")
        }
        #expect(try shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "served/config.git").split(separator: "\n").count == 3)
    }

    @Test(.enabled(if: HTTPSServer.isInstalled && ProxyServer.isInstalled, "needs nginx and tinyproxy, which Tests/run.sh installs"))
    func aProxyOfTheEnvironmentIsUsed() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        try shop.git("config", "http.receivepack", "true", in: "served/config.git")
        let server = try HTTPSServer(shop("https"), repositories: shop("served"))
        let proxy = try ProxyServer(shop("proxy"), to: [server.port])
        func reconcile(_ environment: [String: String], cache: String) throws -> Workshop.Outcome {
            try shop.easel(
                "reconcile", "--repo", server.url("open/config.git"), "--cache", cache, "--ca-file", server.caFile, "--timeout", "20",
                environment: environment)
        }
        let through = try reconcile(["https_proxy": "http://127.0.0.1:\(proxy.port)"], cache: "one")
        #expect(through.status == 0, "\(through.err)")
        #expect(try proxy.wasAsked(for: "localhost:\(server.port)"))
        // Other names of the variable, and hosts that are reached without.
        #expect(try reconcile(["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"], cache: "two").lastLine.hasPrefix("Nothing to do"))
        #expect(try reconcile(["https_proxy": "http://127.0.0.1:1", "no_proxy": "example.com,localhost"], cache: "three").status == 0)
        let dead = try reconcile(["https_proxy": "http://ann:s3cret@127.0.0.1:1"], cache: "four")
        #expect(dead.status == 1 && dead.err.contains("the proxy in https_proxy (http://***@127.0.0.1:1"), "\(dead.err)")
    }

    @Test func runsShareACache() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        let daemon = try GitDaemon(shop("served"), environment: Workshop.environment)
        for round in 0..<3 {
            try shop.write(Fleet.manifest("kiosk"), to: "config/tenants/contoso/profiles/round\(round).json")
            try shop.edit("tenants/contoso/profiles/round\(round).json", "Kiosk mail", "Round \(round)")
            try shop.commit("round \(round)")
            try shop.git("push", "--quiet", daemon.url("config.git"), "main", in: "config")
            let running = try (0..<6).map { number in
                try shop.start([Workshop.binary, number % 3 == 2 ? "plan" : "reconcile", "--repo", daemon.url("config.git"), "--cache", "cache"])
            }
            for one in running {
                let outcome = try one.finish()
                #expect(outcome.status == 0, "\(outcome.err)")
            }
            #expect(try shop.git("rev-list", "--count", "easel/applied", in: "served/config.git") == "\(round + 1)")
        }
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "served/config.git") == "")
        let mirror = try #require(try FileManager.default.contentsOfDirectory(atPath: shop("cache/mirrors")).first { $0.hasSuffix(".git") })
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "cache/mirrors/" + mirror) == "")
    }

    @Test func whatIsNotThereIsToldPlainly() throws {
        let shop = try Workshop()
        for (repository, words) in [("missing", "no such folder"), ("file:///missing/repo", "/missing/repo"), ("git://127.0.0.1:1/x", "127.0.0.1")] {
            let outcome = try shop.easel("plan", "--repo", repository, "--cache", "cache")
            #expect(outcome.status == 1 && outcome.err.hasPrefix("error: ") && outcome.err.contains(words), "\(outcome.err)")
            #expect(outcome.out.isEmpty)
        }
        let secret = try shop.easel("plan", "--repo", "https://ann:hunter2@127.0.0.1:1/x.git", "--cache", "cache")
        #expect(secret.status == 1 && !secret.err.contains("hunter2"))
        for (url, words) in [("http://ann:hunter2@127.0.0.1:1/x", "over http anyone"), ("https://ann:hunt er2@127.0.0.1:1/x", "white space"), ("https://ann:1/hunter2@127.0.0.1:1/x", "error")] {
            let refused = try shop.easel("plan", "--repo", url, "--cache", "cache")
            #expect(refused.status == 1 && refused.err.contains(words) && !refused.err.contains("er2"), "\(refused.err)")
        }
        #expect(try shop.tree("cache").allSatisfy { !String(decoding: $0.value, as: UTF8.self).contains("hunter2") })
    }
}
