import Foundation
import Testing

/// The gates that look at a whole plan, over several runs: what one run lets out must not open them in the next one.
@Suite struct DefaultGatesOverRunsTests {
    /// The fleet with `extra-0…` in every tenant, applied.
    private func fleet(extras: Int) throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        for tenant in Fleet.tenants { for number in 0..<extras { try shop.write(extra(number), to: file(tenant, number)) } }
        try shop.commit("more")
        try #require(shop.easel("reconcile", in: "config").status == 0)
        return shop
    }

    private func extra(_ number: Int) -> String { 
        // Another account than that of any other profile, which would else be taken for a renamed one.
        Fleet.manifest("staff").replacingOccurrences(of: "Staff", with: "Extra \(number)").replacingOccurrences(of: #""Mail""#, with: #""Extra \#(number)""#)
    }
    private func file(_ tenant: String, _ number: Int) -> String { "config/tenants/\(tenant)/profiles/extra-\(number).json" }

    private func removeExtras(_ shop: Workshop, _ numbers: Range<Int>) throws {
        for tenant in Fleet.tenants { for number in numbers { try FileManager.default.removeItem(atPath: shop(file(tenant, number))) } }
        try shop.commit("fewer")
    }

    private func approve(_ fingerprints: [String?], _ shop: Workshop) throws {
        let list = fingerprints.compactMap { $0 }.map { "\"\($0)\"" }.joined(separator: ", ")
        try shop.write(#"{"kind": "approval", "fingerprints": [\#(list)], "reason": "They left", "approvedBy": "Ann"}"#, to: "config/approvals/some.json")
        try shop.commit("approve")
    }

    @Test func aMassRemovalStaysHeldWithoutACommit() throws {
        let shop = try fleet(extras: 4)
        try removeExtras(shop, 0..<4)
        for command in ["plan", "reconcile", "plan", "reconcile", "plan"] {
            let (report, status) = try shop.report(command, in: "config")
            #expect(status == 3 && report.gates.map(\.name) == ["mass-removal"] && report.summary.held == 12, "\(command)")
        }
        // Something else about one of the tenants.
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("a name")
        let (other, status) = try shop.report("reconcile", in: "config")
        #expect(status == 3 && other.summary.held == 12 && other.summary.update == 1)
    }

    @Test func whatIsApprovedOfAMassRemovalOpensNothingForTheRest() throws {
        let shop = try fleet(extras: 4)
        try removeExtras(shop, 0..<4)
        let held = try shop.report("reconcile", in: "config").report.profiles
        try approve([held["contoso/extra-0"]?.fingerprint, held["contoso/extra-1"]?.fingerprint], shop)
        // Ten are left, which would be few enough; and new profiles make them a smaller part.
        for tenant in Fleet.tenants { for number in 10..<30 { try shop.write(extra(number), to: file(tenant, number)) } }
        try shop.commit("many new ones")
        #expect(try shop.report("reconcile", in: "config").report.summary.held == 10)
        let (second, status) = try shop.report("reconcile", in: "config")
        #expect(status == 3 && second.summary.held == 10 && second.gates.map(\.name) == ["mass-removal"])
        // Another removal, on its own, is none of many.
        try FileManager.default.removeItem(atPath: shop(file("contoso", 10)))
        try shop.commit("one fewer")
        let (third, _) = try shop.report("reconcile", in: "config")
        #expect(third.summary.held == 10 && third.profiles["contoso/extra-10"]?.heldBy == [], "eleven, and less than a fifth")
        // One is taken back: nobody has approved the others by that. Nor by breaking a tenant.
        try shop.write(extra(2), to: file("contoso", 2))
        try shop.write("{ broken", to: file("fabrikam", 2))
        try shop.commit("not this one")
        let (last, code) = try shop.report("reconcile", in: "config")
        #expect(code == 1 && last.summary.held == 5 && last.profiles["northwind/extra-1"]?.heldBy == ["mass-removal"])
    }

    /// An approval that is withdrawn before the change went out has approved nothing.
    @Test(arguments: [false, true]) func anApprovalThatIsWithdrawnOpensNothing(isThereFromTheStart: Bool) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try shop.write(
            #"{"kind": "policy", "gates": [{"name": "saturday", "when": {"actions": ["remove"]}, "window": {"days": ["sat"]}}]}"#, to: "config/policy.json")
        for profile in Fleet.profiles { try shop.remove("tenants/northwind/profiles/\(profile).json") }
        try shop.write(extra(1), to: file("northwind", 1))
        try shop.commit("others instead")
        func reconcile(_ day: String) throws -> Report { try shop.report("reconcile", "--now", "2026-11-\(day)T12:00:00Z", in: "config").report }
        let fingerprints = try shop.report("plan", in: "config").report.profiles.values.filter { $0.action == "remove" }.map(\.fingerprint)
        if !isThereFromTheStart { #expect(try reconcile("25").profiles["northwind/staff"]?.heldBy == ["saturday", "tenant-removal"]) }
        try approve(fingerprints, shop)
        #expect(try reconcile("26").profiles["northwind/staff"]?.heldBy == ["saturday"])
        try shop.remove("approvals/some.json")
        try shop.commit("not yet")
        #expect(try reconcile("28").profiles["northwind/staff"]?.heldBy == ["tenant-removal"])
    }

    /// Results of a deployment in which nothing of a tenant went well do not forget what is held of it.
    @Test func aConfirmationInPartForgetsNoHold() throws {
        let shop = try fleet(extras: 4)
        for tenant in Fleet.tenants {
            for number in 0..<4 { try FileManager.default.removeItem(atPath: shop(file(tenant, number))) }
            try shop.edit("tenants/\(tenant)/profiles/staff.json", "Staff mail", "Mail for staff")
        }
        try shop.commit("fewer, and a name")
        #expect(try shop.easel("reconcile", "--defer", "--repo", "config", "--out", "out").status == 3)
        let results = Fleet.tenants.map { #"{"tenant": "\#($0)", "profile": "staff", "status": "\#($0 == "fabrikam" ? "applied" : "failed")"}"# }.joined(separator: ", ")
        try shop.write(#"{"results": [\#(results)]}"#, to: "results.json")
        let confirmed = try shop.easel("confirm", "out", "--repo", "config", "--results", "results.json")
        #expect(confirmed.status == 0 && confirmed.out.contains("1 "), "\(confirmed.out)\(confirmed.err)")
        for tenant in Fleet.tenants { #expect(try shop.applied("tenants/\(tenant)/state.json").contains(#""removalsHeld""#), "\(tenant)") }
        #expect(try shop.applied("tenants/contoso/profiles/staff.json").contains("Staff mail"))
        let (rest, status) = try shop.report("reconcile", "--tenant", "contoso", in: "config")
        #expect(status == 3 && rest.summary.update == 1 && rest.summary.held == 4 && rest.gates.map(\.name) == ["mass-removal"])
        try shop.git("fsck", "--strict", in: "config")
    }

    @Test func aTenantThatIsEmptiedStaysHeldBesideNewProfiles() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        for profile in Fleet.profiles { try shop.remove("tenants/northwind/profiles/\(profile).json") }
        try shop.write(extra(1), to: file("northwind", 1))
        try shop.commit("others instead")
        let (first, status) = try shop.report("reconcile", in: "config")
        #expect(status == 3 && first.summary.create == 1 && first.summary.held == 3)
        for command in ["plan", "reconcile", "reconcile"] {
            let (report, status) = try shop.report(command, in: "config")
            #expect(status == 3 && report.gates.map(\.name) == ["tenant-removal"] && report.summary.held == 3, "\(command)")
        }
        // Part of it approved.
        try approve([first.profiles["northwind/kiosk"]?.fingerprint], shop)
        for _ in 0..<2 { #expect(try shop.report("reconcile", in: "config").report.summary.held == 2) }
        // Part of it taken back: the rest waits on.
        try shop.write(Fleet.manifest("staff"), to: "config/tenants/northwind/profiles/staff.json")
        try shop.commit("staff stays")
        let (last, code) = try shop.report("reconcile", in: "config")
        #expect(code == 3 && last.summary.held == 1 && last.profiles["northwind/staff"] == nil)
    }
}
