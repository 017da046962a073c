import Foundation
import Testing

/// `easel init --from` and `--from-graph`: a config repository of tenants that exist, ready to be adopted.
@Suite struct OwnRepositoryTests {
    private func json(_ text: String) throws -> Workshop.Object { try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? Workshop.Object, "\(text)") }

    /// The fleet's exports in `live`, with the ids of their tenants.
    private func shop() throws -> Workshop {
        let shop = try Workshop.withGraphFleet()
        for (index, tenant) in Fleet.tenants.enumerated() {
            let organization: Workshop.Object = ["@odata.type": "#microsoft.graph.organization", "id": Workshop.tenantID(index), "displayName": tenant.capitalized]
            try shop.write(["value": [organization] + Workshop.certificates(index)], to: "live/\(tenant)/names.json")
        }
        // Fabrikam is the smallest.
        try FileManager.default.removeItem(atPath: shop("live/fabrikam/kiosk.json"))
        return shop
    }

    /// Runs what the last lines of the output say, with a live source that takes more than a path.
    private func adopt(_ shop: Workshop, profiles: Int, _ easel: ([String]) throws -> Workshop.Outcome) throws {
        try shop.commit("Email profiles as they are", in: "mail")
        let adopted = try easel(["adopt", "--repo", "mail"])
        #expect(adopted.status == 0 && adopted.lastLine.hasPrefix("Adopted: \(profiles) profiles"), "\(adopted.out)\(adopted.err)")
        let plan = try shop.easel("plan", "--repo", "mail", "--detailed-exitcode")
        #expect(plan.status == 0 && plan.lastLine.hasPrefix("Nothing to do: \(profiles) profiles"), "\(plan.out)")
        #expect(try shop.git("status", "--porcelain", in: "mail") == "")
    }

    @Test func fromExports() throws {
        let shop = try shop()
        let made = try shop.easel("init", "mail", "--from", "live", "--owner", "@contoso/mail-admins")
        #expect(made.status == 0 && made.out.contains("Imported: 8 manifests of 3 tenants.\nValid: 8 profiles in 3 tenants.\n"), "\(made.out)\(made.err)")
        for line in ["git -C mail config core.hooksPath .githooks", "git -C mail add --all", "easel adopt --repo mail --live live ", "easel plan --repo mail"] { #expect(made.out.contains("\n  \(line)"), "\(made.out)") }
        #expect(try shop.object("mail/tenants/contoso/tenant.json")["tenantId"] as? String == Workshop.tenantID(0))
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop("mail/bases")).count == 2, "what tenants share is in bases")
        // An edit of a base reaches the smallest tenant first.
        let rings = try #require(shop.object("mail/policy.json")["rings"] as? [Workshop.Object])
        #expect(rings.map { $0["name"] as? String } == ["pilot"] && rings[0]["tenants"] as? [String] == ["fabrikam"])
        let owners = try shop.read("mail/CODEOWNERS").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(owners.count == 5 && owners.allSatisfy { $0.hasPrefix("/") && $0.hasSuffix(" @contoso/mail-admins") })
        #expect(try shop.run(["/bin/sh", "-c", "test -x mail/.githooks/pre-commit && test -f mail/schemas/manifest.schema.json"]).status == 0)
        try adopt(shop, profiles: 8) { arguments in try shop.run([Workshop.binary] + arguments + ["--live", "live"]) }
        // From then on an edit of a base waits for the first ring.
        let base = try #require(FileManager.default.contentsOfDirectory(atPath: shop("mail/bases")).first { $0.contains("usernameandpassword") })
        try shop.write(shop.read("mail/bases/\(base)").replacing("\"kind\"", with: "\"mail\": { \"amountToSync\": \"oneWeek\" },\n  \"kind\""), to: "mail/bases/\(base)")
        try shop.commit("A week of mail", in: "mail")
        let (plan, _) = try shop.report("plan", "--repo", "mail")
        #expect(Set(plan.profiles.filter { $0.value.heldBy.contains("ring:pilot") }.keys.map { $0.prefix { $0 != "/" } }) == ["contoso", "northwind"])
        #expect(plan.profiles["fabrikam/staff-mail"]?.heldBy == [])
    }

    @Test func fromGraph() throws {
        let shop = try shop()
        try shop.write(Fleet.tenants.enumerated().map { "\($1),\(Workshop.tenantID($0))\n" }.joined(), to: "customers.csv")
        let scenario = try shop.scenario { tenant, emulated in emulated["displayName"] = tenant.capitalized }
        try shop.starting(scenario) { start in
            let address = try shop.read("address").trimmingCharacters(in: .whitespacesAndNewlines)
            func easel(_ arguments: [String]) throws -> Workshop.Outcome {
                let outcome = try shop.run(
                    [Workshop.binary] + arguments + ["--graph-endpoint", address, "--ca-file", "ca.pem"],
                    environment: ["AZURE_CLIENT_ID": Workshop.app, "AZURE_CLIENT_SECRET": Workshop.secret, "AZURE_AUTHORITY_HOST": address])
                #expect(!(outcome.out + outcome.err).contains(Workshop.secret))
                return outcome
            }
            let one = try easel(["init", "one", "--from-graph", "--tenant", "contoso", "--tenant-id", Workshop.tenantID(0)])
            #expect(one.status == 0 && one.out.contains("Valid: 3 profiles in 1 tenant.") && one.out.contains("--live graph "), "\(one.out)\(one.err)")
            #expect(try shop.object("one/policy.json")["rings"] == nil, "one tenant has nobody to wait for")
            let made = try easel(["init", "mail", "--from-graph", "--tenants", "customers.csv", "--format", "json"])
            let result = try json(made.out)
            #expect(made.status == 0 && (result["check"] as? Workshop.Object)?["profiles"] as? Int == 8 && (result["imported"] as? Workshop.Object)?["manifests"] as? Int == 8, "\(made.out)\(made.err)")
            let written = try #require(result["written"] as? [String])
            #expect(Set(written) == Set(try shop.tree("mail").keys.filter { !$0.hasPrefix(".git/") }))
            // Without an owner the lines wait for somebody to enter one.
            #expect(try shop.read("mail/CODEOWNERS").split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
            try adopt(shop, profiles: 8) { try easel($0 + ["--live", "graph"]) }
        }
    }

    /// What is wrong is named, what is right is written, and the exit code says that it is not ready.
    @Test func whatIsNotReadyIsSaid() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { $0["assignments"] = [["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupName": "Everybody"]]] }
        try shop.write("{", to: "live/northwind/staff.json")
        let made = try shop.easel("init", "mail", "--from", "live")
        #expect(made.status == 1 && made.out.contains("Tenant contoso has no group 'Everybody'") && made.out.contains("Not valid: 1 error;") && made.out.contains("Next: correct what is named above"), "\(made.out)\(made.err)")
        #expect(made.out.contains("live/northwind/staff.json") && shop.exists("mail/tenants/fabrikam/profiles/staff-mail.json"), "\(made.out)")
        // A second time, it names the command that adds tenants.
        let again = try shop.easel("init", "mail", "--from", "live")
        #expect(again.status == 64 && again.err.contains("easel import --into mail"), "\(again.err)")
    }

    @Test func nothingIsWrittenWhereThereIsNothingToStartFrom() throws {
        let shop = try shop()
        func refused(_ arguments: String..., status: Int32 = 64, says: String) throws {
            let outcome = try shop.run([Workshop.binary, "init", "new"] + arguments)
            #expect(outcome.status == status && (outcome.err + outcome.out).contains(says), "\(arguments): \(outcome.out)\(outcome.err)")
            #expect(!shop.exists("new"))
        }
        for tenant in Fleet.tenants { try shop.write(["value": [Any]()], to: "empty/\(tenant)/deviceConfigurations.json") }
        try shop.write("{", to: "broken/contoso/staff.json")
        try refused("--from", "empty", status: 1, says: "no tenant has an email profile")
        try refused("--from", "broken", status: 1, says: "broken/contoso/staff.json")
        try refused("--from", "live/contoso", says: "no sub-folder that is named like a tenant id")
        try refused("--from", "nowhere", status: 1, says: "nowhere")
        try refused("--from", "live", "--from-graph", says: "choose one")
        try refused("--from-graph", says: "--tenants a list")
        try refused("--tenant", "contoso", says: "needs --from or --from-graph")
        try refused("--owner", "@me", says: "needs --from or --from-graph")
        try refused("--from", "live", "--owner", "a b", says: "--owner is")
        try refused("--from", "live", "--owner", "nobody", says: "--owner is")
    }

    /// Many tenants get two rings, of a size that people can look after.
    @Test func manyTenantsHaveTwoRings() throws {
        let shop = try shop()
        for number in 100..<140 {
            for profile in number < 102 ? ["staff"] : ["staff", "board"] { try shop.write(shop.object("live/contoso/\(profile).json"), to: "many/t\(number)/\(profile).json") }
        }
        #expect(try shop.easel("init", "mail", "--from", "many").out.contains("Valid: 78 profiles in 40 tenants."))
        let rings = try #require(shop.object("mail/policy.json")["rings"] as? [Workshop.Object])
        #expect(rings.map { $0["tenants"] as? [String] } == [["t100", "t101"], (102..<110).map { "t\($0)" }] && rings.map { $0["soakHours"] as? Int } == [48, 24])
    }
}
