import Foundation
import Testing

/// Which tenant a folder is, and that nothing comes back under the identifiers of something else.
@Suite struct IdentityTests {
    private func number(_ tenant: String) -> String { "00000000-0000-4000-8000-00000000000\((Fleet.tenants.firstIndex(of: tenant) ?? 0) + 1)" }

    private func tenant(_ shop: Workshop, _ id: String, _ before: String, _ after: String) throws { try shop.edit("tenants/\(id)/tenant.json", before, after) }

    @Test func anotherTenantIdOrCloudIsAnErrorOfThatTenant() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        #expect(try shop.applied("tenants/contoso/state.json").contains(#""tenantId": "\#(number("contoso"))""#))
        try tenant(shop, "contoso", number("contoso"), "99999999-0000-4000-8000-999999999999")
        try tenant(shop, "fabrikam", #""exchange""#, #""cloud": "china", "exchange""#)
        try shop.commit("others")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 1 && report.summary.failedTenants == 2 && report.diagnostics.map(\.pointer).sorted() == ["/cloud", "/tenantId"])
        #expect(report.diagnostics.allSatisfy { $0.help?.contains("needs a folder of its own") == true })
        let accepted = try shop.easel("reconcile", "--accept-tenant-id", "contoso", "--accept-tenant-id", "fabrikam", in: "config")
        #expect(accepted.status == 0, "\(accepted.out)\(accepted.err)")
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 0)
        let review = try shop.report("review", "HEAD~1", "HEAD", in: "config")
        #expect(review.status == 1 && review.report.summary.failedTenants == 2)
    }

    @Test(arguments: [[], ["--tenant", "zz"]]) func twoFoldersOfOneTenantAreErrorsOfBoth(_ narrowed: [String]) throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        try FileManager.default.copyItem(atPath: shop("config/tenants/contoso"), toPath: shop("config/tenants/zz"))
        try shop.edit("tenants/zz/profiles/staff.json", "Mail", "Other")
        try shop.commit("twice")
        for command in ["validate", "plan", "reconcile"] {
            let outcome = try shop.run([Workshop.binary, command] + narrowed, in: "config")
            #expect(outcome.status == 1 && outcome.out.contains("has the same tenantId"), "\(command): \(outcome.out)")
        }
        #expect(try shop.run(["/usr/bin/git", "rev-parse", "--verify", "--quiet", "easel/applied:tenants/zz"], in: "config").status != 0)
        let (report, _) = try shop.report("plan", in: "config")
        #expect(Set(report.diagnostics.compactMap(\.tenant)) == ["contoso", "zz"])
        try shop.remove("tenants/zz")
        try shop.commit("once")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
    }

    @Test func zerosAreNotYetKnown() throws {
        let zeros = "00000000-0000-0000-0000-000000000000"
        let shop = try Workshop()
        try shop.makeFleet()
        for id in Fleet.tenants { try tenant(shop, id, number(id), zeros) }
        try shop.commit("unknown")
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 0 && report.summary.failedTenants == 0 && report.diagnostics.count == 3 && report.diagnostics.allSatisfy { $0.severity == "warning" })
        try tenant(shop, "contoso", zeros, number("contoso"))
        try shop.commit("known")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try tenant(shop, "contoso", number("contoso"), number("fabrikam"))
        try shop.commit("another")
        #expect(try shop.easel("plan", in: "config").status == 1)
    }

    // MARK: Generations

    /// The PayloadIdentifier and PayloadUUID of a .mobileconfig.
    private func identity(_ shop: Workshop, _ path: String) throws -> [String] {
        let lines = try shop.applied(path).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        return lines.indices.filter { ["<key>PayloadIdentifier</key>", "<key>PayloadUUID</key>"].contains(lines[$0]) }.map { lines[$0 + 1] }
    }

    private func mobileFleet() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        for id in Fleet.tenants {
            try tenant(shop, id, #""exchange""#, #""targets": ["graph", "mobileconfig"], "exchange""#)
            try shop.remove("tenants/\(id)/profiles/kiosk.json")
        }
        try shop.write(#"{"kind": "policy", "defaults": "off"}"#, to: "config/policy.json")
        try shop.commit("apple")
        try #require(shop.easel("reconcile", in: "config").status == 0)
        return shop
    }

    @Test(arguments: ["profile", "tenant"]) func whatIsMadeAgainHasNewUUIDs(_ what: String) throws {
        let shop = try mobileFleet()
        let file = "tenants/contoso/payloads/staff.mobileconfig"
        var seen = Set(try identity(shop, file).filter { !$0.contains("easel") })
        let path = what == "tenant" ? "tenants/contoso" : "tenants/contoso/profiles/staff.json"
        for round in 1...3 {
            try shop.git("rm", "-rq", path, in: "config")
            try shop.commit("gone")
            let gone = try shop.easel("reconcile", in: "config")
            try #require(gone.status == 0, "\(gone.out)")
            try shop.git("checkout", "HEAD~1", "--", path, in: "config")
            try shop.commit("again")
            let again = try shop.easel("reconcile", in: "config")
            try #require(again.status == 0, "\(again.out)\(again.err)")
            let now = Set(try identity(shop, file).filter { !$0.contains("easel") })
            #expect(seen.isDisjoint(with: now), "round \(round)")
            seen.formUnion(now)
        }
    }

    @Test func theLastMobileconfigIsNotForgotten() throws {
        let shop = try mobileFleet()
        try tenant(shop, "contoso", #"["graph", "mobileconfig"]"#, #"["graph"]"#)
        try shop.commit("off")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        try tenant(shop, "contoso", #""targets": ["graph"]"#, #""targets": ["graph", "mobileconfig"], "mdmTokens": {"userPrincipalName": "%other%"}"#)
        try shop.commit("on, with another token")
        let (report, status) = try shop.report("plan", "--detailed-exitcode", in: "config")
        #expect(status == 2 && report.profiles["contoso/staff"]?.action == "reinstall", "\(report.profiles)")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(try shop.applied("tenants/contoso/state.json").contains(#""generation": 2"#))
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").status == 0)
    }

    // MARK: Moves

    @Test func aRenamedManifestIsNobodysBusiness() throws {
        let shop = try mobileFleet()
        let before = try identity(shop, "tenants/contoso/payloads/staff.mobileconfig")
        try shop.git("mv", "tenants/contoso/profiles/staff.json", "tenants/contoso/profiles/office.json", in: "config")
        try shop.commit("rename")
        let (plan, code) = try shop.report("plan", "--detailed-exitcode", in: "config")
        #expect(code == 0 && plan.summary.moved == 1 && plan.profiles["contoso/office"]?.movedFrom == "staff" && plan.profiles["contoso/office"]?.action == "none")
        #expect(try shop.easel("reconcile", in: "config").lastLine == "Nothing to do: 6 profiles in 3 tenants as applied; 1 renamed.")
        #expect(try identity(shop, "tenants/contoso/payloads/office.mobileconfig") == before)
        #expect(try shop.easel("plan", in: "config").lastLine == "Nothing to do: 6 profiles in 3 tenants as applied.")
        // A later profile of that id is another one on devices.
        try shop.write(Fleet.manifest("staff").replacingOccurrences(of: "Staff mail", with: "New mail"), to: "config/tenants/contoso/profiles/staff.json")
        try shop.commit("another")
        #expect(try shop.easel("reconcile", in: "config").status == 0)
        #expect(try identity(shop, "tenants/contoso/payloads/staff.mobileconfig").contains("<string>easel.contoso.staff.2</string>"))
        let history = try shop.easel("history", "contoso/office", in: "config")
        #expect(history.out.contains("renamed from staff") && history.out.contains("create"), "\(history.out)")
    }

    @Test(arguments: [[], ["--tenant", "contoso-nl"], ["--defer"]]) func aRenamedTenantTakesItsEntriesAlong(_ how: [String]) throws {
        let shop = try mobileFleet()
        let before = try identity(shop, "tenants/contoso/payloads/staff.mobileconfig")
        try shop.git("mv", "tenants/contoso", "tenants/contoso-nl", in: "config")
        try shop.edit("tenants/contoso-nl/profiles/board.json", "Board mail", "Mail of the board")
        try shop.write(#"{"kind": "policy", "defaults": "off", "gates": [{"name": "old", "when": {"tenants": ["contoso"]}, "require": "approval"}]}"#, to: "config/policy.json")
        try shop.commit("rename")
        let options = how == ["--defer"] ? ["--defer", "--out", "out"] : how
        let (report, status) = try shop.reported(["reconcile"] + options)
        let board = try #require(report.profiles["contoso-nl/board"])
        #expect(status == 3 && report.summary.moved == 2 && report.summary.remove == 0 && report.summary.create == 0)
        #expect(board.heldBy == ["old"] && board.action == "update" && board.movedFrom == "contoso/board")
        if how == ["--defer"] { #expect(try shop.easel("confirm", "out", in: "config").status == 0) }
        // What is held stays under the old id; the rest has moved.
        #expect(try identity(shop, "tenants/contoso-nl/payloads/staff.mobileconfig") == before)
        #expect(try shop.applied("tenants/contoso/profiles/board.json").contains("Board mail"))
        #expect(try shop.run(["/usr/bin/git", "show", "easel/applied:tenants/contoso/profiles/staff.json"], in: "config").status != 0)
        let fingerprint = try #require(board.fingerprint)
        #expect(try shop.report("plan", in: "config").report.profiles["contoso-nl/board"]?.fingerprint == fingerprint)
        try shop.write(#"{"kind": "approval", "fingerprints": ["\#(fingerprint)"], "reason": "ok", "approvedBy": "Ann"}"#, to: "config/approvals/a.json")
        try shop.commit("approve")
        let (last, code) = try shop.reported(["reconcile"])
        #expect(code == 0 && last.summary.update == 1 && last.summary.held == 0)
        #expect(try shop.applied("tenants/contoso-nl/profiles/board.json").contains("Mail of the board"))
        #expect(try shop.git("ls-tree", "-r", "--name-only", "easel/applied", "tenants/contoso", in: "config") == "tenants/contoso/report.json\ntenants/contoso/state.json")
        #expect(try shop.easel("plan", "--detailed-exitcode", in: "config").lastLine == "Nothing to do: 6 profiles in 3 tenants as applied.")
        #expect(try shop.easel("history", "contoso-nl/staff", in: "config").out.contains("create"))
    }

    @Test func aRenameIsNoRemovalForDefaultGates() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        for id in Fleet.tenants {
            for profile in Fleet.profiles { try shop.git("mv", "tenants/\(id)/profiles/\(profile).json", "tenants/\(id)/profiles/\(profile)-mail.json", in: "config") }
        }
        try shop.git("mv", "tenants/northwind", "tenants/north", in: "config")
        try shop.commit("rename everything")
        let (review, _) = try shop.report("review", "HEAD~1", "HEAD", in: "config")
        #expect(review.summary.moved == 9 && review.summary.remove == 0)
        let (report, status) = try shop.report("reconcile", in: "config")
        #expect(status == 0 && report.summary.held == 0 && report.summary.moved == 9 && report.summary.none == 9 && report.summary.tenants == 3)
        try shop.git("mv", "tenants/north", "tenants/northwind", in: "config")
        try shop.commit("and back")
        #expect(try shop.report("reconcile", in: "config").report.summary.moved == 3)
        #expect(try shop.easel("plan", in: "config").lastLine == "Nothing to do: 9 profiles in 3 tenants as applied.")
        try shop.git("fsck", "--strict", in: "config")
    }
}

extension Workshop {
    /// As `report`, in the config repository.
    fileprivate func reported(_ arguments: [String]) throws -> (report: Report, status: Int32) {
        let outcome = try run([Self.binary] + arguments + ["--format", "json"], in: "config")
        return (try #require(try? JSONDecoder().decode(Report.self, from: Data(outcome.out.utf8)), "\(outcome.out.prefix(400)) \(outcome.err)"), outcome.status)
    }
}
