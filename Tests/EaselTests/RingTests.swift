import Foundation
import Testing

/// Edits of bases that go out ring by ring.
@Suite struct RingTests {
    static let rings = #""rings": [{"name": "pilot", "tenants": ["contoso"], "soakHours": 48}, {"name": "early", "tenants": ["fab*"], "soakHours": 24}]"#
    static let start = "2026-11-26T14:00:00Z"

    /// An applied fleet whose base then turns on OAuth, beside a policy with rings.
    private func edited(_ policy: String = #"{"kind": "policy", \#(rings)}"#) throws -> Workshop {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(policy, to: "config/policy.json")
        try shop.edit("bases/online.json", #""oauth": false"#, #""oauth": true"#)
        try shop.commit("OAuth for everybody")
        return shop
    }

    private func at(_ command: String, _ time: String, _ shop: Workshop, _ more: String...) throws -> (report: Report, status: Int32) {
        let outcome = try shop.run([Workshop.binary, command, "--now", time, "--format", "json"] + more, in: "config")
        return (try #require(try? JSONDecoder().decode(Report.self, from: Data(outcome.out.utf8)), "\(outcome.out.prefix(400)) \(outcome.err)"), outcome.status)
    }

    private func held(_ report: Report) -> [String: [String]] { report.profiles.mapValues(\.heldBy).filter { !$0.value.isEmpty } }

    @Test func anEditGoesToThePilotsRestsAndGoesOn() throws {
        let shop = try edited()
        let planned = try at("plan", Self.start, shop)
        let first = try at("reconcile", Self.start, shop)
        #expect(first.status == 3 && held(planned.report) == held(first.report))
        #expect(held(first.report) == [
            "fabrikam/board": ["ring:pilot"], "fabrikam/staff": ["ring:pilot"],
            "northwind/board": ["ring:pilot", "ring:early"], "northwind/staff": ["ring:pilot", "ring:early"],
        ])
        #expect(first.report.gates.map(\.name) == ["ring:pilot", "ring:early"] && first.report.gates.allSatisfy { $0.waiting && $0.source == "policy.json" })
        #expect(first.report.gates.first?.howToPass.hasPrefix("The change must first go out in ring pilot (contoso) and rest there for 48 hours. If it is urgent, run `easel approve ") == true)
        #expect(first.report.gates.first?.howToPass.contains("--gate ring:pilot`") == true)
        #expect(try shop.applied("tenants/contoso/state.json").contains(#""bases/online.json": "2026-11-26T14:00:00Z""#))

        let soon = try at("reconcile", "2026-11-28T13:59:59Z", shop)
        #expect(soon.status == 3 && soon.report.profiles["contoso/staff"] == nil && held(soon.report).count == 4)
        #expect(soon.report.gates.first?.howToPass.hasPrefix("Goes out after 2026-11-28 14:00 UTC, if nothing else changes.") == true, "\(soon.report.gates)")

        let second = try at("reconcile", "2026-11-28T14:00:00Z", shop)
        #expect(second.status == 3 && held(second.report) == ["northwind/board": ["ring:early"], "northwind/staff": ["ring:early"]])
        #expect(try at("plan", "2026-11-29T13:00:00Z", shop).report.gates.first?.howToPass.hasPrefix("Goes out after 2026-11-29 14:00 UTC") == true)
        let last = try at("reconcile", "2026-11-29T14:00:00Z", shop)
        #expect(last.status == 0 && last.report.profiles.keys.sorted() == ["northwind/board", "northwind/staff"])
        #expect(try at("plan", "2026-11-29T14:00:00Z", shop).report.summary.hasNothing)
    }

    @Test func whatATenantDoesItselfIsItsOwnAffair() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(#"{"kind": "policy", \#(Self.rings)}"#, to: "config/policy.json")
        for tenant in Fleet.tenants { try shop.edit("tenants/\(tenant)/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Mail", "oauth": true"#) }
        try shop.remove("tenants/northwind/profiles/board.json")
        try shop.write(Fleet.manifest("staff").replacingOccurrences(of: "Staff", with: "New"), to: "config/tenants/northwind/profiles/new.json")
        try shop.edit("tenants/fabrikam/tenant.json", "20000000-0000-4000-8000-000000000002", "20000000-0000-4000-8000-0000000000ff")
        try shop.commit("own edits")
        let (report, status) = try at("reconcile", Self.start, shop)
        #expect(status == 0 && report.profiles.count == 6 && report.diagnostics.isEmpty, "\(report.profiles.keys) \(report.diagnostics)")
    }

    @Test func reviewShowsWhatHappensAfterTheMerge() throws {
        let shop = try edited()
        let (report, status) = try at("review", Self.start, shop, "HEAD^", "HEAD")
        #expect(status == 3 && held(report).count == 4 && held(report)["northwind/staff"] == ["ring:pilot", "ring:early"])
        #expect(try shop.easel("review", "HEAD^", "HEAD", "--format", "markdown", in: "config").out.contains("rings"))
        let narrow = try at("review", Self.start, shop, "HEAD^", "HEAD", "--tenant", "northwind")
        #expect(narrow.status == 3 && held(narrow.report).keys.sorted() == ["northwind/board", "northwind/staff"])
    }

    @Test func tenantsOfEarlierRingsCountThoughTheyAreNotSelected() throws {
        let shop = try edited()
        let (report, status) = try at("reconcile", Self.start, shop, "--tenant", "northwind")
        #expect(status == 3 && report.profiles.keys.sorted() == ["northwind/board", "northwind/staff"] && held(report).count == 2)
        #expect(report.gates.first?.howToPass.contains("(contoso)") == true)
        #expect(try !shop.applied("tenants/contoso/state.json").contains("sharedChanges"))
        #expect(try at("reconcile", Self.start, shop, "--tenant", "contoso").status == 0)
        let later = try at("plan", "2026-11-27T14:00:00Z", shop, "--tenant", "fabrikam")
        #expect(later.report.gates.first?.howToPass.contains("after 2026-11-28 14:00 UTC") == true, "\(later.report.gates)")
        #expect(try at("reconcile", "2026-11-28T14:00:00Z", shop, "--tenant", "fabrikam").status == 0)
    }

    /// Shards that run at the same hours, the pilots' last, end where one run of all does.
    @Test func shardsRolloutAsOneRunDoes() throws {
        let shop = try edited()
        func round(_ time: String) throws -> (held: [String: [String]], statuses: Set<Int32>) {
            var all: [String: [String]] = [:]
            var statuses: Set<Int32> = []
            for shard in ["3/3", "2/3", "1/3", "1/3", "2/3", "3/3"] {
                let (report, status) = try at("reconcile", time, shop, "--shard", shard)
                statuses.insert(status)
                for (profile, gates) in report.profiles.mapValues(\.heldBy) { all[profile] = gates.isEmpty ? nil : gates }
            }
            return (all, statuses)
        }
        let first = try round(Self.start)
        #expect(first.held.keys.sorted() == ["fabrikam/board", "fabrikam/staff", "northwind/board", "northwind/staff"], "\(first)")
        #expect(try round("2026-11-28T13:59:59Z").held == first.held)
        let second = try round("2026-11-28T14:00:00Z")
        #expect(second.held == ["northwind/board": ["ring:early"], "northwind/staff": ["ring:early"]], "\(second)")
        let last = try round("2026-11-29T14:00:00Z")
        #expect(last.held.isEmpty && !last.statuses.contains(1), "\(last)")
        #expect(try at("plan", "2026-11-29T14:00:00Z", shop).report.summary.hasNothing)
    }

    @Test func onlyAnApprovalThatNamesTheRingPassesIt() throws {
        let shop = try edited()
        let (report, _) = try at("plan", Self.start, shop, "--report", "../report.json")
        let print = try #require(report.profiles["fabrikam/staff"]?.fingerprint)
        #expect(try shop.easel("approve", print, "--reason", "urgent", in: "config").status == 0)
        try shop.commit("approved without a name")
        let unnamed = try at("plan", Self.start, shop).report
        #expect(held(unnamed)["fabrikam/staff"] == ["ring:pilot"])
        try shop.remove("approvals")
        let outcome = try shop.easel("approve", print, "--gate", "ring:pilot", "--report", "../report.json", "--reason", "urgent", in: "config")
        #expect(outcome.status == 0, "\(outcome.err)")
        try shop.commit("approved")
        let passed = try at("plan", Self.start, shop)
        #expect(held(passed.report)["fabrikam/staff"] == nil && held(passed.report)["fabrikam/board"] == ["ring:pilot"])
    }

    @Test func aBrokenPilotHoldsTheOthers() throws {
        let shop = try edited()
        try shop.edit("tenants/contoso/profiles/kiosk.json", "Kiosk mail", "")
        try shop.commit("a mistake")
        let (report, status) = try at("plan", Self.start, shop)
        #expect(status == 1 && held(report)["fabrikam/staff"] == ["ring:pilot"])
        #expect(report.gates.first?.howToPass.hasPrefix("First repair contoso of ring pilot") == true, "\(report.gates)")
    }

    @Test func anotherBaseDoesNotStartItAgain() throws {
        let shop = try edited()
        #expect(try at("reconcile", Self.start, shop).status == 3)
        try shop.write(Fleet.base, to: "config/bases/other.json")
        for tenant in ["contoso", "northwind"] { try shop.edit("tenants/\(tenant)/profiles/kiosk.json", #""kind""#, #""extends": "bases/other.json", "kind""#) }
        try shop.commit("another base")
        #expect(try at("reconcile", "2026-11-28T13:00:00Z", shop).status == 3)
        try shop.edit("bases/other.json", #""kind": "iosEmailProfile","#, #""kind": "iosEmailProfile", "mail": { "allowMove": false },"#)
        try shop.commit("an edit of it")
        let (report, _) = try at("reconcile", "2026-11-28T14:00:00Z", shop)
        #expect(held(report) == ["northwind/board": ["ring:early"], "northwind/kiosk": ["ring:pilot"], "northwind/staff": ["ring:early"]], "\(held(report))")
    }

    @Test func limitsWalkInTheOrderOfRings() throws {
        let rings = #""rings": [{"name": "pilot", "tenants": ["northwind", "fab*"], "soakHours": 0}]"#
        let shop = try edited(#"{"kind": "policy", "limits": {"tenantsPerRun": 1}, \#(rings)}"#)
        let (report, status) = try at("reconcile", Self.start, shop)
        #expect(status == 3 && report.tenants.map(\.id) == Fleet.tenants)
        #expect(held(report)["fabrikam/staff"] == nil && held(report)["northwind/staff"] == ["limit:tenantsPerRun"] && held(report)["contoso/staff"] == ["ring:pilot"])
        let second = try at("reconcile", Self.start, shop).report
        #expect(second.profiles["northwind/staff"]?.heldBy == [] && held(second)["contoso/staff"] == ["ring:pilot"])
        #expect(try at("reconcile", Self.start, shop).status == 0)
    }

    @Test func whatRingsCannotStageIsAWarning() throws {
        let rings = #""rings": [{"name": "pilot", "tenants": ["zzz*"], "soakHours": 48}]"#
        let shop = try edited(#"{"kind": "policy", \#(rings)}"#)
        let (report, status) = try at("plan", Self.start, shop)
        #expect(status == 0 && report.diagnostics.map(\.code).sorted() == ["CFG052", "CFG053"], "\(report.diagnostics)")
        #expect(report.diagnostics.contains { $0.message == "bases/online.json has changed, and no tenant of ring pilot extends it: everybody gets the change at once" })
        try shop.write(#"{"kind": "policy", \#(Self.rings)}"#, to: "config/tenants/contoso/policy.json")
        let validated = try shop.easel("validate", in: "config")
        #expect(validated.status == 1 && (validated.out + validated.err).contains("'rings' is not allowed in a tenant's policy.json"))
    }

    @Test func ringsOfSeveralPoliciesJudgeEachByItself() throws {
        let shop = try edited()
        try shop.write(#"{"kind": "policy", "rings": [{"name": "outside", "tenants": ["contoso", "northwind"], "soakHours": 1}]}"#, to: "outside.json")
        let (report, _) = try at("plan", Self.start, shop, "--policy", "../outside.json")
        #expect(held(report)["fabrikam/staff"] == ["ring:pilot", "ring:outside"] && held(report)["northwind/staff"] == ["ring:pilot", "ring:early"])
        #expect(report.gates.map(\.source) == ["policy.json", "policy.json", "--policy"])
    }

    @Test func aDeferredRunCountsFromItsConfirmation() throws {
        let shop = try edited()
        let deferred = try shop.easel("reconcile", "--defer", "--out", "../out", "--now", Self.start, in: "config")
        #expect(deferred.status == 3, "\(deferred.err)")
        let planned = try at("plan", "2026-12-26T14:00:00Z", shop).report
        #expect(held(planned).count == 4)
        let confirmed = try shop.easel("confirm", "../out", "--now", "2026-11-27T10:00:00Z", in: "config")
        #expect(confirmed.status == 0, "\(confirmed.err)")
        #expect(try shop.applied("tenants/contoso/state.json").contains(#""bases/online.json": "2026-11-27T10:00:00Z""#))
        #expect(try at("plan", "2026-11-28T14:00:00Z", shop).report.gates.first?.howToPass.contains("after 2026-11-29 10:00 UTC") == true)
    }
}

extension Report.Summary {
    fileprivate var hasNothing: Bool { create + update + reinstall + remove + held == 0 }
}
