import Foundation
import TestSupport
import Testing

/// Desired, applied and live, with the CLI as a process.
@Suite struct DriftTests {
    private struct Found: Decodable {
        struct Change: Decodable {
            struct Accepted: Decodable { let reason, acceptedBy: String }
            let path, drift, firstSeen: String
            let status: String?
            let accepted: Accepted?
        }
        struct Profile: Decodable {
            let id, action, drift: String
            let graphId: String?
            let consequences: [String]
            let changes: [Change]
        }
        struct Tenant: Decodable { let id, status: String; let profiles: [Profile] }
        struct Summary: Decodable { let drift: [String: Int]; let failedTenants: Int }
        struct Resolved: Decodable { let tenant, profile, path, drift: String }
        struct Diagnostic: Decodable { let code, severity, file: String; let tenant: String? }
        let tenants: [Tenant]
        let summary: Summary
        let resolved: [Resolved]?
        let diagnostics: [Diagnostic]

        var profiles: [String: Profile] { Dictionary(uniqueKeysWithValues: tenants.flatMap { tenant in tenant.profiles.map { ("\(tenant.id)/\($0.id)", $0) } }) }
    }

    /// A fleet whose profiles are applied, and exports of it.
    private func shop() throws -> Workshop {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        return shop
    }

    private func drift(_ shop: Workshop, _ arguments: String...) throws -> (found: Found, status: Int32) {
        let outcome = try shop.run([Workshop.binary, "drift", "--repo", "config", "--live", "live", "--format", "json", "--now", "2026-11-24T01:00:00Z"] + arguments)
        return (try #require(try? JSONDecoder().decode(Found.self, from: Data(outcome.out.utf8)), "\(outcome.out) \(outcome.err)"), outcome.status)
    }

    @Test func whatIsAsItWasAppliedIsInLine() throws {
        let shop = try shop()
        let (found, status) = try drift(shop)
        #expect(status == 0 && found.tenants.isEmpty && found.diagnostics.isEmpty)
        #expect(found.summary.drift["inSync"] == 9 && found.summary.drift["tenantsInLine"] == 3 && found.summary.drift["tenantsOutOfLine"] == 0)
    }

    @Test func everyKindOfDriftAndWhatPuttingItBackDoes() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { $0["useOAuth"] = true }
        try FileManager.default.removeItem(atPath: shop("live/contoso/board.json"))
        try shop.change("fabrikam/staff") { exported in
            exported["displayName"] = "Made by hand"
            exported["id"] = "99999999-0000-4000-8000-000000000001"
        }
        try FileManager.default.moveItem(atPath: shop("live/fabrikam/staff.json"), toPath: shop("live/fabrikam/other.json"))
        try shop.export("out", to: "again")
        try FileManager.default.copyItem(atPath: shop("again/fabrikam/staff.json"), toPath: shop("live/fabrikam/staff.json"))
        try shop.edit("tenants/northwind/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        let (found, status) = try drift(shop)
        #expect(status == 2)
        let profiles = found.profiles
        #expect(profiles.mapValues(\.drift) == ["contoso/staff": "modified", "contoso/board": "missing", "fabrikam/made-by-hand": "unmanaged", "northwind/staff": "pending"])
        #expect(profiles.mapValues(\.action) == ["contoso/staff": "reinstall", "contoso/board": "create", "fabrikam/made-by-hand": "none", "northwind/staff": "update"])
        #expect(profiles["contoso/staff"]?.consequences.first == "credentialReentry" && profiles["contoso/staff"]?.changes.map(\.path) == ["/account/oauth"])
        #expect(profiles["fabrikam/made-by-hand"]?.graphId == "99999999-0000-4000-8000-000000000001")
        let counts = found.summary.drift
        #expect(counts["profilesInLine"] == 6 && counts["profilesOutOfLine"] == 4 && counts["tenantsOutOfLine"] == 3 && counts["inSync"] == 6)
        let text = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(text.status == 2 && text.lastLine == "Drift: 1 missing, 1 modified, 1 unmanaged, 1 pending; 4 of 10 profiles out of line, in 3 tenants.")
        // Nothing was changed.
        #expect(try shop.easel("plan", "--repo", "config").lastLine == "Plan: 1 to update, 8 unchanged.")
    }

    @Test func whatOnlyLooksDifferentIsNoDrift() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { exported in
            exported["easServices"] = "reminders,notes,email,contacts,calendars"
            exported["id"] = (exported["id"] as? String)?.uppercased()
            exported["roleScopeTagIds"] = [String]()
            exported["description"] = nil
            exported["signingCertificateType"] = "none"
            exported["userDomainNameSource"] = "netBiosDomainName"
            exported["hostName"] = "OUTLOOK.office365.com"
            exported["supportsScopeTags"] = true
            // These have no effect while S/MIME is off.
            exported["smimeSigningEnabled"] = true
            exported["smimeEncryptionCertificateUserOverrideEnabled"] = true
            var assignment = (exported["assignments"] as? [Workshop.Object])?.first ?? [:]
            var target = assignment["target"] as? Workshop.Object ?? [:]
            target["groupId"] = (target["groupId"] as? String)?.uppercased()
            target["deviceAndAppManagementAssignmentFilterType"] = "none"
            target["deviceAndAppManagementAssignmentFilterId"] = NSNull()
            assignment["target"] = target
            exported["assignments"] = [assignment]
        }
        let (found, status) = try drift(shop)
        #expect(status == 0 && found.diagnostics.isEmpty, "\(found)")
    }

    /// Each of these was once read as "every profile is gone", or as in line.
    @Test func whatIsNoListOfProfilesIsNone() throws {
        let shop = try shop()
        let groups = [["id": "10000000-0000-4000-8000-000000000001", "displayName": "All staff"]]
        try FileManager.default.removeItem(atPath: shop("live/contoso"))
        let app: Workshop.Object = ["@odata.type": "#microsoft.graph.iosStoreApp", "id": "a"]
        let refusal: Workshop.Object = ["code": "TooMany", "message": "Slow down"]
        for content in [
            ["value": [["@odata.type": "#microsoft.graph.deviceEnrollmentLimitConfiguration", "id": "x"]]], ["value": [["@odata.type": "#microsoft.graph.iosMobileAppConfiguration", "id": "x"]]],
            ["@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations('1')/assignments", "value": [Any]()],
            [["value": [Any]()], ["responses": [["id": "1", "status": 403, "body": ["error": refusal]]]]], ["Message": "Authorization has been denied for this request."],
            ["value": [app]], ["@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceAppManagement/mobileApps", "value": [app]], ["value": [Any](), "error": refusal],
            ["responses": [["id": "1", "status": 429, "body": ["error": refusal]]]], ["value": groups], groups, ["value": [["@odata.type": "#microsoft.graph.group"].merging(groups[0]) { $1 }]]] as [Any] {
            try shop.write(content, to: "live/contoso/groups.json")
            let (found, status) = try drift(shop, "--tenant", "contoso")
            #expect(status == 1 && found.diagnostics.map(\.code) == ["CFG084"], "\(content) \(found)")
        }
        // Answers to a $batch that were not refused.
        let whole = try ["board", "kiosk", "staff"].map { try shop.object("live/fabrikam/\($0).json") }
        try shop.write(["responses": [["id": "1", "status": 200, "body": ["value": whole]]]], to: "live/contoso/groups.json")
        #expect(try drift(shop, "--tenant", "contoso").found.diagnostics.allSatisfy { $0.code != "CFG084" })
        try shop.write([["responses": [["id": "1", "status": 200, "body": ["value": whole]]]]], to: "live/contoso/groups.json")
        #expect(try drift(shop, "--tenant", "contoso").found.diagnostics.allSatisfy { $0.code != "CFG084" })
        for page in [["@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations/microsoft.graph.iosEasEmailProfileConfiguration", "value": [Any]()], ["value": [Any](), "@odata.nextLink": ""]] as [Workshop.Object] {
            try shop.write(page, to: "live/contoso/groups.json")
            #expect(try drift(shop, "--tenant", "contoso").status == 2, "really none")
        }
        try FileManager.default.removeItem(atPath: shop("live/contoso/groups.json"))
        // A list of another collection does not hide that the list of profiles is incomplete.
        try shop.write(["value": [try shop.object("live/fabrikam/staff.json")], "@odata.nextLink": "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations?$skip=1"], to: "live/contoso/page.json")
        #expect(try drift(shop, "--tenant", "contoso").found.diagnostics.map(\.code).contains("CFG084"))
        try shop.write(["value": groups], to: "live/contoso/groups.json")
        #expect(try drift(shop, "--tenant", "contoso").found.diagnostics.map(\.code).contains("CFG084"))
        try FileManager.default.removeItem(atPath: shop("live/contoso/page.json"))
        // A refusal in OAuth's form.
        try shop.write(try shop.object("live/fabrikam/staff.json"), to: "live/contoso/staff.json")
        try shop.write(["error": "invalid_grant", "error_description": "AADSTS50076"], to: "live/contoso/page.json")
        let (refused, code) = try drift(shop, "--tenant", "contoso")
        #expect(code == 1 && refused.diagnostics.map(\.code) == ["CFG084"], "\(refused)")
    }

    /// An error in one reading of a profile is an error of the profile.
    @Test func whatIsOddAboutASecondReadingIsTold() throws {
        let shop = try shop()
        try shop.write(["value": [try shop.object("live/contoso/staff.json").filter { $0.key != "assignments" }]], to: "live/contoso/a-page.json")
        try shop.change("contoso/staff") { $0["assignments"] = [["target": ["@odata.type": "#microsoft.graph.unheardOfTarget"]]] }
        let (found, status) = try drift(shop, "--tenant", "contoso")
        #expect(status == 1 && found.diagnostics.map(\.code).contains("CFG081"), "\(found)")
    }

    @Test func whatElseAnExportHoldsIsCounted() throws {
        let shop = try shop()
        let types = ["iosGeneralDeviceConfiguration", "iosGeneralDeviceConfiguration", "group"]
        try shop.write(["value": types.map { ["@odata.type": "#microsoft.graph.\($0)", "displayName": "Other"] }], to: "live/contoso/others.json")
        let outcome = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(outcome.status == 0 && outcome.out.contains("Skipped, since they are not email profiles: 2 iosGeneralDeviceConfiguration, 1 group."), "\(outcome.out)")
    }

    /// A page as Graph lists it, beside files with the same profiles: each says what the other omits.
    @Test func aPageWithoutAssignmentsIsCompletedByFilesThatHaveThem() throws {
        let shop = try shop()
        let page = try ["board", "kiosk", "staff"].map { try shop.object("live/contoso/\($0).json").filter { $0.key != "assignments" } }
        try shop.write(["value": page], to: "live/contoso/a-page.json")
        let (found, status) = try drift(shop)
        #expect(status == 0 && found.diagnostics.isEmpty && found.summary.drift["inSync"] == 9, "\(found.diagnostics)")
        // Where they contradict each other, it is unknown which is true.
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        let other = try drift(shop).found.diagnostics
        #expect(other.map(\.code).contains("CFG085"), "\(other)")
    }

    @Test func aTenantThatCannotBeReadIsAnErrorOfItsOwn() throws {
        let shop = try shop()
        try FileManager.default.removeItem(atPath: shop("live/contoso"))
        try shop.write("{", to: "live/fabrikam/broken.json")
        try shop.change("northwind/staff") { $0["accountName"] = "Other" }
        try shop.write("{}", to: "live/stranger/a.json")
        let (found, status) = try drift(shop)
        #expect(status == 1 && found.summary.failedTenants == 2 && found.profiles.keys.sorted() == ["northwind/staff"])
        #expect(found.diagnostics.filter { $0.severity == "error" }.compactMap(\.tenant) == ["contoso", "fabrikam"])
        #expect(found.diagnostics.contains { $0.file == "live/stranger" && $0.severity == "warning" })
        #expect(try shop.easel("drift", "--repo", "config", "--live", "nowhere").status == 1)
    }

    /// Each of these would look as if profiles were missing.
    @Test(arguments: ["refused", "empty object", "cut off beside another collection", "cut off beside a list", "groups alone", "a refusal among others", "a link to a folder", "YAML", "too deep", "counts more", "counts more in a batch"]) func anExportThatIsNotWholeIsAnError(_ fault: String) throws {
        let shop = try shop()
        func only(_ name: String, _ text: String) throws {
            try FileManager.default.removeItem(atPath: shop("live/contoso"))
            try shop.write(text, to: "live/contoso/\(name)")
        }
        switch fault {
        case "refused": try shop.write(#"{"error": {"code": "Forbidden", "message": "Application is not authorized"}}"#, to: "live/contoso/page2.json")
        case "empty object": try only("a.json", "{}")
        case "cut off beside another collection":
            let profile = try shop.read("live/contoso/staff.json")
            try only("page1.json", #"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations(assignments())", "value": [\#(profile)], "@odata.nextLink": "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations?$skiptoken=x"}"#)
            try shop.write(#"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#groups", "value": []}"#, to: "live/contoso/groups.json")
        case "cut off beside a list":
            try only("page1.json", #"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations", "value": [], "@odata.nextLink": "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations?$skiptoken=x"}"#)
            try shop.write("[]", to: "live/contoso/groups.json")
        case "groups alone":
            try only("groups.json", ##"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#groups", "value": [{"@odata.type": "#microsoft.graph.group", "id": "x", "displayName": "Staff"}]}"##)
        case "counts more":
            let profile = try shop.read("live/contoso/staff.json")
            try only("page1.json", #"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations(assignments())", "@odata.count": 3, "value": [\#(profile)]}"#)
            try shop.write(#"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations(assignments())", "value": [\#(try shop.read("config/tenants/contoso/tenant.json"))]}"#, to: "live/contoso/page2.json")
        case "counts more in a batch": try only("all.json", #"{"responses": [{"id": "1", "status": 200, "body": {"@odata.count": 1, "value": []}}]}"#)
        case "a refusal among others": try only("all.json", #"[{"error": {"code": "Forbidden"}}]"#)
        case "a link to a folder":
            try FileManager.default.moveItem(atPath: shop("live/contoso/staff.json"), toPath: shop("staff.json"))
            try FileManager.default.createSymbolicLink(atPath: shop("live/contoso/more"), withDestinationPath: shop.path)
        case "YAML":
            try FileManager.default.removeItem(atPath: shop("live/contoso/staff.json"))
            try shop.write("'@odata.type': '#microsoft.graph.iosEasEmailProfileConfiguration'\n", to: "live/contoso/staff.yaml")
        default:
            try shop.write(try shop.read("live/contoso/staff.json"), to: "live/contoso/\(String(repeating: "a/", count: 9))staff.json")
            try FileManager.default.removeItem(atPath: shop("live/contoso/staff.json"))
        }
        let (found, status) = try drift(shop)
        #expect(status == 1 && found.tenants.filter { $0.status == "failed" }.map(\.id) == ["contoso"] && found.profiles.isEmpty, "\(found)")
        #expect(found.diagnostics.contains { $0.severity == "error" && $0.tenant == "contoso" && ["CFG033", "CFG084"].contains($0.code) })
        #expect(try shop.easel("import", "live/contoso", "--into", "imported", "--tenant", "contoso").status == 1)
    }

    /// IntuneCD writes names of groups. If tenant.json does not define one, it is unknown whom the profile is assigned to.
    @Test func aGroupThatNobodyKnowsIsNoDrift() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { exported in
            exported["assignments"] = [["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupName": "Staff NL"]]]
        }
        let (found, status) = try drift(shop)
        #expect(status == 0 && found.diagnostics.contains { $0.severity == "warning" && $0.code == "CFG086" }, "\(found)")
    }

    @Test func filesOfAnyNameAreRead() throws {
        let shop = try shop()
        try FileManager.default.moveItem(atPath: shop("live/contoso/staff.json"), toPath: shop("live/contoso/staff"))
        try shop.write("How this was exported", to: "live/contoso/README.md")
        let (found, status) = try drift(shop)
        #expect(status == 0 && found.diagnostics.isEmpty, "\(found)")
    }

    /// If a tenant cannot be read in one night, its drift is not new in the next.
    @Test func whatIsKnownOutlivesABrokenNight() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        func night(_ number: Int) throws -> Workshop.Outcome {
            try shop.easel(
                "drift", "--repo", "config", "--live", "live", "--previous", "n\(number - 1).json", "--report", "n\(number).json", "--now", "2026-11-2\(number)T03:00:00Z")
        }
        let first = try night(1)
        #expect(first.status == 2 && first.out.contains("There is no earlier report at n0.json"))
        try shop.write("{", to: "live/contoso/broken.json")
        #expect(try night(2).status == 1)
        try FileManager.default.removeItem(atPath: shop("live/contoso/broken.json"))
        #expect(try night(3).lastLine.contains("0 new, 0 resolved"))
        #expect(try shop.read("n3.json").contains(#""firstSeen": "2026-11-21T03:00:00Z""#))
        try shop.write(try shop.easel("schema", "report").out, to: "schema.json")
        let valid = try shop.run(["/usr/bin/python3", "-c", "import json, jsonschema; jsonschema.validate(json.load(open('n2.json')), json.load(open('schema.json')))"])
        #expect(valid.status == 0, "\(valid.err)")
    }

    @Test func profilesAreKnownByTheirIDOnceItIsKnown() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "other.git", "--out", "out").status == 0)
        try shop.export()
        #expect(try shop.easel("adopt", "--repo", "config", "--live", "live").lastLine == "Adopted: 9 profiles.")
        try shop.change("contoso/staff") { $0["displayName"] = "Renamed by hand" }
        let (found, _) = try drift(shop)
        #expect(found.profiles.mapValues(\.drift) == ["contoso/staff": "modified"] && found.profiles["contoso/staff"]?.changes.map(\.path) == ["/displayName"])
        #expect(try shop.applied("tenants/contoso/state.json").contains(Workshop.graphID("contoso", "staff")))
        // Later reconciles keep the id.
        try shop.edit("tenants/contoso/profiles/staff.json", "Staff mail", "Mail for staff")
        try shop.commit("edit")
        #expect(try shop.easel("reconcile", "--repo", "config").status == 0)
        #expect(try shop.applied("tenants/contoso/state.json").contains(Workshop.graphID("contoso", "staff")))
    }

    /// Adopt renders what the tenant's targets ask for, and nothing else.
    @Test func adoptHeedsTargets() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "other.git", "--out", "out").status == 0)
        try shop.export()
        // Profiles of the third tenant need what a .mobileconfig can not have.
        try shop.edit("tenants/contoso/tenant.json", #""exchange""#, #""targets": ["mobileconfig"], "exchange""#)
        try shop.remove("tenants/contoso/profiles/kiosk.json")
        try shop.commit("mobileconfig")
        let adopted = try shop.easel("adopt", "--repo", "config", "--live", "live")
        #expect(adopted.lastLine == "Adopted: 8 profiles; 1 not adopted.", "\(adopted.out)\(adopted.err)")
        let files = try shop.git("ls-tree", "-r", "--name-only", "easel/applied", in: "config")
        #expect(!files.contains("tenants/contoso/payloads/staff.graph.json") && files.contains("tenants/contoso/profiles/staff.json"))
        #expect(files.contains("tenants/fabrikam/payloads/staff.graph.json"))
    }

    @Test func aProfileThatWasReplacedIsNotInSync() throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--state", "other.git", "--out", "out").status == 0)
        try shop.export()
        #expect(try shop.easel("adopt", "--repo", "config", "--live", "live").lastLine == "Adopted: 9 profiles.")
        let other = "99999999-0000-4000-8000-000000000001"
        try shop.change("contoso/staff") { $0["id"] = other }
        try shop.change("contoso/board") {
            $0["id"] = "99999999-0000-4000-8000-000000000002"
            $0["accountName"] = "Other"
        }
        let (found, status) = try drift(shop, "--tenant", "contoso")
        #expect(status == 2 && found.profiles.mapValues(\.drift) == ["contoso/staff": "replaced", "contoso/board": "replaced"], "\(found)")
        #expect(found.profiles["contoso/staff"]?.graphId == other && found.profiles["contoso/board"]?.changes.map(\.path) == ["/account/accountName"])
        #expect(found.diagnostics.filter { $0.code == "CFG088" }.count == 2 && found.summary.drift["inSync"] == 1)
        for format in ["text", "markdown", "html", "github", "junit", "sarif", "gitlab", "azure"] {
            let outcome = try shop.easel("drift", "--repo", "config", "--live", "live", "--tenant", "contoso", "--format", format)
            #expect(outcome.status == 2 && outcome.out.contains("replaced"), "\(format): \(outcome.out)")
        }
        // What is there now is what easel goes on with.
        #expect(try shop.easel("adopt", "--repo", "config", "--live", "live", "--tenant", "contoso").status == 0)
        #expect(try shop.applied("tenants/contoso/state.json").contains(other))
        let (after, _) = try drift(shop, "--tenant", "contoso")
        #expect(after.profiles.mapValues(\.drift) == ["contoso/board": "pending"], "\(after)")
    }

    /// The tenant's own id is in its export; another one's says nothing about it.
    @Test func theExportOfAnotherTenantIsAnError() throws {
        let shop = try shop()
        func organization(_ id: String, _ type: String = "") -> String {
            ##"{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#organization", "value": [{\##(type)"id": "\##(id)", "displayName": "X"}]}"##
        }
        let own = "00000000-0000-4000-8000-000000000001"
        try shop.write(organization(own.uppercased()), to: "live/contoso/organization.json")
        #expect(try drift(shop).status == 0)
        for type in ["", ##""@odata.type": "#microsoft.graph.organization", "##] {
            try shop.write(organization("00000000-0000-4000-8000-000000000002", type), to: "live/contoso/organization.json")
            let (found, status) = try drift(shop)
            #expect(status == 1 && found.diagnostics.contains { $0.code == "CFG087" && $0.file.hasSuffix("organization.json") && $0.tenant == "contoso" }, "\(found)")
            #expect(found.tenants.filter { $0.status == "failed" }.map(\.id) == ["contoso"])
            #expect(try shop.easel("import", "live/contoso", "--into", "config", "--tenant", "contoso").status == 1)
            #expect(try shop.easel("adopt", "--repo", "config", "--live", "live").status == 1)
        }
    }

    @Test func twoOfOneNameAreNotGuessedAt() throws {
        let shop = try shop()
        try shop.write(try shop.object("live/contoso/staff.json").merging(["id": "99999999-0000-4000-8000-000000000001", "useOAuth": true]) { $1 }, to: "live/contoso/copy.json")
        // The one that equals the applied profile is taken for it.
        let (copied, different) = try drift(shop, "--tenant", "contoso")
        #expect(different == 2 && copied.diagnostics.isEmpty && copied.profiles.values.map(\.drift) == ["unmanaged"])
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        let (found, status) = try drift(shop, "--tenant", "contoso")
        #expect(status == 1 && found.diagnostics.map(\.code) == ["CFG085"] && found.tenants.map(\.status) == ["failed"])
        // No profile of a failed tenant counts as in line.
        let all = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(all.status == 1 && all.lastLine == "In line: 6 profiles in 2 tenants; 1 tenant failed.", "\(all.out)")
    }

    @Test func whatIsOnlyPendingCannotBeAccepted() throws {
        let shop = try shop()
        try shop.write(try shop.read("config/tenants/contoso/profiles/board.json").replacingOccurrences(of: "Board mail", with: "More mail"), to: "config/tenants/contoso/profiles/more.json")
        try shop.edit("tenants/contoso/profiles/staff.json", #""accountName": "Mail""#, #""accountName": "Post""#)
        try shop.commit("edit")
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "drift.json").status == 2)
        for arguments in [["more"], ["staff", "/account/accountName"]] {
            let outcome = try shop.run([Workshop.binary, "accept"] + arguments + ["--tenant", "contoso", "--repo", "config", "--report", "drift.json", "--reason", "no"])
            #expect(outcome.status == 64 && outcome.err.contains("is pending"), "\(outcome.err)")
        }
        #expect(!shop.exists("config/tenants/contoso/accepted-drift.json"))
    }

    /// The file's name does not matter: the live profile belongs to the profile that was applied under its display name.
    @Test(arguments: ["a-staff", "z-staff"]) func aManifestThatMovesTakesNoProfileFromTheOneThatIsThere(_ id: String) throws {
        let shop = try shop()
        let manifest = try shop.read("config/tenants/contoso/profiles/staff.json")
        try shop.remove("tenants/contoso/profiles/staff.json")
        try shop.write(manifest, to: "config/tenants/contoso/profiles/\(id).json")
        try shop.commit("renamed")
        let (found, status) = try drift(shop, "--tenant", "contoso")
        #expect(status == 0 && found.profiles.isEmpty, "a rename is a move: \(found)")
    }

    @Test func acceptedDriftIsListedAndSetsNoExitCode() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { $0["durationOfEmailToSync"] = "oneWeek" }
        try FileManager.default.removeItem(atPath: shop("live/fabrikam/board.json"))
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "drift.json").status == 2)
        func accept(_ arguments: String...) throws -> Workshop.Outcome {
            try shop.run([Workshop.binary, "accept", "--repo", "config", "--report", "drift.json", "--reason", "They asked", "--accepted-by", "Ann"] + arguments)
        }
        #expect(try accept("staff", "/mail/amountToSync", "--tenant", "contoso", "--expires", "2099-12-01").status == 0)
        #expect(try accept("board", "--tenant", "fabrikam").status == 0)
        #expect(try accept("stuff", "/mail/amountToSync", "--tenant", "contoso").err.contains("Did you mean 'staff'?"))
        #expect(try accept("staff", "/account/oauth", "--tenant", "contoso").err.contains("only at: /mail/amountToSync"))
        try shop.commit("accept")
        #expect(try shop.easel("validate", "--repo", "config").status == 0)
        let (found, status) = try drift(shop)
        #expect(status == 0 && found.summary.drift["accepted"] == 2 && found.summary.drift["tenantsOutOfLine"] == 0)
        #expect(found.profiles["contoso/staff"]?.changes.first?.accepted?.reason == "They asked")
        let text = try shop.easel("drift", "--repo", "config", "--live", "live", "--now", "2026-11-24T01:00:00Z")
        #expect(text.out.contains("accepted by Ann until 2099-12-01: They asked") && text.lastLine == "In line: 9 profiles in 3 tenants; 2 accepted.")
        // Another value is drift again, and so is an expired entry; warnings report both.
        let late = try shop.run([Workshop.binary, "drift", "--repo", "config", "--live", "live", "--now", "2099-12-02T00:00:00Z"])
        #expect(late.status == 2 && late.out.contains("CFG091"))
        try shop.change("contoso/staff") { $0["durationOfEmailToSync"] = "oneDay" }
        let (again, code) = try drift(shop)
        #expect(code == 2 && again.diagnostics.map(\.code) == ["CFG090"])
        // The manifest's value goes out, and a warning says which accepted drift it undoes.
        try shop.edit("tenants/contoso/profiles/staff.json", #""account": {"#, #""mail": { "amountToSync": "unlimited" }, "account": {"#)
        try shop.commit("edit")
        #expect(try shop.report("plan", "--repo", "config").report.diagnostics.map(\.code) == ["CFG092"])
        #expect(try shop.report("plan", "--repo", "config", "--now", "2099-12-02T00:00:00Z").report.diagnostics.isEmpty)
        // So does a change of a profile that is missing on purpose. A manifest that takes over the accepted value undoes nothing.
        try shop.edit("tenants/contoso/profiles/staff.json", "unlimited", "oneWeek")
        try shop.edit("tenants/fabrikam/profiles/board.json", "Board mail", "Mail of the board")
        try shop.commit("other edits")
        let undone = try shop.report("plan", "--repo", "config").report.diagnostics
        #expect(undone.map(\.code) == ["CFG092"] && undone.first?.tenant == "fabrikam")
    }

    /// Where a tenant already has what is desired, the report says so setting by setting.
    @Test func whatIsThereAlreadyIsPendingByItsSettings() throws {
        let shop = try shop()
        try shop.edit("tenants/contoso/profiles/staff.json", #""account": {"#, #""mail": { "amountToSync": "oneWeek" }, "account": {"#)
        try shop.change("contoso/staff") { $0["durationOfEmailToSync"] = "oneWeek" }
        try shop.remove("tenants/fabrikam/profiles/board.json")
        try FileManager.default.removeItem(atPath: shop("live/fabrikam/board.json"))
        try shop.commit("both")
        let (found, status) = try drift(shop)
        #expect(status == 2 && found.profiles.mapValues(\.drift) == ["contoso/staff": "pending", "fabrikam/board": "pending"])
        #expect(found.profiles.mapValues { $0.changes.map(\.path) } == ["contoso/staff": ["/mail/amountToSync"], "fabrikam/board": [""]])
        #expect(found.profiles.values.allSatisfy { $0.action == "none" && $0.consequences.isEmpty })
        let text = try shop.easel("drift", "--repo", "config", "--live", "live")
        #expect(text.out.contains(#"/mail/amountToSync  in Intune: "oneWeek" · in Git (applied): "userDefined" · in Git (desired): "oneWeek""#), "\(text.out)")
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "drift.json").status == 2)
        let (again, _) = try drift(shop, "--previous", "drift.json")
        #expect(again.summary.drift["new"] == 0 && again.summary.drift["continuing"] == 2 && again.summary.drift["resolved"] == 0)
    }

    /// With `--adopt`, only unmanaged profiles get a manifest; a profile that was renamed does not.
    @Test func whatIsUnmanagedGetsAManifest() throws {
        let shop = try shop()
        // After adopt, the state knows the service's ids.
        try shop.git("branch", "--quiet", "-D", "easel/applied", in: "config")
        #expect(try shop.easel("adopt", "--repo", "config", "--live", "live").status == 0)
        try shop.change("contoso/staff") { $0["displayName"] = "Renamed by hand" }
        for (name, id) in [("made", "1"), ("wanted", "2")] {
            try FileManager.default.copyItem(atPath: shop("live/fabrikam/staff.json"), toPath: shop("live/fabrikam/\(name).json"))
            try shop.change("fabrikam/\(name)") { exported in
                exported["displayName"] = "Profile \(name)"
                exported["id"] = "99999999-0000-4000-8000-00000000000\(id)"
            }
        }
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "drift.json").status == 2)
        #expect(try shop.easel("accept", "profile-wanted", "--tenant", "fabrikam", "--repo", "config", "--report", "drift.json", "--reason", "No harm").status == 0)
        try shop.commit("accept")
        let outcome = try shop.easel("drift", "--repo", "config", "--live", "live", "--format", "json", "--adopt")
        #expect(outcome.status == 2 && outcome.err.contains("  written  tenants/fabrikam/profiles/profile-made.json\n"), "\(outcome.err)")
        #expect(try JSONDecoder().decode(Found.self, from: Data(outcome.out.utf8)).profiles.count == 3)
        #expect(try shop.git("status", "--short", "--untracked-files=all", in: "config") == "?? tenants/fabrikam/profiles/profile-made.json")
        try shop.commit("take it in")
        #expect(try shop.easel("adopt", "--repo", "config", "--live", "live").status == 0)
        #expect(try drift(shop).found.profiles.mapValues(\.drift) == ["contoso/staff": "modified", "fabrikam/profile-wanted": "unmanaged"])
        try shop.git("clone", "--quiet", "--bare", "config", "bare.git")
        #expect(try shop.easel("drift", "--repo", "bare.git", "--live", "live", "--adopt").status == 64)
    }

    @Test func aReproducibleReportBearsNoTimes() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { $0["useOAuth"] = true }
        func report(_ arguments: String...) throws -> String {
            try shop.run([Workshop.binary, "drift", "--repo", "config", "--live", "live", "--format", "json", "--reproducible"] + arguments).out
        }
        let one = try report("--report", "one.json")
        #expect(!one.contains("firstSeen") && one.contains(#""drift": "modified""#))
        let later = try report("--previous", "one.json")
        #expect(later.contains(#""status": "continuing""#) && !later.contains("firstSeen"))
        #expect(try report("--now", "2026-11-24T01:00:00Z").contains(#""firstSeen": "2026-11-24T01:00:00Z""#))
    }

    @Test func theSameDriftEveryNightIsNothingNew() throws {
        let shop = try shop()
        func night(_ day: String, previous: String? = nil) throws -> Found {
            _ = try shop.run([
                Workshop.binary, "drift", "--repo", "config", "--live", "live", "--now", "2026-11-\(day)T01:00:00Z", "--report", "\(day).json",
            ] + (previous.map { ["--previous", "\($0).json"] } ?? []))
            return try JSONDecoder().decode(Found.self, from: shop.data("\(day).json"))
        }
        try shop.change("contoso/staff") { $0["durationOfEmailToSync"] = "oneWeek" }
        try shop.change("fabrikam/staff") { $0["durationOfEmailToSync"] = "oneWeek" }
        let first = try night("20", previous: "19")
        #expect(first.resolved == nil && first.profiles["contoso/staff"]?.changes.first?.status == nil, "the first night there is none")
        try shop.change("northwind/staff") { $0["accountName"] = "Other" }
        try shop.change("fabrikam/staff") { $0["durationOfEmailToSync"] = "userDefined" }
        let second = try night("21", previous: "20")
        #expect(second.profiles["contoso/staff"]?.changes.first?.status == "continuing" && second.profiles["contoso/staff"]?.changes.first?.firstSeen == "2026-11-20T01:00:00Z")
        #expect(second.profiles["northwind/staff"]?.changes.first?.status == "new" && second.profiles["northwind/staff"]?.changes.first?.firstSeen == "2026-11-21T01:00:00Z")
        #expect(second.resolved?.map { "\($0.tenant)/\($0.profile)\($0.path)" } == ["fabrikam/staff/mail/amountToSync"])
        #expect(second.summary.drift["new"] == 1 && second.summary.drift["continuing"] == 1 && second.summary.drift["resolved"] == 1)
        // Each report passes the time on to the next; a tenant that cannot be read resolves nothing.
        try FileManager.default.removeItem(atPath: shop("live/northwind"))
        let third = try night("22", previous: "21")
        #expect(third.profiles["contoso/staff"]?.changes.first?.firstSeen == "2026-11-20T01:00:00Z" && third.resolved?.isEmpty == true)
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--previous", "none.json", "--tenant", "contoso").status == 2, "the first night there is none")
    }

    /// Whatever became of last night's report: drift is looked for, and the new report heals it.
    @Test(arguments: ["empty", "cut", "later", "of another command"]) func anEarlierReportThatCannotBeUsedIsToldAndReplaced(_ what: String) throws {
        let shop = try Workshop()
        try shop.makeFleet()
        #expect(try shop.easel("reconcile", "--repo", "config", "--out", "out").status == 0)
        try shop.export()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        func night(_ arguments: String...) throws -> Workshop.Outcome {
            try shop.run([Workshop.binary, "drift", "--repo", "config", "--live", "live", "--report", "p.json"] + arguments)
        }
        #expect(try night().status == 2)
        let good = try shop.read("p.json")
        switch what {
        case "empty": try shop.write("", to: "p.json")
        case "cut": try shop.write(String(good.prefix(300)), to: "p.json")
        case "later": try shop.write(good.replacingOccurrences(of: #""formatVersion": "1.0""#, with: #""formatVersion": "1.1""#), to: "p.json")
        default: try shop.write(try shop.read("out/report.json"), to: "p.json")
        }
        let first = try night("--previous", "p.json")
        #expect(first.status == 2 && first.out.contains("The earlier report cannot be used"), "\(first.out)\(first.err)")
        let second = try night("--previous", "p.json")
        #expect(second.status == 2 && !second.out.contains("cannot be used") && second.out.contains("0 new"), "\(second.out)\(second.err)")
    }

    /// The profile ids of unmanaged profiles depend on their names and on each other; what was accepted belongs to the service's id.
    @Test func anUnmanagedProfileIsKnownByTheServicesID() throws {
        let shop = try shop()
        func night(_ number: Int) throws -> Found {
            _ = try shop.easel("drift", "--repo", "config", "--live", "live", "--tenant", "contoso", "--report", "\(number).json", "--previous", "\(number - 1).json")
            return try JSONDecoder().decode(Found.self, from: shop.data("\(number).json"))
        }
        func extra(_ number: Int) -> String { "99999999-0000-4000-8000-00000000000\(number)" }
        for number in 1...2 {
            try shop.write(try shop.object("live/contoso/staff.json").merging(["id": extra(number), "displayName": "Extra", "hostName": "mx\(number).contoso.com"]) { $1 }, to: "live/contoso/extra-\(number).json")
        }
        let ids = try night(1).profiles.values.sorted { $0.id < $1.id }.map { ($0.id, $0.graphId) }
        #expect(ids.map(\.0) == ["extra", "extra-2"])
        #expect(try shop.easel("accept", "extra", "--tenant", "contoso", "--repo", "config", "--report", "1.json", "--reason", "Old").status == 0)
        #expect(try shop.read("config/tenants/contoso/accepted-drift.json").contains(#""graphId": "\#(ids[0].1 ?? "none")""#))
        // Accepting the other one keeps the entry of the first.
        #expect(try shop.easel("accept", "extra-2", "--tenant", "contoso", "--repo", "config", "--report", "1.json", "--reason", "Old").status == 0)
        try shop.edit("tenants/contoso/accepted-drift.json", #""profile": "extra-2""#, #""profile": "extra""#)
        #expect(try shop.easel("accept", "extra", "--tenant", "contoso", "--repo", "config", "--report", "1.json", "--reason", "Older").status == 0)
        #expect(try (shop.object("config/tenants/contoso/accepted-drift.json")["entries"] as? [Workshop.Object])?.count == 2)
        try shop.write(["kind": "acceptedDrift", "entries": [["profile": "extra", "path": "", "graphId": ids[0].1 ?? "", "reason": "Old", "acceptedBy": "Ann"]]], to: "config/tenants/contoso/accepted-drift.json")
        try shop.commit("accept")
        #expect(try shop.easel("validate", "--repo", "config").status == 0)
        // The accepted one is deleted, and the other takes over its profile id: it is neither accepted nor new.
        for number in 1...2 where extra(number) == ids[0].1 { try FileManager.default.removeItem(atPath: shop("live/contoso/extra-\(number).json")) }
        let second = try night(2)
        #expect(second.profiles.keys.sorted() == ["contoso/extra"] && second.diagnostics.map(\.code) == ["CFG090"])
        #expect(second.profiles["contoso/extra"]?.changes.map(\.status) == ["continuing"] && second.profiles["contoso/extra"]?.changes.first?.accepted == nil)
        #expect(second.resolved?.map(\.profile) == ["extra"], "the one that is gone")
    }

    @Test func whatIsGoneAltogetherHasResolvedNothing() throws {
        let shop = try shop()
        try shop.change("contoso/staff") { $0["accountName"] = "Other" }
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "1.json").status == 2)
        try FileManager.default.removeItem(atPath: shop("live/contoso/staff.json"))
        #expect(try shop.easel("drift", "--repo", "config", "--live", "live", "--report", "2.json", "--previous", "1.json").status == 2)
        let found = try JSONDecoder().decode(Found.self, from: shop.data("2.json"))
        #expect(found.resolved?.isEmpty == true && found.profiles["contoso/staff"]?.changes.map(\.status) == ["new"])
    }
}
