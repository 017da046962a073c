import Foundation
import Testing

/// `--live graph`, against an emulator of Microsoft Graph over TLS.
@Suite struct GraphLiveTests {
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
