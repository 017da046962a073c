import Foundation
import TestSupport
import Testing

/// Facts in tenant.json decide what rules and gates say: none changes in silence, and none opens a gate in the commit that it comes with.
@Suite struct FactTests {
    private struct Facts: Decodable {
        struct Change: Decodable, Equatable { let tenant, path: String; let loosens: Bool }
        let factChanges: [Change]
    }

    private func facts(_ shop: Workshop, _ arguments: String...) throws -> [Facts.Change] {
        try JSONDecoder().decode(Facts.self, from: Data(try shop.run([Workshop.binary] + arguments + ["--format", "json"], in: "config").out.utf8)).factChanges
    }

    @Test func theLargerNumberCounts() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(
            #"{"kind": "policy", "gates": [{"name": "storm", "when": {"consequences": ["credentialReentry"], "peopleOver": 50}, "require": "never"}]}"#, to: "policy.json")
        try shop.edit("tenants/contoso/tenant.json", #""members": 100"#, #""members": 0"#)
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("small")
        let (report, status) = try shop.report("plan", "--policy", "../policy.json", in: "config")
        #expect(status == 3 && report.profiles["contoso/staff"]?.heldBy == ["storm"], "the number that was recorded")
        let change = Facts.Change(tenant: "contoso", path: "/groups/staff/members", loosens: true)
        #expect(try facts(shop, "plan") == [change] && facts(shop, "review", "HEAD^", "HEAD") == [change])
        #expect(try shop.easel("plan", in: "config").out.contains("/groups/staff/members loosened"))
    }

    @Test func aFactThatSilencesARuleIsShown() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.edit("tenants/contoso/tenant.json", #""exchange": "online""#, #""exchange": "other""#)
        try shop.commit("other")
        #expect(try facts(shop, "review", "HEAD^", "HEAD") == [.init(tenant: "contoso", path: "/exchange", loosens: true)])
        for format in ["text", "markdown", "html", "github"] {
            let shown = try shop.easel("review", "HEAD^", "HEAD", "--format", format, in: "config")
            #expect(shown.out.contains("/exchange") && shown.out.contains("online"), "\(format)")
        }
        // Recorded once, it is no change any more. Back again, another rule falls silent (EAS012).
        #expect(try facts(shop, "reconcile").count == 1 && facts(shop, "plan").isEmpty)
        try shop.edit("tenants/contoso/tenant.json", #""exchange": "other""#, #""exchange": "online""#)
        try shop.commit("online")
        #expect(try facts(shop, "plan") == [.init(tenant: "contoso", path: "/exchange", loosens: true)])
    }

    /// What is held is not let out by the number that was lowered beside it, however often the run is repeated, and whatever is committed.
    @Test func whatIsHeldKeepsTheNumberThatItWasHeldWith() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(
            #"{"kind": "policy", "gates": [{"name": "storm", "when": {"consequences": ["credentialReentry"], "peopleOver": 50}, "require": "approval"}]}"#,
            to: "config/policy.json")
        try shop.edit("tenants/contoso/tenant.json", #""members": 100"#, #""members": 0"#)
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("small")
        for round in 1...3 {
            let (report, status) = try shop.report("reconcile", in: "config")
            #expect(status == 3 && report.profiles["contoso/staff"]?.heldBy == ["storm"] && report.profiles["contoso/staff"]?.people == 100, "round \(round)")
            #expect(try facts(shop, "plan").contains { $0.path == "/groups/staff/members" && $0.loosens }, "round \(round)")
            try shop.edit("tenants/contoso/profiles/board.json", "Board mail\(round == 1 ? "" : " \(round - 1)")", "Board mail \(round)")
            try shop.commit("round \(round)")
        }
        // Once the change is taken back, nothing is held with the old number any more.
        try shop.edit("bases/online.json", #""oauth": true"#, #""oauth": false"#)
        try shop.commit("back")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(try facts(shop, "plan").isEmpty)
    }

    /// Every audience that the tenant names has its size recorded, also one that no profile uses, and one of unknown size.
    @Test func sizesOfGroupsThatNothingUsesAreFactsToo() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        let unused = #""groups": { "spare": { "id": "5a5a5a5a-0000-4000-8000-000000000001", "members": 40 }, "vague": { "id": "5a5a5a5a-0000-4000-8000-000000000002" }, "#
        try shop.edit("tenants/contoso/tenant.json", #""groups": {"#, unused)
        try shop.commit("groups")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try shop.edit("tenants/contoso/tenant.json", #""members": 40"#, #""members": 4"#)
        try shop.edit("tenants/contoso/tenant.json", #"000002" }"#, #"000002", "members": 7 }"#)
        try shop.commit("sizes")
        #expect(
            try facts(shop, "plan") == [
                .init(tenant: "contoso", path: "/groups/spare/members", loosens: true), .init(tenant: "contoso", path: "/groups/vague/members", loosens: false),
            ])
    }
}
