import Foundation
import Testing

/// `--live graph`, against an emulator of Microsoft Graph over TLS.
@Suite struct GraphLiveTests {
    /// An Indexed Job: every pod asks Graph for its own tenants at the same time, and all record on one branch of one remote.
    @Test func shardsAtOnceShareOneGraphAndOneState() throws {
        let shop = try Workshop.withGraphFleet()
        try shop.git("clone", "--quiet", "--bare", "config", "remote.git")
        try shop.starting(shop.scenario()) { start in
            func all(_ command: String) throws -> [Workshop.Outcome] {
                let pods = try (1...3).map { try start([command, "--repo", "file://" + shop("remote.git"), "--cache", "cache\($0)", "--shard", "\($0)/3"]) }
                return try pods.map { try $0.finish() }
            }
            for outcome in try all("adopt") { #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)") }
            let recorded = try shop.git("ls-tree", "--name-only", "easel/applied", "tenants/", in: "remote.git").split(separator: "\n")
            #expect(recorded.map(String.init) == Fleet.tenants.sorted().map { "tenants/\($0)" })
            for outcome in try all("drift") { #expect(outcome.status == 0, "\(outcome.out)\(outcome.err)") }
            for outcome in try all("plan") { #expect(outcome.status == 0 && outcome.out.contains("Nothing to do"), "\(outcome.out)\(outcome.err)") }
        }
    }

    @Test func adoptThenDrift() throws {
        let shop = try Workshop.withGraphFleet()
        try shop.emulating(shop.scenario()) { easel in
            let held = try easel(["plan", "--repo", "config"])
            #expect(held.status == 3 && held.out.contains("adopt-first"), "\(held.out)\(held.err)")
            let adopted = try easel(["adopt", "--repo", "config"])
            #expect(adopted.status == 0 && adopted.lastLine.hasPrefix("Adopted: 9 profiles"), "\(adopted.out)\(adopted.err)")
            let drift = try easel(["drift", "--repo", "config"])
            #expect(drift.status == 0, "\(drift.out)\(drift.err)")
            #expect(try easel(["plan", "--repo", "config", "--detailed-exitcode"]).status == 0)
        }
        try shop.change("contoso/staff") { $0["hostName"] = "elsewhere.example" }
        try shop.remove("../live/fabrikam/board.json")
        var own = try shop.object("live/northwind/staff.json")
        (own["displayName"], own["id"]) = ("Own mail", "99999999-0000-4000-8000-000000000001")
        try shop.write(own, to: "live/northwind/own.json")
        try shop.emulating(shop.scenario()) { easel in
            let drift = try easel(["drift", "--repo", "config"])
            #expect(drift.status == 2 && drift.out.contains("elsewhere.example") && drift.out.contains("Own mail") && drift.out.contains("missing"), "\(drift.out)\(drift.err)")
        }
        try shop.emulating(shop.scenario()) { easel in
            let drift = try easel(["drift", "--repo", "config", "--adopt"])
            let manifest = try shop.read("config/tenants/northwind/profiles/own-mail.json")
            #expect(drift.status == 2 && manifest.contains("\"Own mail\"") && manifest.contains("\"staff\""), "\(drift.out)\(drift.err)")
        }
        // Of a tenant that cannot be read nothing is known; the others are compared.
        try shop.emulating(shop.scenario { if $0 == "fabrikam" { $1.changeApp("consent", false) } }) { easel in
            let drift = try easel(["drift", "--repo", "config"])
            #expect(drift.status == 1 && drift.out.contains("adminconsent") && drift.out.contains("elsewhere.example") && !drift.out.contains("missing"), "\(drift.out)\(drift.err)")
        }
    }
}
