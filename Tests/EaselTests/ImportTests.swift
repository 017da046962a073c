import Foundation
import JSONSource
import TestSupport
import Testing

/// The way in: exports become a config repository, adopt records them as applied, and then there is nothing to do.
@Suite struct ImportTests {
    private func nothingToDo(_ shop: Workshop, profiles: Int, _ place: SourceLocation = #_sourceLocation) throws {
        try shop.commit("import", in: "imported")
        let valid = try shop.easel("validate", "--repo", "imported")
        #expect(valid.status == 0, "\(valid.out)", sourceLocation: place)
        let adopted = try shop.easel("adopt", "--repo", "imported", "--live", "live")
        #expect(adopted.status == 0 && adopted.lastLine.hasPrefix("Adopted: \(profiles) profiles"), "\(adopted.out)\(adopted.err)", sourceLocation: place)
        let plan = try shop.easel("plan", "--repo", "imported", "--detailed-exitcode")
        #expect(plan.status == 0 && plan.lastLine.hasPrefix("Nothing to do: \(profiles) profiles"), "\(plan.out)", sourceLocation: place)
        let drift = try shop.easel("drift", "--repo", "imported", "--live", "live")
        #expect(drift.status == 0, "\(drift.out)", sourceLocation: place)
        #expect(try shop.easel("reconcile", "--repo", "imported").lastLine.hasPrefix("Nothing to do"), sourceLocation: place)
        #expect(try shop.easel("drift", "--repo", "imported", "--live", "live").status == 0, sourceLocation: place)
        #expect(try shop.git("fsck", "--strict", "--no-dangling", in: "imported") == "", sourceLocation: place)
    }

    /// With generated manifests that use everything a manifest can express.
    @Test(arguments: [false, true]) func importAdoptPlanShowsNothingToDo(extractsBases: Bool) throws {
        let shop = try Workshop()
        var random = RandomManifest(seed: 7, isForGraphOnly: true)
        for tenant in ["contoso", "fabrikam"] {
            let guid = #""tenantId": "99999999-0000-4000-8000-00000000000\#(tenant.utf8.count)""#
            try shop.write(pretty(RandomManifest.tenant).replacing(/"tenantId": *"[^"]*"/, with: guid), to: "config/tenants/\(tenant)/tenant.json")
            for number in 0..<60 {
                try shop.write(String(decoding: random.bytes(displayName: "Mail \(number)"), as: UTF8.self), to: "config/tenants/\(tenant)/profiles/p\(number).json")
            }
        }
        try shop.git("init", "--quiet", "--initial-branch", "main", "config")
        try shop.commit("random")
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        // The service expands a missing certificate as null; the payload just omits it.
        for tenant in ["contoso", "fabrikam"] {
            for number in 0..<60 {
                try shop.change("\(tenant)/p\(number)") { exported in
                    for navigation in ["identityCertificate", "smimeSigningCertificate", "smimeEncryptionCertificate"] where exported[navigation + "@odata.bind"] == nil {
                        exported[navigation] = NSNull()
                    }
                }
            }
        }
        let imported = try shop.run([Workshop.binary, "import", "live", "--into", "imported"] + (extractsBases ? ["--extract-bases"] : []))
        #expect(imported.status == 0 && imported.out.contains("Imported: 120 manifests of 2 tenants."), "\(imported.out)\(imported.err)")
        try nothingToDo(shop, profiles: 120)
        let sizes = try shop.tree("imported").filter { $0.key.contains("profiles/") || $0.key.hasPrefix("bases/") }.values.reduce(0) { $0 + $1.count }
        #expect(extractsBases == shop.exists("imported/bases"))
        #expect(sizes > 0)
    }

    @Test func basesAreWhatTenantsShare() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["useOAuth"] = true }
        #expect(try shop.easel("import", "live", "--into", "plain").status == 0)
        #expect(try shop.easel("import", "live", "--into", "imported", "--extract-bases").status == 0)
        func size(_ folder: String) throws -> Int { try shop.tree(folder).filter { $0.key.contains("profiles/") || $0.key.hasPrefix("bases/") }.values.reduce(0) { $0 + $1.count } }
        #expect(try size("imported") < size("plain") * 2 / 3)
        let staff = try shop.object("imported/tenants/contoso/profiles/staff-mail.json")
        #expect(staff["extends"] as? String == "bases/outlook-office365-com-usernameandpassword.json" && (staff["account"] as? Workshop.Object)?.keys.sorted() == ["oauth"])
        #expect(try shop.object("imported/tenants/contoso/profiles/board-mail.json")["displayName"] == nil, "the base says it")
        try nothingToDo(shop, profiles: 9)
        // A second import finds a name that is in a base.
        let again = try shop.easel("import", "live", "--into", "imported", "--extract-bases")
        #expect(again.status == 0 && again.out.contains("profiles/board-mail.json already describes it"), "\(again.out)")
        #expect(try shop.git("status", "--porcelain", in: "imported") == "")
    }

    @Test func namesComeFromTheExportWhereItHasThem() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.write(["value": [
            ["@odata.type": "#microsoft.graph.group", "id": "10000000-0000-4000-8000-000000000001", "displayName": "All staff"],
            ["@odata.type": "#microsoft.graph.iosPkcsCertificateProfile", "id": "40000000-0000-4000-8000-000000000001", "displayName": "Device certificate"],
            ["@odata.type": "#microsoft.graph.organization", "id": "0000000A-0000-4000-8000-000000000009", "displayName": "Contoso Ltd"],
            ["@odata.type": "#microsoft.graph.iosGeneralDeviceConfiguration", "id": "x", "displayName": "Something else"],
        ]], to: "live/contoso/names.json")
        let imported = try shop.easel("import", "live/contoso", "--into", "imported", "--tenant", "contoso")
        #expect(imported.status == 0, "\(imported.out)")
        let tenant = try shop.object("imported/tenants/contoso/tenant.json")
        #expect((tenant["groups"] as? Workshop.Object)?.keys.sorted() == ["All staff", "group-20000000", "group-30000000"])
        #expect(tenant["tenantId"] as? String == "0000000a-0000-4000-8000-000000000009" && tenant["displayName"] as? String == "Contoso Ltd")
        #expect(((tenant["certificateProfiles"] as? Workshop.Object)?["Device certificate"] as? Workshop.Object)?["type"] as? String == "pkcs")
        #expect(imported.out.contains("tenant.json calls it 'group-20000000'") && imported.out.contains("Skipped 1 object of another type: iosGeneralDeviceConfiguration"))
        // A second import overwrites nothing and writes nothing twice.
        let before = try shop.tree("imported")
        let again = try shop.easel("import", "live/contoso", "--into", "imported", "--tenant", "contoso")
        #expect(again.status == 0 && again.out.contains("Skipped 'Staff mail': tenants/contoso/profiles/staff-mail.json already describes it"))
        #expect(try shop.tree("imported") == before)
    }

    /// Names that are alike once they are told apart: by half of the id, by the whole id, and in any order.
    @Test func namesThatCollideAreToldApart() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        let ids = ["10000000-0000-4000-8000-000000000001", "20000000-0000-4000-8000-000000000001", "30000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002", "10000000-0000-4000-8000-000000000003"]
        let names = ["Staff (10000000)", "Staff (10000000-0000-4000-8000-000000000002)", "Staff", "Staff", "Staff"]
        try shop.write(["value": zip(ids, names).map { ["@odata.type": "#microsoft.graph.group", "id": $0, "displayName": $1] }], to: "live/contoso/groups.json")
        try shop.change("contoso/staff") { exported in
            exported["assignments"] = ids.map { ["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": $0]] }
        }
        let imported = try shop.easel("import", "live/contoso", "--into", "imported", "--tenant", "contoso")
        #expect(imported.status == 0, "\(imported.out)\(imported.err)")
        let groups = try #require(shop.object("imported/tenants/contoso/tenant.json")["groups"] as? [String: Workshop.Object])
        #expect(Set(groups.values.compactMap { $0["id"] as? String }) == Set(ids), "\(groups)")
        #expect(try shop.easel("validate", "--repo", "imported").status == 0)
    }

    /// An issuer that is not exported is unknown, not absent.
    @Test func anIssuerThatTheExportLeavesOutIsAskedFor() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { exported in
            exported["authenticationMethod"] = "derivedCredential"
            exported["derivedCredentialSettings"] = nil
        }
        let imported = try shop.easel("import", "live/contoso", "--into", "imported", "--tenant", "contoso")
        #expect(imported.status == 0 && imported.out.contains("derived credential issuer 'Staff mail' uses") && imported.out.contains("$expand=derivedCredentialSettings"), "\(imported.out)")
        try shop.change("contoso/staff") { $0["derivedCredentialSettings"] = ["id": "77777777-0000-4000-8000-000000000001", "displayName": "Issuer"] }
        let whole = try shop.easel("import", "live/contoso", "--into", "again", "--tenant", "contoso")
        #expect(whole.status == 0 && !whole.out.contains("issuer"), "\(whole.out)")
        let tenant = try shop.object("again/tenants/contoso/tenant.json")
        #expect((tenant["derivedCredentials"] as? Workshop.Object)?["id"] as? String == "77777777-0000-4000-8000-000000000001")
    }

    /// Existing files are never overwritten, and equal names get different ids.
    @Test func nothingThatIsThereIsOverwritten() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out", "--tenant", "contoso").status == 0)
        try shop.export()
        // A copied manifest has the name of its original.
        let copy = try shop.read("config/tenants/contoso/profiles/board.json")
        for name in ["alpha", "board"] { try shop.write(copy, to: "imported/tenants/contoso/profiles/\(name).json") }
        try shop.change("contoso/staff") { exported in
            exported["displayName"] = "Alpha"
            exported["assignments"] = (1...3).map { ["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": "0000000\($0 == 1 ? 1 : 0)-0000-4000-8000-00000000000\($0)"]] }
        }
        try shop.write(["value": (1...3).map { ["@odata.type": "#microsoft.graph.group", "id": "0000000\($0 == 1 ? 1 : 0)-0000-4000-8000-00000000000\($0)", "displayName": "Staff"] }], to: "live/contoso/groups.json")
        let imported = try shop.easel("import", "live", "--into", "imported")
        #expect(imported.status == 0, "\(imported.out)\(imported.err)")
        #expect(try shop.read("imported/tenants/contoso/profiles/alpha.json") == copy && shop.exists("imported/tenants/contoso/profiles/alpha-2.json"))
        let names = (try shop.object("imported/tenants/contoso/tenant.json")["groups"] as? Workshop.Object)?.keys.sorted() ?? []
        #expect(names.filter { $0.hasPrefix("Staff") } == ["Staff", "Staff (00000000)", "Staff (00000000-0000-4000-8000-000000000003)"], "\(names)")
    }

    @Test func nothingIsWrittenThroughLinksOrBesideBrokenManifests() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out", "--tenant", "contoso").status == 0)
        try shop.export()
        try FileManager.default.createDirectory(atPath: shop("imported/tenants/contoso"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: shop("elsewhere"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: shop("imported/tenants/contoso/profiles"), withDestinationPath: shop("elsewhere"))
        let linked = try shop.easel("import", "live", "--into", "imported")
        #expect(linked.status == 1 && linked.out.contains("tenants/contoso/profiles") && linked.out.contains("links are not followed"), "\(linked.out)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop("elsewhere")).isEmpty)
        try FileManager.default.removeItem(atPath: shop("imported/tenants/contoso/profiles"))
        try shop.write(#"{ "kind": "#, to: "imported/tenants/contoso/profiles/staff-mail.json")
        let broken = try shop.easel("import", "live", "--into", "imported")
        #expect(broken.status == 1 && broken.out.contains("tenants/contoso/profiles/staff-mail.json") && !shop.exists("imported/tenants/contoso/tenant.json"), "\(broken.out)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop("imported/tenants/contoso/profiles")) == ["staff-mail.json"])
    }

    /// A file that cannot be read, or is far too large, stops its tenant; the others are imported.
    @Test(arguments: ["tenants/contoso/profiles/mail.json", "tenants/contoso/tenant.json"])
    func whatCannotBeReadStopsItsTenantOnly(_ path: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out", "--tenant", "contoso", "--tenant", "fabrikam").status == 0)
        try shop.export()
        try FileManager.default.createDirectory(atPath: shop("imported/tenants/contoso/profiles"), withIntermediateDirectories: true)
        #expect(mkfifo(shop("imported/\(path)"), 0o644) == 0)
        let imported = try shop.easel("import", "live", "--into", "imported")
        #expect(imported.status == 1 && imported.out.contains("imported/\(path)") && imported.out.contains("1 error."), "\(imported.out)\(imported.err)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop("imported/tenants/contoso/profiles")).count <= 1)
        #expect(shop.exists("imported/tenants/fabrikam/tenant.json"))
    }

    /// An existing tenant.json gets what the new manifests need, and keeps everything else.
    @Test func aTenantFileThatIsThereGetsItsIssuer() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out", "--tenant", "contoso").status == 0)
        try shop.export()
        let issuer = "bbbbbbbb-0000-4000-8000-000000000002"
        try shop.change("contoso/staff") { exported in
            exported["authenticationMethod"] = "derivedCredential"
            exported["derivedCredentialSettings"] = ["@odata.type": "#microsoft.graph.deviceManagementDerivedCredentialSettings", "id": issuer]
        }
        try shop.write(Fleet.tenant("contoso"), to: "imported/tenants/contoso/tenant.json")
        let imported = try shop.easel("import", "live", "--into", "imported")
        #expect(imported.status == 0, "\(imported.out)")
        let tenant = try shop.object("imported/tenants/contoso/tenant.json")
        #expect(tenant["derivedCredentials"] as? [String: String] == ["id": issuer] && tenant["minimumOS"] as? String == "16.0")
        try shop.git("init", "--quiet", "--initial-branch", "main", "imported")
        try nothingToDo(shop, profiles: 3)
        // A link is not followed, and a warning says so.
        try FileManager.default.createSymbolicLink(atPath: shop("live/linked"), withDestinationPath: "contoso")
        let linked = try shop.easel("import", "live", "--into", "imported")
        #expect(linked.status == 0 && linked.out.contains("live/linked") && linked.out.contains("The export is ignored"), "\(linked.out)")
    }

    @Test func messyExportsLoseNothingInSilence() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--tenant", "contoso", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { exported in
            exported["easServices"] = "email, fax"
            exported["authenticationMethod"] = "certificate"
            exported["identityCertificate"] = ["@odata.type": "#microsoft.graph.iosPkcsCertificateProfile", "id": "bbbbbbbb-0000-4000-8000-000000000001", "displayName": "Laptops"]
            exported["brandNew"] = true
            exported["assignments"] = [
                ["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupName": "Everybody", "groupType": "StaticMembership"]],
                ["target": ["@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget", "deviceAndAppManagementAssignmentFilterId": "0000000c-0000-4000-8000-000000000001", "deviceAndAppManagementAssignmentFilterType": "include"]],
            ]
        }
        try shop.change("contoso/board") { exported in
            exported["displayName"] = "Kiosk mail"
            exported["smimeSigningEnabled"] = true
            exported["assignments"] = [Any]()
        }
        let imported = try shop.easel("import", "live", "--into", "imported")
        #expect(imported.status == 0, "\(imported.out)")
        for words in [
            "live/contoso/staff.json:", "warning: easServices \"email, fax\" names an unknown service", "warning: Unknown property \"brandNew\"",
            "A manifest cannot set sync.exchangeData to", "so the next reconcile would change it", "The export has no id for group 'Everybody'", "warning: Two profiles have the name 'Kiosk mail'",
            "smime.signing.enabled has no effect while S/MIME is off",
        ] { #expect(imported.out.contains(words), "\(words)\n\(imported.out)") }
        #expect(shop.exists("imported/tenants/contoso/profiles/kiosk-mail-2.json"))
        let certificates = try shop.object("imported/tenants/contoso/tenant.json")["certificateProfiles"] as? [String: [String: String]]
        #expect(certificates?["Laptops"] == ["id": "bbbbbbbb-0000-4000-8000-000000000001", "type": "pkcs"], "what is expanded says what it is")
        // Validate asks for what is unknown.
        let valid = try shop.easel("validate", "--repo", "imported")
        #expect(valid.status == 1 && valid.out.contains("Tenant contoso has no group 'Everybody'"))
        // A file that is not an export fails, and nothing is written.
        try shop.write("{", to: "broken.json")
        #expect(try shop.easel("import", "broken.json", "--into", "none", "--tenant", "contoso").status == 1)
        #expect(!shop.exists("none"))
        #expect(try shop.easel("import", "nowhere", "--into", "none", "--tenant", "contoso").status == 1)
        #expect(try shop.easel("import", "live/contoso", "--into", "none").status == 64)
    }
}
