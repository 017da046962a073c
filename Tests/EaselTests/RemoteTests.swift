import Foundation
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
        let daemon = try GitDaemon(shop, folder: "served")
        let url = daemon.url + "/config.git"
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
        #expect(try shop.easel("reconcile", "--repo", url, "--cache", "other").lastLine == "Applied: 1 updated, 8 unchanged.")
        #expect(try shop.easel("reconcile", "--repo", url, "--cache", "cache").lastLine.hasPrefix("Nothing to do"))
        #expect(try shop.git("rev-list", "--count", "easel/applied", in: "served/config.git") == "2")
    }

    @Test func shardsThatRaceOverTheWireAllLand() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "served/config.git")
        let daemon = try GitDaemon(shop, folder: "served")
        let running = try (1...4).map {
            try shop.start([Workshop.binary, "reconcile", "--repo", daemon.url + "/config.git", "--cache", "cache\($0)", "--shard", "\($0)/4"])
        }
        for one in running {
            let outcome = try shop.finish(one)
            #expect(outcome.status == 0, "\(outcome.err)")
        }
        #expect(try shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "served/config.git").split(separator: "\n").count == 3)
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
    }
}

/// `git daemon` on a free port of loopback, ended with the value.
final class GitDaemon {
    let url: String
    private let child: pid_t

    init(_ shop: Workshop, folder: String) throws {
        for _ in 0..<20 {
            let port = Int.random(in: 20_000..<60_000)
            let running = try shop.start([
                "/usr/lib/git-core/git-daemon", "--listen=127.0.0.1", "--port=\(port)", "--export-all", "--enable=receive-pack",
                "--base-path=\(shop(folder))", shop(folder),
            ])
            for _ in 0..<100 {
                if Self.answers(port) {
                    url = "git://127.0.0.1:\(port)"
                    child = running.child
                    return
                }
                var status: Int32 = 0
                guard waitpid(running.child, &status, WNOHANG) == 0 else { break }
                usleep(50_000)
            }
        }
        throw CocoaError(.executableLoad)
    }

    deinit {
        kill(child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
    }

    private static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }
}
