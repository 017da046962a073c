import Foundation
import JSONSource
import TestSupport
import Testing

/// Import, adopt and drift with what exports leave out or say in other words, with the CLI as a process.
@Suite struct ExportFormTests {
    /// A fleet that another state has applied, with exports of it: here nothing is adopted yet.
    private func unadopted() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "other.git", "--out", "out").status == 0)
        try shop.export()
        return shop
    }

    private func warnings(_ text: String, _ words: String) -> Int { text.components(separatedBy: words).count - 1 }

    /// Whom a profile reaches is unknown without assignments, never nobody: gates on people would let everything out.
    @Test func withoutAssignmentsAProfileIsRefused() throws {
        let shop = try unadopted()
        for profile in ["contoso/staff", "contoso/board"] { try shop.change(profile) { $0["assignments"] = nil } }
        try shop.change("fabrikam/staff") { $0["assignments"] = [Any]() }
        let imported = try shop.easel("import", "live", "--into", "imported")
        #expect(imported.status == 0 && !shop.exists("imported/tenants/contoso/profiles/staff-mail.json") && shop.exists("imported/tenants/contoso/profiles/kiosk-mail.json"), "\(imported.out)")
        #expect(imported.out.contains("live/contoso/staff.json:1:1: warning: 'Staff mail' gets no manifest: the export does not say whom it is assigned to"), "\(imported.out)")
        #expect(imported.out.contains("Export with $expand=assignments (IntuneCD: without -e assignments)") && imported.out.contains("Imported: 7 manifests of 3 tenants; 2 profiles left out, since the assignments are unknown."))
        let result = try #require(JSONSerialization.jsonObject(with: Data(shop.easel("import", "live", "--into", "again", "--format", "json").out.utf8)) as? Workshop.Object)
        #expect(result["refused"] as? Int == 2 && result["manifests"] as? Int == 7)
        #expect(try shop.easel("validate", "--repo", "imported").out.contains("assigned to nobody") == false)
        // An empty list is nobody.
        #expect(try shop.object("imported/tenants/fabrikam/profiles/staff-mail.json")["displayName"] as? String == "Staff mail")
        // Adopt refuses what a manifest describes, and what import has refused; the others are adopted.
        let adopted = try shop.easel("adopt", "--repo", "config", "--live", "live")
        #expect(adopted.status == 1 && adopted.lastLine.hasPrefix("Adopted: 7 profiles; 2 not adopted"), "\(adopted.out)")
        #expect(adopted.out.contains("error: 'Staff mail' is not adopted: the export does not say whom it is assigned to"))
        #expect(try !shop.applied("tenants/contoso/state.json").contains("\"staff\"") && shop.applied("tenants/contoso/state.json").contains("\"kiosk\""))
        try shop.commit("import", in: "imported")
        #expect(try shop.easel("adopt", "--repo", "imported", "--live", "live", "--tenant", "contoso").status == 1)
        // A whole export is adopted.
        try shop.export()
        #expect(try shop.easel("adopt", "--repo", "config", "--live", "live", "--tenant", "contoso").lastLine.hasPrefix("Adopted: 2 profiles"))
    }

    @Test func driftComparesTheRestAndSaysSoOncePerTenant() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "other.git", "--out", "out").status == 0)
        try shop.export()
        for tenant in ["contoso", "fabrikam"] { for profile in ["staff", "board"] { try shop.change("\(tenant)/\(profile)") { $0["assignments"] = nil } } }
        let same = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(same.status == 0 && warnings(same.out, "whom 2 of 3 profiles are assigned to; their assignments are not compared") == 2, "\(same.out)")
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        let other = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(other.status == 2 && other.out.contains("/account/accountName") && !other.out.contains("/assignments"), "\(other.out)")
    }

    /// IntuneCD: names in place of ids, and an archive.
    @Test func whatIntuneCDWritesIsInLine() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "other.git", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["roleScopeTagIds"] = ["Default"] }
        try FileManager.default.createDirectory(atPath: shop("live/contoso/__archive__/2026-01-05"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: shop("live/contoso/board.json"), toPath: shop("live/contoso/__archive__/2026-01-05/board.json"))
        let drift = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(drift.status == 2 && drift.lastLine.hasPrefix("Drift: 1 missing;"), "\(drift.out)")
        #expect(drift.out.contains("Skipped 1 file in __archive__"))
        try shop.change("contoso/staff") { $0["roleScopeTagIds"] = ["Default", "Helpdesk"] }
        let imported = try shop.easel("import", "live", "--into", "imported")
        #expect(imported.status == 0 && imported.out.contains("Skipped 1 file in __archive__") && imported.out.contains("The export has no id for scope tag 'Helpdesk'; define it in tenant.json"), "\(imported.out)")
        #expect(try shop.object("imported/tenants/contoso/profiles/staff-mail.json")["roleScopeTagIds"] as? [String] == ["0", "Helpdesk"])
        #expect(try shop.easel("validate", "--repo", "imported").out.contains("Tenant contoso has no scope tag 'Helpdesk'"))
        // The drift of the tags is unknown until somebody defines the name.
        let unknown = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(unknown.out.contains("warning: The id of scope tag \"Helpdesk\" is unknown") && !unknown.out.contains("/roleScopeTagIds  "), "\(unknown.out)")
    }

    /// What import writes, validate takes: an id that is none is the import's error.
    @Test func anIDThatIsNoneIsAnErrorOfTheImport() throws {
        let shop = try unadopted()
        try shop.change("contoso/staff") { $0["perAppVPNProfileId"] = "Per App VPNProfile Id value" }
        let imported = try shop.easel("import", "live", "--into", "imported")
        #expect(imported.status == 1 && imported.out.contains("error: perAppVPNProfileId \"Per App VPNProfile Id value\" is not a GUID"), "\(imported.out)")
        #expect(!shop.exists("imported/tenants/contoso") && shop.exists("imported/tenants/fabrikam/tenant.json"))
        #expect(try shop.easel("validate", "--repo", "imported").status == 0)
    }

    /// A certificate that IntuneManagement names, beside its own file, needs nobody's help.
    @Test func namesOfIntuneManagementBecomeDefinitions() throws {
        let shop = try unadopted()
        try shop.change("contoso/staff") { exported in
            exported["authenticationMethod"] = "certificate"
            for key in exported.keys where key.hasPrefix("identityCertificate") { exported[key] = nil }
            exported["#CustomRef_identityCertificate"] = "Laptops|:|#microsoft.graph.iosScepCertificateProfile"
        }
        let asked = try shop.easel("import", "live/contoso", "--into", "asked", "--tenant", "contoso")
        #expect(asked.status == 0 && asked.out.contains("The export has no id for certificate profile 'Laptops'") && !asked.out.contains("#CustomRef_"), "\(asked.out)")
        try shop.write(["@odata.type": "#microsoft.graph.iosScepCertificateProfile", "id": "bbbbbbbb-0000-4000-8000-000000000001", "displayName": "Laptops"], to: "live/contoso/laptops.json")
        try shop.write(["TenantId": "0000000a-0000-4000-8000-000000000009", "Organization": "Contoso Ltd", "Objects": [["Id": "10000000-0000-4000-8000-000000000001", "DisplayName": "All staff", "Type": "Group"]]], to: "live/contoso/MigrationTable.json")
        let whole = try shop.easel("import", "live/contoso", "--into", "whole", "--tenant", "contoso")
        #expect(whole.status == 0 && !whole.out.contains("no id for"), "\(whole.out)")
        let tenant = try shop.object("whole/tenants/contoso/tenant.json")
        #expect((tenant["certificateProfiles"] as? [String: Workshop.Object])?["Laptops"]?["id"] as? String == "bbbbbbbb-0000-4000-8000-000000000001")
        #expect(tenant["tenantId"] as? String == "0000000a-0000-4000-8000-000000000009" && (tenant["groups"] as? Workshop.Object)?["All staff"] != nil)
        #expect(try shop.easel("validate", "--repo", "whole").status == 0)
    }

    /// The assignments of a policy set belong to it: they become no manifest's, and are no drift.
    @Test func assignmentsOfPolicySetsAreLeftAlone() throws {
        let shop = try Workshop()
        try shop.makeAppliedFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "other.git", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { exported in
            let set: Workshop.Object = ["source": "policySets", "sourceId": "x", "target": ["@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"]]
            exported["assignments"] = (exported["assignments"] as? [Any] ?? []) + [set]
        }
        let drift = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(drift.status == 0 && drift.out.contains("warning: A policy set assigns this profile"), "\(drift.out)")
        #expect(try shop.easel("import", "live", "--into", "imported").status == 0)
        #expect(try !shop.read("imported/tenants/contoso/profiles/staff-mail.json").contains("allDevices"))
    }
}
