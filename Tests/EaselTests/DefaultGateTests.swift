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

    private func extra(_ number: Int) -> String { Fleet.manifest("staff").replacingOccurrences(of: "Staff", with: "Extra \(number)") }
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
        // One is taken back: a plan of nine removals, as a new one would be.
        try shop.write(extra(2), to: file("contoso", 2))
        try shop.commit("not this one")
        let (last, code) = try shop.report("reconcile", in: "config")
        #expect(code == 0 && last.summary.remove == 9 && last.summary.held == 0)
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
        // Part of it taken back: what is left is no emptied tenant.
        try shop.write(Fleet.manifest("staff"), to: "config/tenants/northwind/profiles/staff.json")
        try shop.commit("staff stays")
        let (last, code) = try shop.report("reconcile", in: "config")
        #expect(code == 0 && last.summary.remove == 1 && last.summary.held == 0)
    }
}
