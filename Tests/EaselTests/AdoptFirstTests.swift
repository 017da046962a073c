import Foundation
import Testing

/// An import that is merged before its tenants were adopted creates nothing a second time.
@Suite struct AdoptFirstTests {
    /// Exports of the fleet in `live`, and their import in `imported`, committed.
    private func imported() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        #expect(try shop.easel("import", "live", "--into", "imported").status == 0)
        try shop.commit("import", in: "imported")
        return shop
    }

    @Test func anImportThatIsMergedFirstIsHeldUntilItIsAdopted() throws {
        let shop = try imported()
        for tenant in Fleet.tenants { #expect(try shop.object("imported/tenants/\(tenant)/tenant.json")["adopt"] as? String == "first") }
        // The mistake, more than once.
        for _ in 0..<2 {
            let (report, status) = try shop.report("reconcile", "--repo", "imported", "--out", "hand-off")
            #expect(status == 3 && report.summary.held == 9 && report.profiles.values.allSatisfy { $0.heldBy == ["adopt-first"] && $0.action == "create" })
            let gate = try #require(report.gates.first)
            #expect(report.gates.count == 1 && !gate.waiting && gate.source == "default" && gate.held.count == 9)
            #expect(gate.howToPass.contains("run `easel adopt --live SOURCE`") && gate.howToPass.contains("remove \"adopt\" from its tenant.json"))
            let operations = try shop.tree("hand-off").keys.filter { $0.contains("/payloads/") }
            #expect(operations.isEmpty, "\(operations)")
        }
        #expect(try shop.easel("adopt", "--repo", "imported", "--live", "live").lastLine.hasPrefix("Adopted: 9 profiles"))
        let after = try shop.easel("reconcile", "--repo", "imported", "--out", "hand-off")
        #expect(after.status == 0 && after.lastLine.hasPrefix("Nothing to do: 9 profiles"), "\(after.out)")
        #expect(try shop.easel("plan", "--repo", "imported", "--detailed-exitcode").status == 0)
        // From now on the key means nothing: a new profile goes out.
        let staff = try shop.read("imported/tenants/contoso/profiles/staff-mail.json").replacingOccurrences(of: "Staff mail", with: "New mail")
        try shop.write(staff, to: "imported/tenants/contoso/profiles/new-mail.json")
        try shop.commit("new", in: "imported")
        let (report, status) = try shop.report("reconcile", "--repo", "imported")
        #expect(status == 0 && report.summary.create == 1 && report.summary.held == 0)
    }

    @Test func onlyAnAdoptionOrTheKeyLetsThemThrough() throws {
        let shop = try imported()
        try shop.write(#"{ "kind": "policy", "defaults": "off" }"#, to: "imported/policy.json")
        let refused = try shop.easel("approve", "--gate", "adopt-first", "--repo", "imported")
        #expect(refused.status == 64 && refused.err.contains("easel adopt --live SOURCE") && refused.err.contains("nothing to approve"), "\(refused.err)")
        let fingerprint = try #require(shop.report("plan", "--repo", "imported").report.profiles["contoso/staff-mail"]?.fingerprint)
        #expect(try shop.easel("approve", fingerprint, "--unseen", "--repo", "imported").status == 0)
        try shop.commit("approved", in: "imported")
        #expect(try shop.report("plan", "--repo", "imported").report.summary.held == 9, "neither an approval nor a policy passes it")
        let name = try shop.read("imported/tenants/contoso/tenant.json")
        try shop.write(name.replacingOccurrences(of: "\n  \"adopt\": \"first\",", with: ""), to: "imported/tenants/contoso/tenant.json")
        try shop.commit("Contoso has none of them", in: "imported")
        let (report, status) = try shop.report("reconcile", "--repo", "imported")
        #expect(status == 3 && report.summary.held == 6 && report.profiles.filter { $0.value.heldBy.isEmpty }.keys.allSatisfy { $0.hasPrefix("contoso/") })
        // A gate of this name would be taken for it.
        try shop.write(#"{ "kind": "policy", "gates": [ { "name": "adopt-first", "require": "never" } ] }"#, to: "imported/policy.json")
        #expect(try shop.easel("validate", "--repo", "imported").out.contains("is the name of a built-in gate"))
    }

    @Test func aReviewOfTheImportSaysIt() throws {
        let shop = try imported()
        try shop.git("init", "--quiet", "--initial-branch", "main", "fresh")
        try shop.git("commit", "--quiet", "--allow-empty", "--message", "start", in: "fresh")
        for folder in ["tenants", "schemas"] { try FileManager.default.copyItem(atPath: shop("imported/\(folder)"), toPath: shop("fresh/\(folder)")) }
        try shop.commit("import", in: "fresh")
        let (report, status) = try shop.report("review", "HEAD~1...HEAD", "--repo", "fresh")
        #expect(status == 3 && report.gates.map(\.name) == ["adopt-first"] && report.gates[0].howToPass.contains("A review does not know the applied state"))
    }

    /// Taking the key out lets every creation through, so a review shows it.
    @Test func aReviewShowsThatTheKeyGoes() throws {
        let shop = try imported()
        let text = try shop.read("imported/tenants/contoso/tenant.json")
        try shop.write(text.replacingOccurrences(of: "\n  \"adopt\": \"first\",", with: ""), to: "imported/tenants/contoso/tenant.json")
        try shop.commit("Contoso has none of them", in: "imported")
        let outcome = try shop.easel("review", "HEAD~1", "HEAD", "--repo", "imported", "--format", "json")
        let changes = try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])["factChanges"] as? [[String: Any]]
        #expect(changes?.count == 1 && changes?[0]["path"] as? String == "/adopt" && changes?[0]["before"] as? String == "first" && changes?[0]["after"] is NSNull, "\(outcome.out)")
        #expect(changes?[0]["loosens"] as? Bool == true && changes?[0]["tenant"] as? String == "contoso")
        // The other way round it holds more, and nothing is to be worried about.
        let back = try shop.easel("review", "HEAD", "HEAD~1", "--repo", "imported", "--format", "github")
        #expect(!back.out.contains("/adopt"))
    }

    /// A tenant that says nothing, and whose live profiles have the names of its manifests.
    @Test func withLiveTheSameHoldsForTenantsThatDoNotAsk() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try FileManager.default.removeItem(atPath: shop("live/fabrikam"))
        for profile in Fleet.profiles { try shop.change("northwind/\(profile)") { $0["displayName"] = "Other \(profile)" } }
        let state = ["--repo", "config", "--state", "other.git"]
        func run(_ command: String, _ more: String...) throws -> Workshop.Outcome { try shop.run([Workshop.binary, command] + state + more) }
        #expect(try run("reconcile", "--live", "nowhere").status == 1)
        let held = try run("reconcile", "--live", "live", "--format", "json")
        let report = try JSONDecoder().decode(Report.self, from: Data(held.out.utf8))
        #expect(held.status == 1 && report.gates.map(\.name) == ["adopt-first"] && report.gates[0].held.allSatisfy { $0.hasPrefix("contoso/") })
        #expect(report.tenants.map { "\($0.id) \($0.status)" } == ["contoso held", "fabrikam failed", "northwind ok"], "an export that is missing says nothing")
        #expect(report.diagnostics.contains { $0.message == "Tenant fabrikam has no export" && $0.severity == "error" })
        // What is applied is known, and no longer looked at.
        #expect(try run("adopt", "--live", "live", "--tenant", "contoso").status == 0)
        let after = try run("plan", "--live", "live", "--tenant", "contoso", "--tenant", "northwind", "--detailed-exitcode")
        #expect(after.status == 0, "\(after.out)")
    }
}
