import Foundation
import Testing

/// `--format json` of the commands that write no report: one object on stdout and nothing else.
@Suite struct ResultTests {
    private func result(_ shop: Workshop, _ arguments: String..., in folder: String = ".") throws -> [String: Any] {
        let outcome = try shop.run([Workshop.binary] + arguments + ["--format", "json"], in: folder)
        let value = try #require(try? JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any], "\(arguments): \(outcome.out)\(outcome.err)")
        #expect(outcome.status == 0 && value["formatVersion"] as? String == "1.0", "\(arguments): \(outcome.err)")
        return value
    }

    @Test func whatIsWrittenIsListed() throws {
        let shop = try Workshop()
        let new = try result(shop, "init", "mail")
        let written = try #require(new["written"] as? [String])
        #expect(written.allSatisfy { shop.exists("mail/" + $0) } && written.contains("tenants/example/tenant.json") && new["kept"] as? [String] == [])
        #expect(try Set(result(shop, "init", "mail")["kept"] as? [String] ?? []) == Set(written.filter { !$0.hasPrefix("tenants/") && !$0.hasPrefix("bases/") && $0 != "policy.json" }))
        try shop.commit("start", in: "mail")

        let approved = try result(shop, "approve", "--unseen", "0123456789abcdef0123456789abcdef", in: "mail")["written"] as? [[String: Any]]
        #expect(approved?.first?["file"] as? String == "approvals/0123456789ab.json" && approved?.first?["fingerprints"] as? [String] == ["0123456789abcdef0123456789abcdef"])
        let again = try result(shop, "approve", "--unseen", "0123456789abcdef0123456789abcdef", in: "mail")["alreadyApproved"] as? [[String: String]]
        #expect(again == [["file": "approvals/0123456789ab.json", "fingerprint": "0123456789abcdef0123456789abcdef"]])

        let accepted = try result(shop, "accept", "staff-mail", "--tenant", "example", "--reason", "Not before May", in: "mail")
        #expect(accepted["written"] as? [String] == ["tenants/example/accepted-drift.json"])
        #expect(accepted["accepted"] as? [[String: String]] == [["path": "", "profile": "staff-mail", "tenant": "example"]])
    }

    @Test func whatIsRecordedAndRolledBackIsNamed() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        let first = try shop.git("rev-parse", "easel/applied", in: "config")
        let nothing = try result(shop, "rollback", "--to", first, in: "config")
        #expect(nothing["commit"] is NSNull && nothing["branch"] is NSNull && (nothing["files"] as? [Any])?.isEmpty == true)

        try shop.remove("tenants/northwind/profiles/kiosk.json")
        try shop.commit("No kiosk")
        #expect(try shop.easel("reconcile", "--defer", "--out", "../out", in: "config").status == 0)
        let confirmed = try result(shop, "confirm", "../out", in: "config")
        #expect(confirmed["confirmed"] as? [String] == ["northwind/kiosk"] && confirmed["left"] as? [String] == [])
        #expect(try confirmed["branch"] as? String == "easel/applied" && confirmed["commit"] as? String == shop.git("rev-parse", "easel/applied", in: "config"))

        let rollback = try result(shop, "rollback", "--to", first, in: "config")
        let branch = try #require(rollback["branch"] as? String)
        #expect(try rollback["commit"] as? String == shop.git("rev-parse", branch, in: "config"))
        #expect((rollback["files"] as? [[String: Any]])?.first?["path"] as? String == "tenants/northwind/profiles/kiosk.json")
    }

    @Test func whatIsImportedIsCounted() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        let imported = try result(shop, "import", "live", "--into", "mail")
        let written = try #require(imported["written"] as? [String])
        #expect(imported["tenants"] as? Int == 3 && imported["manifests"] as? Int == written.count { $0.contains("/profiles/") })
        #expect(written.allSatisfy { shop.exists("mail/" + $0) } && written.contains("schemas/manifest.schema.json") && imported["diagnostics"] as? [String] == [])
    }
}
