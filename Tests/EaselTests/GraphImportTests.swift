import Foundation
import Testing

/// `import --live graph`, against an emulator.
@Suite struct GraphImportTests {
    /// What `names.json` of an export and an emulated tenant have in common: the names of ids.
    private func names(_ index: Int) -> (groups: [Workshop.Object], organization: Workshop.Object) {
        let groups = [("1", "Staff"), ("2", "Board"), ("3", "Shop floor")].map { ["id": "\($0)0000000-0000-4000-8000-00000000000\(index + 1)", "displayName": $1] }
        return (groups, ["id": Workshop.tenantID(index), "displayName": Fleet.tenants[index].capitalized])
    }

    private func shop() throws -> Workshop {
        let shop = try Workshop.withGraphFleet()
        for (index, tenant) in Fleet.tenants.enumerated() {
            let (groups, organization) = names(index)
            let typed = groups.map { $0.merging(["@odata.type": "#microsoft.graph.group"]) { own, _ in own } } + [organization.merging(["@odata.type": "#microsoft.graph.organization"]) { own, _ in own }]
            try shop.write(["value": typed + Workshop.certificates(index)], to: "live/\(tenant)/names.json")
        }
        try shop.write("\u{FEFF}# customers\n\ncontoso, \(Workshop.tenantID(0))\nnorthwind,\(Workshop.tenantID(2)),global\r\nfabrikam,\(Workshop.tenantID(1).uppercased())\n", to: "customers.csv")
        return shop
    }

    private func scenario(_ shop: Workshop, _ adjust: (String, inout Workshop.Object) throws -> Void = { _, _ in }) throws -> Workshop.Object {
        try shop.scenario { tenant, emulated in
            let index = try #require(Fleet.tenants.firstIndex(of: tenant))
            emulated["groups"] = names(index).groups
            emulated["displayName"] = names(index).organization["displayName"]
            try adjust(tenant, &emulated)
        }
    }

    @Test func theSameAsAnImportOfExports() throws {
        let shop = try shop()
        #expect(try shop.easel("import", "live", "--into", "exported", "--extract-bases").status == 0)
        #expect(try shop.easel("import", "--live", "live", "--into", "again", "--extract-bases").status == 0)
        let expected = try shop.tree("exported").filter { !$0.key.hasPrefix(".git/") }
        #expect(try shop.tree("again").filter { !$0.key.hasPrefix(".git/") } == expected)
        #expect(expected.keys.contains("tenants/contoso/profiles/staff-mail.json") && String(decoding: expected["tenants/contoso/tenant.json"] ?? Data(), as: UTF8.self).contains("\"Shop floor\""))
        try shop.emulating(scenario(shop)) { easel in
            let imported = try easel(["import", "--into", "imported", "--tenants", "customers.csv", "--extract-bases"])
            #expect(imported.status == 0 && imported.out.contains("Imported: 9 manifests of 3 tenants.") && !imported.out.contains("missing"), "\(imported.out)\(imported.err)")
            #expect(try shop.tree("imported").filter { !$0.key.hasPrefix(".git/") } == expected)
            // From then on the folder knows the tenants.
            try FileManager.default.removeItem(atPath: shop("imported/tenants/fabrikam/profiles/staff-mail.json"))
            let again = try easel(["import", "--into", "imported"])
            #expect(again.status == 0 && again.out.contains("Imported: 1 manifest of 1 tenant."), "\(again.out)\(again.err)")
        }
    }

    @Test func oneTenant() throws {
        let shop = try shop()
        try shop.emulating(scenario(shop)) { easel in
            let unknown = try easel(["import", "--into", "one", "--tenant", "contoso"])
            #expect(unknown.status == 1 && unknown.out.contains("tenantId is missing or zeros") && !shop.exists("one"), "\(unknown.out)\(unknown.err)")
            let imported = try easel(["import", "--into", "one", "--tenant", "contoso", "--tenant-id", Workshop.tenantID(0)])
            #expect(imported.status == 0 && imported.out.contains("Imported: 3 manifests of 1 tenant."), "\(imported.out)\(imported.err)")
            #expect(try shop.object("one/tenants/contoso/tenant.json")["adopt"] as? String == "first")
            let other = try easel(["import", "--into", "one", "--tenant", "contoso", "--tenant-id", Workshop.tenantID(1)])
            #expect(other.status == 1 && other.out.contains("is not the tenantId in this file"), "\(other.out)\(other.err)")
            let cloud = try easel(["import", "--into", "one", "--tenant", "contoso", "--tenant-id", Workshop.tenantID(0), "--cloud", "china"])
            #expect(cloud.status == 1 && cloud.out.contains("is not the cloud in this file, global"), "\(cloud.out)\(cloud.err)")
            // What was imported is adopted from the same source, and then there is nothing to do.
            try shop.commit("import", in: "one")
            #expect(try easel(["adopt", "--repo", "one"]).lastLine.hasPrefix("Adopted: 3 profiles"))
            #expect(try easel(["plan", "--repo", "one", "--detailed-exitcode"]).status == 0)
        }
    }

    @Test func aTenantThatFailsHoldsUpNobodyAndAMissingNameIsTold() throws {
        let shop = try shop()
        let scenario = try scenario(shop) { tenant, emulated in
            if tenant == "fabrikam" { emulated.changeApp("consent", false) }
            if tenant == "northwind" { emulated.changeApp("permissions", ["DeviceManagementConfiguration.Read.All"]) }
        }
        try shop.emulating(scenario) { easel in
            let imported = try easel(["import", "--into", "imported", "--tenants", "customers.csv"])
            #expect(imported.status == 1 && imported.out.contains("Imported: 6 manifests of 2 tenants") && imported.out.contains("adminconsent"), "\(imported.out)\(imported.err)")
            #expect(!shop.exists("imported/tenants/fabrikam"))
            #expect(imported.out.contains("  northwind: Names of groups are missing: the app lacks the application permission Group.Read.All\n") && imported.out.contains("tenant.json calls it 'group-10000000'"), "\(imported.out)")
            #expect(shop.exists("imported/tenants/contoso/profiles/staff-mail.json") && shop.exists("imported/tenants/northwind/profiles/staff-mail.json"))
            let json = try easel(["import", "--into", "imported", "--tenants", "customers.csv", "--format", "json"])
            let result = try #require(JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? Workshop.Object)
            let broken = (result["diagnostics"] as? [Workshop.Object] ?? []).filter { $0["severity"] as? String == "error" }
            #expect(broken.map { $0["tenant"] as? String } == ["fabrikam"], "\(json.out)")
        }
    }

    /// Whoever presses Ctrl-C gets nothing, and not a part.
    @Test func anInterruptionWritesNothing() throws {
        let shop = try shop()
        var slow = try scenario(shop)
        slow["latencyMilliseconds"] = 2000
        try shop.emulating(slow) { _ in
            let address = try shop.read("address").trimmingCharacters(in: .whitespacesAndNewlines)
            let program = try shop.start(
                [Workshop.binary, "import", "--live", "graph", "--into", "imported", "--tenants", "customers.csv", "--graph-endpoint", address, "--ca-file", "ca.pem"],
                environment: ["AZURE_CLIENT_ID": Workshop.app, "AZURE_CLIENT_SECRET": Workshop.secret, "AZURE_AUTHORITY_HOST": address])
            usleep(1_500_000)
            kill(program.child, SIGINT)
            let outcome = try program.finish()
            #expect(outcome.status == 130 && outcome.err.contains("interrupted: nothing was written"), "\(outcome.status) \(outcome.err)")
            #expect(!shop.exists("imported"))
        }
    }

    @Test func argumentsThatMakeNoSense() throws {
        let shop = try Workshop()
        func refused(_ arguments: String..., status: Int32 = 64, says: String) throws {
            let outcome = try shop.run([Workshop.binary, "import", "--into", "new"] + arguments)
            #expect(outcome.status == status && outcome.err.contains(says), "\(arguments): \(outcome.err)")
            #expect(!shop.exists("new"))
        }
        try shop.write("contoso\nContoso,\(Workshop.tenantID(0))\nfabrikam,x\na,\(Workshop.tenantID(1)),globl\nb,\(Workshop.tenantID(1))\nb,\(Workshop.tenantID(2))\n", to: "bad.csv")
        try shop.write("# nobody\n", to: "empty.csv")
        try refused(says: "name what to import")
        try refused("live", "--live", "graph", says: "takes the place of files")
        try refused("--live", "graph", says: "has no tenants yet")
        try refused("--live", "graph", "--tenant", "a", "--tenants", "bad.csv", says: "choose one")
        try refused("--live", "graph", "--cloud", "china", says: "--cloud needs --tenant")
        try refused("--live", "graph", "--tenants", "empty.csv", status: 1, says: "names no tenant")
        try refused("--live", "graph", "--tenants", "nowhere.csv", status: 1, says: "nowhere.csv")
        let bad = try shop.easel("import", "--live", "graph", "--into", "new", "--tenants", "bad.csv")
        #expect(bad.status == 1 && bad.err.split(separator: "\n").count == 6, "\(bad.err)")
        for text in ["bad.csv:1: 1 field", "bad.csv:2: 'Contoso' cannot be", "bad.csv:3: 'x' is not the GUID", "bad.csv:4: there is no cloud 'globl'", "Did you mean", "bad.csv:6: 'b' is also in line 5", "id,GUID"] {
            #expect(bad.err.contains(text), "\(text): \(bad.err)")
        }
    }
}
