import Foundation
import Impact
import JSONSource
import Payloads
import Profiles
import TestSupport
import Testing

@testable import Live

/// A temporary folder for one test.
final class Exported {
    let path = "/tmp/easel-live-tests-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String, encoding: String.Encoding = .utf8, mark: [UInt8] = []) throws {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try (Data(mark) + #require(text.data(using: encoding))).write(to: file)
    }

    func read(_ tenant: String = "contoso", in known: Tenant? = nil) throws -> LiveTenant {
        let found = try ExportFolder(path: path).objects(of: LiveTenantQuery(id: tenant, tenantID: known?.tenantID, cloud: known?.cloud))
        return LiveTenant(found, names: TenantNames(known, found.directory))
    }
}

/// A profile as the service returns it, with some properties changed; nil removes one.
func export(_ changes: [String: JSON?] = [:]) -> String {
    var members: [String: JSON] = [
        "@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "id": "AAAAAAAA-0000-4000-8000-000000000001", "displayName": "Staff mail",
        "description": .null, "version": 3, "createdDateTime": "2020-01-01T00:00:00Z", "lastModifiedDateTime": "2021-01-01T00:00:00Z", "roleScopeTagIds": ["0"],
        "supportsScopeTags": true, "hostName": "Outlook.Office365.com", "accountName": "Mail", "usernameSource": "userPrincipalName",
        "usernameAADSource": "userPrincipalName", "userDomainNameSource": "fullDomainName", "customDomainName": .null, "emailAddressSource": "primarySmtpAddress",
        "authenticationMethod": "usernameAndPassword", "requireSsl": true, "useOAuth": false, "easServices": "calendars,contacts,email,notes,reminders",
        "easServicesUserOverrideEnabled": true, "requireSmime": false, "signingCertificateType": "none", "encryptionCertificateType": "none",
        "durationOfEmailToSync": "userDefined", "perAppVPNProfileId": .null, "deviceManagementApplicabilityRuleOsEdition": .null, "assignments": [],
    ]
    for (key, value) in changes { members[key] = value }
    return pretty(.object(members))
}

@Suite struct ExportTests {
    private func one(_ changes: [String: JSON?]) throws -> (profile: LiveProfile, codes: [String]) {
        let folder = try Exported()
        try folder.write("contoso/a.json", export(changes))
        let live = try folder.read()
        return (try #require(live.profiles.first), live.diagnostics.map(\.code))
    }

    @Test func whatTheServiceAddsIsTheDefault() throws {
        let (profile, codes) = try one([:])
        #expect(codes == [])
        #expect(profile.graphID == "aaaaaaaa-0000-4000-8000-000000000001" && profile.displayName == "Staff mail")
        let effective = profile.effective(id: "staff", unknownAs: nil)
        for (setting, value) in zip(Catalogue.settings, effective.values) where setting.fallback != nil {
            #expect(value == setting.restingValue, "\(setting.path)")
        }
        #expect(effective[.server] == .text("outlook.office365.com"))
    }

    @Test func whatTheServiceLeavesOutIsTheDefaultToo() throws {
        let (profile, codes) = try one(["requireSsl": nil, "easServices": nil, "durationOfEmailToSync": nil, "roleScopeTagIds": nil, "description": nil])
        #expect(codes == [])
        #expect(profile.effective(id: "a", unknownAs: nil).values == (try one([:]).profile.effective(id: "a", unknownAs: nil).values))
        #expect(try one(["hostName": nil]).codes == ["CFG081"], "without a required property the profile is unknown")
    }

    @Test(arguments: [
        ("calendars,contacts,email,notes,reminders", "all", []), ("reminders,notes,email,contacts,calendars", "all", []), ("email", "emailOnly", []),
        ("Email , Calendars,contacts,notes, reminders", "all", ["CFG080"]), ("contacts, calendars", "calendarAndContactsOnly", ["CFG080"]),
        ("none", "none", ["CFG082"]), ("email,calendars", "calendars+email", []), ("email,fax", "email,fax", ["CFG082"]),
    ]) func services(_ text: String, _ word: String, _ codes: [String]) throws {
        let found = try one(["easServices": .string(text)])
        #expect(found.profile[.exchangeData] == (word.contains("+") ? .texts(word.split(separator: "+").map(String.init)) : .text(word)))
        #expect(found.codes == codes)
    }

    @Test func valuesThatAToolHasChangedAreReadWithAWarning() throws {
        let (profile, codes) = try one(["useOAuth": "True", "authenticationMethod": " usernameandpassword", "roleScopeTagIds": [0, 7]])
        #expect(profile[.oauth] == .bool(true) && profile[.method] == .text("usernameAndPassword") && profile[.roleScopeTagIds] == .texts(["0", "7"]))
        #expect(codes.sorted() == ["CFG080", "CFG080"])
        #expect(try one(["useOAuth": "perhaps"]).codes == ["CFG081"])
        #expect(try one(["newSetting": 1, "other": .null]).codes == ["CFG083"])
        #expect(try one(["authenticationMethod": "retina"]).codes == ["CFG082"])
    }

    @Test func certificatesAreKnownOnlyWhenTheyAreExported() throws {
        let (unknown, codes) = try one(["authenticationMethod": "certificate"])
        #expect(codes == [] && unknown[.identityCertificate] == nil)
        for value: (String, JSON) in [
            ("identityCertificate@odata.bind", "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('BBBBBBBB-0000-4000-8000-000000000001')"),
            ("identityCertificate", ["id": "bbbbbbbb-0000-4000-8000-000000000001", "displayName": "Device certificate"]),
        ] {
            let found = try one(["authenticationMethod": "certificate", value.0: value.1])
            #expect(found.profile[.identityCertificate]?.reference?.id == "bbbbbbbb-0000-4000-8000-000000000001")
        }
        #expect(try one(["identityCertificate": ["id": "bbbbbbbb-0000-4000-8000-000000000001"]]).profile[.identityCertificate] == SettingValue.none, "it has no effect with a password")
    }

    @Test func assignments() throws {
        func target(_ type: String, _ members: [String: JSON] = [:]) -> JSON {
            ["target": .object(["@odata.type": .string("#microsoft.graph.\(type)")].merging(members) { own, _ in own })]
        }
        let group = "CCCCCCCC-0000-4000-8000-000000000001"
        let filter = "DDDDDDDD-0000-4000-8000-000000000001"
        let leavers = "EEEEEEEE-0000-4000-8000-000000000001"
        let all: [String: JSON?] = [
            "assignments": [
                target("groupAssignmentTarget", ["groupId": .string(group), "deviceAndAppManagementAssignmentFilterId": .string(filter), "deviceAndAppManagementAssignmentFilterType": "include"]),
                target("allLicensedUsersAssignmentTarget", ["deviceAndAppManagementAssignmentFilterId": .null, "deviceAndAppManagementAssignmentFilterType": "none"]),
                target("exclusionGroupAssignmentTarget", ["groupName": "Leavers", "groupType": "StaticMembership"]),
            ]
        ]
        // IntuneCD writes names only. If a name is unknown, so is whom the profile is assigned to.
        let unknown = try one(all)
        #expect(unknown.codes == ["CFG086"] && unknown.profile[.include] == nil && unknown.profile[.exclude] == nil)
        let folder = try Exported()
        try folder.write("contoso/a.json", export(all))
        try folder.write("contoso/g.json", ##"{"@odata.type": "#microsoft.graph.group", "id": "\##(leavers)", "displayName": "Leavers"}"##)
        let live = try folder.read()
        let profile = try #require(live.profiles.first)
        #expect(live.diagnostics.isEmpty)
        let include = profile[.include]?.targets ?? []
        #expect(include.map(\.audienceID).sorted() == ["allUsers", group.lowercased()])
        #expect(include.first { $0.filter != nil }?.filter?.reference.id == filter.lowercased())
        #expect(profile[.exclude]?.targets.map(\.audienceID) == [leavers.lowercased()])
        #expect(try one(["assignments": nil]).profile[.include] == nil)
        #expect(try one(["assignments": [target("somethingNew")]]).codes == ["CFG081"])
        // An assignment that takes the profile away from its target does not include it.
        func meant(_ intent: JSON) -> JSON { ["intent": intent, "target": ["@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"]] }
        #expect(try one(["assignments": [meant("remove")]]).codes == ["CFG081"] && one(["assignments": [meant("apply")]]).codes == [])
        #expect(try one(["assignments": [meant(.null)]]).profile[.include]?.targets.count == 1)
    }

    @Test func everyWayToLieInAFolder() throws {
        let folder = try Exported()
        func profile(_ number: Int, _ name: String) -> String { export(["id": .string("aaaaaaaa-0000-4000-8000-00000000000\(number)"), "displayName": .string(name)]) }
        try folder.write("contoso/single.json", profile(1, "One"))
        try folder.write("contoso/list.JSON", "[\(profile(2, "Two"))]", encoding: .utf16LittleEndian, mark: [0xFF, 0xFE])
        try folder.write("contoso/pages/1.json", #"{"@odata.nextLink": "https://x", "value": [\#(profile(3, "Three"))]}"#, mark: [0xEF, 0xBB, 0xBF])
        try folder.write("contoso/pages/2.json", ##"{"value": [\##(profile(4, "Four")), {"@odata.type": "#microsoft.graph.windows10CustomConfiguration", "id": "x"}]}"##, encoding: .utf16BigEndian)
        try folder.write("contoso/Device Configurations/a.json", profile(1, "One"))
        try folder.write("contoso/Device Configurations/readme.txt", "no export")
        try folder.write("contoso/.git/b.json", "no JSON")
        let live = try folder.read()
        #expect(live.diagnostics.isEmpty, "\(live.diagnostics)")
        #expect(live.profiles.map(\.displayName) == ["Four", "One", "Three", "Two"])
        #expect(live.others == ["windows10CustomConfiguration": 1])
    }

    @Test(arguments: [
        ("a.json", "{", "JSON0"), ("a.json", "7", "CFG081"), ("a.txt", "{}", "CFG084"), ("a.json", #"{"@odata.nextLink": "https://x", "value": []}"#, "CFG084"), ("a.json", "[7]", "CFG081"),
    ]) func anExportThatIsNoneIsAnErrorOfItsTenant(_ name: String, _ text: String, _ code: String) throws {
        let folder = try Exported()
        try folder.write("contoso/" + name, text)
        let live = try folder.read()
        #expect(live.isBroken && live.diagnostics.contains { $0.code.hasPrefix(code) }, "\(live.diagnostics)")
        #expect(try folder.read("fabrikam").isBroken, "a missing folder is not an empty tenant")
        try folder.write("northwind/none.json", #"{"value": []}"#)
        #expect(!(try folder.read("northwind").isBroken))
    }

    @Test func aCountIsOfAllPages() throws {
        let folder = try Exported()
        let page = ##""@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations""##
        try folder.write("contoso/1.json", ##"{\##(page), "@odata.count": 2, "@odata.nextLink": "https://x", "value": [\##(export())]}"##)
        try folder.write("contoso/2.json", ##"{\##(page), "value": [\##(export(["id": "AAAAAAAA-0000-4000-8000-000000000002", "displayName": "Other"]))]}"##)
        try folder.write("contoso/groups.json", ##"{"@odata.context": "https://graph.microsoft.com/beta/$metadata#groups", "@odata.count": 1, "value": [{"id": "1", "displayName": "Staff"}]}"##)
        let live = try folder.read()
        #expect(!live.isBroken && live.profiles.count == 2 && live.directory.names[.groups] == ["1": "Staff"], "\(live.diagnostics)")
    }

    @Test func numbersOfNamesAreFoundInFewSteps() {
        var taken: Set<String> = []
        for number in 1...20_000 { #expect(profileID(of: "Mail", taken: &taken) == (number == 1 ? "mail" : "mail-\(number)")) }
    }

    @Test func theSameProfileTwiceIsOneUnlessTheyDiffer() throws {
        let folder = try Exported()
        try folder.write("contoso/a.json", export())
        try folder.write("contoso/b.json", export())
        #expect(try folder.read().profiles.count == 1)
        try folder.write("contoso/c.json", export(["useOAuth": true]))
        #expect(try folder.read().diagnostics.map(\.code) == ["CFG085"])
    }

    /// Everything that a manifest can express comes back from its own payload.
    @Test(arguments: [1, 2, 3] as [UInt64]) func payloadsComeBackAsTheProfilesThatTheyWereMadeOf(_ seed: UInt64) throws {
        let tenant = try #require(Tenant(id: "contoso", JSONDocument(file: "tenant.json", bytes: Array(pretty(RandomManifest.tenant).utf8)), targets: PayloadTargets.descriptions))
        var random = RandomManifest(seed: seed, isForGraphOnly: true)
        for number in 0..<150 {
            var diagnostics: [Diagnostic] = []
            let manifest = try Manifest(id: "p", file: "p.json", bytes: random.bytes(), bases: Bases(), reader: { _ in nil })
            let profile = try #require(manifest.resolve(in: tenant, diagnostics: &diagnostics), "\(diagnostics)")
            let body = try #require(JSONDocument(file: "p", bytes: GraphPayload.body(profile, cloud: .global)).root)
            guard case .object(var object) = body.plain, case .object(let assign)? = JSONDocument(file: "p", bytes: GraphPayload.assign(profile)).root?.plain else {
                Issue.record("no objects")
                return
            }
            object["assignments"] = assign["assignments"]
            let document = JSONDocument(file: "export.json", bytes: Array(pretty(.object(object)).utf8))
            let live = LiveProfile(try #require(document.root), names: TenantNames(tenant, LiveDirectory()))
            #expect(live.diagnostics.isEmpty, "\(live.diagnostics)")
            // Only what the service would have to expand may be taken from the applied profile.
            let back = live.effective(id: "p", unknownAs: profile)
            #expect(Comparison(before: profile, after: back).changes.isEmpty, "profile \(number): \(pretty(.object(object)))")
            #expect(Comparison(before: back, after: profile).changes.isEmpty)
        }
    }

    @Test func namesMakeIDs() {
        var taken: Set<String> = []
        let names = ["Staff — Müller's mail", "staff müller s MAIL!", "Straße", "メール", "", String(repeating: "x", count: 200), "a\u{301}b"]
        let ids = names.map { profileID(of: $0, taken: &taken) }
        #expect(ids == ["staff-muller-s-mail", "staff-muller-s-mail-2", "strasse", "profile", "profile-2", String(repeating: "x", count: 60), "ab"])
        #expect(ids.allSatisfy(StringForm.id.accepts))
    }
}
