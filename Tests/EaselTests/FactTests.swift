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
}
