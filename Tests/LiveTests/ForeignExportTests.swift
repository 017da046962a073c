import Foundation
import JSONSource
import Profiles
import Testing

@testable import Live

/// What other tools write: read where the meaning is beyond doubt, otherwise named, with the export to make instead.
@Suite struct ForeignExportTests {
    private let certificate: JSON = ["@odata.type": "#microsoft.graph.iosScepCertificateProfile", "id": "bbbbbbbb-0000-4000-8000-000000000001", "displayName": "Device certificate"]

    private func read(_ files: [String: String]) throws -> LiveTenant {
        let folder = try Exported()
        for (name, text) in files { try folder.write("contoso/" + name, text) }
        return try folder.read()
    }

    private func one(_ changes: [String: JSON?]) throws -> (profile: LiveProfile, diagnostics: [Diagnostic]) {
        let live = try read(["a.json": export(changes)])
        return (try #require(live.profiles.first), live.diagnostics)
    }

    private func quoted(_ text: String) -> String { JSON.string(text).compact }

    // MARK: Forms that are not read

    @Test(arguments: ["PowerShell SDK", "PowerShell SDK without one", "CIPP", "bundle", "deep", "text", "untyped"]) func otherFormsAreNamed(_ form: String) throws {
        let typed = ##"{"@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "hostName": "mail.contoso.com"}"##
        let (text, words, line) =
            switch form {
            case "PowerShell SDK": ("[{\"Id\": \"x\",\n\"AdditionalProperties\": \(typed)}]", "AdditionalProperties", 2)
            case "PowerShell SDK without one":
                ("[{\"Id\": \"x\",\n\"AdditionalProperties\": {\"@odata.type\": \"#microsoft.graph.iosGeneralDeviceConfiguration\"}}]", "AdditionalProperties", 2)
            case "CIPP": ("{\"Displayname\": \"Staff\",\n\"RAWJson\": \(quoted(export()))}", "RAWJson", 2)
            case "bundle": ("{\"version\": \"1.0\",\n\"policies\": [\(typed)]}", "\"policies\"", 2)
            case "deep": ("{\"tenant\": {\"intune\": {\n\"items\": [[\(typed)]]}}}", "\"tenant\"", 2)
            case "text": ("{\"content\":\n\(quoted(export()))}", "\"content\"", 2)
            default: ("{\"profiles\":\n[{\"hostName\": \"mail.contoso.com\", \"easServices\": \"email\"}]}", "\"profiles\"", 2)
            }
        for name in ["x.json", "beside.json"] {
            // Beside a whole list, too: what it has more would seem to be gone.
            var files = [name: text]
            if name == "beside.json" { files["list.json"] = "{\"value\": [\(export())]}" }
            let live = try read(files)
            #expect(live.isBroken && live.diagnostics.map(\.code) == ["CFG084"], "\(form): \(live.diagnostics)")
            let found = try #require(live.diagnostics.first)
            #expect(found.message.contains(words) && found.line == line && found.help?.contains("deviceConfigurations?$expand=assignments") == true, "\(found)")
        }
    }

    /// An empty list in place of an export would say that every profile is gone.
    @Test(arguments: ["{}", "[]x", "{\"policies\": []}", "{\"a\": [{\"b\": 1}]}"]) func noAdviceMakesATenantLookEmpty(_ text: String) throws {
        let live = try read(["a.json": text])
        #expect(live.isBroken && !live.diagnostics.contains { $0.help?.contains("\"value\": []") == true }, "\(live.diagnostics)")
        #expect(DiagnosticCode.noExport.remedy.contains("\"value\": []") == false)
        let folder = try Exported()
        #expect(try folder.read().diagnostics.allSatisfy { $0.help?.contains("\"value\": []") == false })
    }

    @Test(arguments: ["yaml", "xml", "csv"]) func whatIsNotJSONIsNamed(_ form: String) throws {
        let live = try read(["a.json": export(), "b.\(form)": "'#microsoft.graph.iosEasEmailProfileConfiguration'"])
        #expect(live.isBroken && live.diagnostics.map(\.code) == ["CFG033"] && live.diagnostics.first?.message.contains(form.uppercased()) == true, "\(live.diagnostics)")
    }

    // MARK: PowerShell

    @Test func whatConvertToJsonHasCutOffGetsAHint() throws {
        let assignment: JSON = ["id": "1", "target": "@{groupId=cccccccc-0000-4000-8000-000000000001}"]
        for (property, value) in [
            ("assignments", "System.Object[]"), ("assignments", ["@{id=1; target=}"]), ("assignments", [assignment]), ("assignments", "System.Collections.Hashtable"),
            ("roleScopeTagIds", "System.Object[]"), ("identityCertificate", "@{id=1}"),
        ] as [(String, JSON)] {
            let (_, diagnostics) = try one([property: value])
            let errors = diagnostics.filter { $0.severity == .error }
            #expect(errors.map(\.code) == ["CFG081"] && errors.first?.help == "Export again with ConvertTo-Json -Depth 20", "\(property): \(diagnostics)")
            #expect(errors.first?.message.hasPrefix("\(property) is cut off") == true && (errors.first?.line ?? 0) > 1)
        }
        for text in ["{\"value\": [\"@{id=1}\"]}", "{\"value\": \"System.Object[]\"}"] {
            let live = try read(["a.json": text])
            #expect(live.diagnostics.map(\.code).first == "CFG081" && live.diagnostics.first?.help?.contains("-Depth 20") == true, "\(live.diagnostics)")
        }
        // People may write what they like.
        #expect(try one(["displayName": "@{x}", "description": "System.Object[]"]).diagnostics.isEmpty)
        // A list of ids that was cut off can still be read.
        let (profile, diagnostics) = try one(["roleScopeTagIds": "7 0"])
        #expect(profile[.roleScopeTagIds] == .texts(["0", "7"]) && diagnostics.map(\.code) == ["CFG080"])
    }

    @Test func aListWithOneElementMayBeThatElement() throws {
        let (profile, diagnostics) = try one(["assignments": ["target": ["@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"]]])
        #expect(profile[.include]?.targets.map(\.audienceID) == ["allDevices"] && diagnostics.isEmpty)
    }

    @Test func timesOfTwoForms() throws {
        #expect(try one([:]).profile.lastModified?.description == "2021-01-01T00:00:00Z")
        #expect(try one(["lastModifiedDateTime": "/Date(1767225600000)/"]).profile.lastModified?.description == "2026-01-01T00:00:00Z")
        #expect(try one(["lastModifiedDateTime": "01/02/2026"]).profile.lastModified == nil && one(["lastModifiedDateTime": nil]).profile.lastModified == nil)
    }

    // MARK: IntuneCD

    @Test func theArchiveIsThePast() throws {
        let live = try read([
            "Device Configurations/other.json": ##"{"@odata.type": "#microsoft.graph.iosGeneralDeviceConfiguration"}"##,
            "__archive__/2026-01-05/Device Configurations/staff.json": export(), "__archive__/broken.json": "{",
        ])
        #expect(live.profiles.isEmpty && !live.isBroken && live.archived == 2, "\(live.diagnostics)")
        // Alone it says nothing about the tenant.
        #expect(try read(["__archive__/staff.json": export()]).isBroken)
    }

    @Test func scopeTagsComeAsNames() throws {
        #expect(try one(["roleScopeTagIds": ["Default"]]).profile[.roleScopeTagIds] == .texts(["0"]))
        let (profile, diagnostics) = try one(["roleScopeTagIds": ["Default", "Helpdesk"]])
        #expect(profile[.roleScopeTagIds] == nil && diagnostics.map(\.code) == ["CFG086"] && diagnostics.first?.severity == .warning)
        for tags in [
            ##"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/roleScopeTags", "value": [{"id": "7", "displayName": "Helpdesk"}]}"##,
            ##"{"@odata.type": "#microsoft.graph.roleScopeTag", "id": "7", "displayName": "Helpdesk"}"##,
        ] {
            let live = try read(["a.json": export(["roleScopeTagIds": ["Default", "Helpdesk"]]), "tags.json": tags])
            #expect(live.profiles.first?[.roleScopeTagIds] == .texts(["0", "7"]) && live.diagnostics.isEmpty, "\(live.diagnostics)")
        }
        let text = #"{"kind": "tenant", "tenantId": "99999999-0000-4000-8000-000000000001", "displayName": "C", "exchange": "online", "scopeTags": {"Helpdesk": "8"}}"#
        let tenant = try #require(Tenant(id: "contoso", JSONDocument(file: "tenant.json", bytes: Array(text.utf8)), targets: []))
        let folder = try Exported()
        try folder.write("contoso/a.json", export(["roleScopeTagIds": ["Helpdesk"]]))
        #expect(try folder.read(in: tenant).profiles.first?[.roleScopeTagIds] == .texts(["8"]))
    }

    // MARK: IntuneBackupAndRestore

    @Test func assignmentsThatAreApartAreJoined() throws {
        let group: JSON = ["id": "a", "intent": "apply", "target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": "cccccccc-0000-4000-8000-000000000001"]]
        let mail = export(["assignments": nil])
        let other = export(["assignments": nil, "id": "aaaaaaaa-0000-4000-8000-000000000002", "displayName": "Mail: NL/BE"])
        for list in [JSON.array([group]), group, ["value": [group]]] {
            let live = try read([
                "Device Configurations/Staff mail.json": mail, "Device Configurations/Assignments/Staff mail.json": pretty(list),
                "Device Configurations/x.json": other, "Device Configurations/Assignments/Mail_ NL_BE.json": pretty(list), "Client Apps/Assignments/Staff mail.json": pretty([group, group]),
            ])
            #expect(live.diagnostics.isEmpty && live.profiles.map { $0[.include]?.targets.map(\.audienceID) } == [["cccccccc-0000-4000-8000-000000000001"], ["cccccccc-0000-4000-8000-000000000001"]], "\(live.diagnostics)")
            #expect(live.others.isEmpty)
        }
        // Without its file a profile's assignments are unknown, not none.
        let live = try read(["Device Configurations/Staff mail.json": mail, "Device Configurations/Assignments/Other.json": pretty([group])])
        #expect(live.profiles.first?.saysAssignments == false)
        // What the profile itself says counts.
        let own = try read(["D/Staff mail.json": export(), "D/Assignments/Staff mail.json": pretty([group])])
        #expect(own.profiles.first?[.include] == .targets([]))
    }

    /// Graph's own answer about one profile; none means nobody there.
    @Test func aPageOfAssignmentsNamesItsProfile() throws {
        func page(_ list: String, _ more: String = "") -> String {
            ##"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations('AAAAAAAA-0000-4000-8000-000000000001')/microsoft.graph.iosEasEmailProfileConfiguration/assignments", \##(more)"value": [\##(list)]}"##
        }
        let target = ##"{"target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}}"##
        for (text, expected) in [(page(target), ["allDevices"]), (page(""), []), (page(target, #""@odata.nextLink": "https://x", "#), nil)] as [(String, [String]?)] {
            let live = try read(["a.json": export(["assignments": nil]), "staff-assignments.json": text])
            #expect(live.profiles.first?[.include]?.targets.map(\.audienceID) == expected && live.others.isEmpty, "\(live.diagnostics)")
        }
    }

    // MARK: IntuneManagement

    @Test func namesInPlaceOfIDsAreUsed() throws {
        let changes: [String: JSON?] = ["authenticationMethod": "certificate", "#CustomRef_identityCertificate": "Device certificate|:|#microsoft.graph.iosScepCertificateProfile"]
        let (unknown, codes) = try one(changes)
        #expect(unknown[.identityCertificate] == nil && codes.isEmpty, "\(codes)")
        let live = try read(["a.json": export(changes), "b.json": pretty(certificate)])
        #expect(live.profiles.first?[.identityCertificate]?.reference?.id == "bbbbbbbb-0000-4000-8000-000000000001")
        let table = #"{"TenantId": "99999999-0000-4000-8000-000000000001", "Organization": "Contoso", "Objects": [{"Id": "CCCCCCCC-0000-4000-8000-000000000001", "DisplayName": "All staff", "Type": "Group"}]}"#
        let named = try read(["a.json": export(), "MigrationTable.json": table])
        #expect(named.directory.names[.groups] == ["cccccccc-0000-4000-8000-000000000001": "All staff"] && named.directory.organization?.displayName == "Contoso" && named.others.isEmpty)
    }

    // MARK: Values

    @Test func assignmentsOfPolicySetsAreNotTheProfilesOwn() throws {
        let own: JSON = ["source": "direct", "target": ["@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"]]
        let set: JSON = ["source": "policySets", "sourceId": "x", "target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": "cccccccc-0000-4000-8000-000000000001"]]
        let (profile, diagnostics) = try one(["assignments": [own, set]])
        #expect(profile[.include]?.targets.map(\.audienceID) == ["allDevices"] && diagnostics.map(\.code) == ["CFG089"] && diagnostics.first?.severity == .warning)
        #expect(diagnostics.first?.pointer == "/assignments/1")
    }

    @Test func aCertificateThatNothingUsesIsNamed() throws {
        let address: JSON = "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('bbbbbbbb-0000-4000-8000-000000000001')"
        for (property, value) in [("identityCertificate", certificate), ("smimeSigningCertificate@odata.bind", address), ("#CustomRef_smimeEncryptionCertificate", "Old|:|x")] as [(String, JSON)] {
            let (_, diagnostics) = try one([property: value, "requireSmime": true])
            #expect(diagnostics.map(\.code) == ["CFG093"] && diagnostics.first?.severity == .warning && (diagnostics.first?.line ?? 0) > 0, "\(diagnostics)")
        }
        #expect(try one(["identityCertificate": .null, "authenticationMethod": "usernameAndPassword"]).diagnostics.isEmpty)
        #expect(try one(["identityCertificate": certificate, "authenticationMethod": "certificate"]).diagnostics.isEmpty)
    }

    @Test func whatMustBeAGUIDAndIsNoneIsAnError() throws {
        for (property, value) in [("perAppVPNProfileId", "Per App VPNProfile Id value"), ("id", "Id value")] as [(String, JSON)] {
            let (_, diagnostics) = try one([property: value])
            #expect(diagnostics.map(\.code) == ["CFG081"] && diagnostics.first?.message.contains("is not a GUID") == true && diagnostics.first?.pointer == "/\(property)", "\(diagnostics)")
        }
        let live = try read(["a.json": export(), "o.json": ##"{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#organization/$entity", "id": "contoso", "displayName": "C"}"##])
        #expect(live.diagnostics.map(\.code) == ["CFG081"], "\(live.diagnostics)")
        // Names are no ids, and identify nothing.
        let group = ##"{"@odata.type": "#microsoft.graph.group", "id": "staff", "displayName": "Staff"}"##
        let target: JSON = ["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupName": "Staff"]]
        #expect(try read(["a.json": export(["assignments": [target]]), "g.json": group]).diagnostics.map(\.code) == ["CFG086"])
    }

    @Test func letterCaseDoesNotHideAProfile() throws {
        let (profile, diagnostics) = try one(["@odata.type": "#Microsoft.Graph.IosEasEmailProfileConfiguration"])
        #expect(profile.displayName == "Staff mail" && diagnostics.map(\.code) == ["CFG080"])
        let filter: [String: JSON] = ["deviceAndAppManagementAssignmentFilterId": "dddddddd-0000-4000-8000-000000000001", "deviceAndAppManagementAssignmentFilterType": "Include"]
        let target = JSON.object(["@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"].merging(filter) { own, _ in own })
        let assigned = try one(["assignments": [["intent": "Apply", "target": target]]])
        #expect(assigned.profile[.include]?.targets.first?.filter?.mode == .include && assigned.diagnostics.isEmpty)
    }

    @Test func wordsAndSpacesThatGraphDoesNotWriteAreRead() throws {
        let (profile, diagnostics) = try one(["hostName": " Mail.Contoso.com ", "usernameAADSource": "samAccountName", "userDomainNameSource": "FullDomainName"])
        #expect(profile[.server] == .text("mail.contoso.com") && profile[.usernameDomain] == .domain(.attribute("fullDomainName")))
        #expect(diagnostics.map(\.code) == ["CFG080", "CFG080"] && diagnostics.allSatisfy { $0.line > 1 && $0.severity == .warning })
    }
}
