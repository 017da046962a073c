import JSONSource
import Testing

@testable import Profiles

@Suite struct TenantTests {
    private func told(_ diagnostics: [Diagnostic]) -> [String] { diagnostics.sorted().map { "\($0.code) \($0.pointer)" } }
    private func told(_ path: String, _ value: JSON) -> [String] { told(tenantDiagnostics(Sample.tenant.setting(path, value).pretty)) }
    private let guid = JSON.string(Sample.staff)

    @Test func everyFieldIsRead() throws {
        let tenant = try tenant(["cloud": "usGovDoD", "iosAccountsApp": "granted", "minimumOS": "16.7.1", "targets": ["mobileconfig", "graph"],
            "allDevices": ["members": 9]])
        #expect(tenant.id == "contoso" && tenant.tenantID == "f3c95789-ace1-4954-ac5d-6baed2eac902" && tenant.displayName == "Contoso",
            "the GUID in lower case")
        #expect(tenant.cloud == .usGovDoD && tenant.facts == TenantFacts(exchange: .online, iosAccountsApp: .granted, minimumOS: OSVersion(16, 7, 1), certificateTypes: tenant.facts.certificateTypes, writesMobileconfig: true)
            && tenant.facts.certificateTypes["4f0c9931-918c-40bf-9670-c342c6cce996"] == .pkcs)
        #expect(tenant.targets.map(\.name) == ["graph", "mobileconfig"] && tenant.allUsers == 130 && tenant.allDevices == 9)
        #expect(tenant.groups.keys.sorted() == ["board", "everyone", "leavers", "staff"]
            && tenant.groups["everyone"] == Tenant.Group(id: Sample.staff, members: 119, kind: nil))
        #expect(tenant.filters["corporate"] == "6caf76a5-7035-48ae-8280-ad3729a6f2e7" && tenant.filters.count == 2)
        #expect(tenant.certificateProfiles["signing"] == .init(id: "4f0c9931-918c-40bf-9670-c342c6cce996", type: .pkcs, scep: nil))
        #expect(tenant.certificateProfiles["identity"]?.scep?["Keysize"] == 2048 && tenant.certificateProfiles.count == 2)
        #expect(tenant.vpnProfiles["mail-vpn"]?.vpnUUID == "61111111-AAAA-4333-8444-555555555555" && tenant.vpnProfiles["old-vpn"]?.vpnUUID == nil)
        #expect(tenant.derivedCredentials == Sample.issuer)
        #expect(tenant.members(of: "allUsers") == 130 && tenant.members(of: Sample.staff) == 120, "the larger of two names' numbers")
        #expect(tenant.members(of: "f1260ebc-7d56-4b56-b714-dc919b27dbdf") == nil && tenant.members(of: "nobody") == nil)
    }

    @Test func whatIsNotSaidHasItsDefault() throws {
        let least = try tenant(#"{"kind": "tenant", "tenantId": "\#(Sample.staff)", "displayName": "x", "exchange": "other"}"#)
        #expect(least.cloud == .global && least.facts == TenantFacts(exchange: .other, iosAccountsApp: .unknown, minimumOS: OSVersion(17)))
        #expect(least.scopeTags == ["Default": "0"])
        #expect(least.targets.map(\.name) == ["graph"] && least.groups.isEmpty && least.filters.isEmpty && least.certificateProfiles.isEmpty
            && least.vpnProfiles.isEmpty)
        #expect(least.allUsers == nil && least.allDevices == nil && least.derivedCredentials == nil && least.members(of: "allUsers") == nil)
        #expect(least.mdmTokens == ["userPrincipalName": "{{userprincipalname}}", "primarySmtpAddress": "{{mail}}"])
        let tokens = try tenant(["mdmTokens": ["userPrincipalName": "%u%", "fullDomainName": "%d%", "$comment": "c"]]).mdmTokens
        #expect(tokens == ["userPrincipalName": "%u%", "primarySmtpAddress": "{{mail}}", "fullDomainName": "%d%"])
    }

    @Test func factsAboutGroups() throws {
        let tenant = try tenant(["groups": ["board": ["kind": "devices"], "staff": ["kind": "users"]], "managedEmailRequired": ["staff", "allUsers"], "scopeTags": ["Helpdesk": "7"]])
        let board = try #require(tenant.groups["board"]?.id)
        #expect(tenant.facts.kinds == [Sample.staff: .users, board: .devices] && tenant.facts.managedEmailRequired == [Sample.staff, "allUsers"])
        #expect(tenant.scopeTags == ["Default": "0", "Helpdesk": "7"])
    }

    @Test func factsMustFit() {
        #expect(told("managedEmailRequired", ["stuff"]) == ["CFG010 /managedEmailRequired/0"])
        #expect(tenantDiagnostics(["managedEmailRequired": ["stuff"]]).map(\.message) == ["This tenant has no group 'stuff'. Did you mean 'staff'?"])
        #expect(told("groups.everyone.kind", "robots") == ["CFG003 /groups/everyone/kind"])
        #expect(tenantDiagnostics(["groups": ["everyone": ["kind": "users"], "staff": ["kind": "devices"]]]).count == 1, "two names for one group")
        #expect(told("scopeTags", ["Helpdesk": "x"]).count == 1 && told("scopeTags", ["Helpdesk": "12"]).isEmpty)
    }

    @Test(arguments: ["kind", "tenantId", "displayName", "exchange"]) func isRequired(_ key: String) {
        #expect(told(tenantDiagnostics(.object([key: .null]))) == ["CFG006 /" + key])
        #expect(told(key, .null) == ["CFG007 /" + key])
    }

    @Test func acceptsWhatItShould() {
        let accepted: [(String, [JSON])] = [
            ("cloud", ["global", "usGov", "usGovDoD", "china"]), ("exchange", ["online", "hybridModernAuth", "onPremises", "other"]),
            ("iosAccountsApp", ["granted", "unknown"]),
            ("minimumOS", ["13.0", "17", "16.7.1", "100.0"]), ("targets", [["graph"], ["mobileconfig"], ["mobileconfig", "graph"]]),
            ("groups", [[:], ["Sales & Marketing 😀": ["id": guid]]]),
            ("groups.staff.members", [0, 1, 100_000_000]), ("allUsers", [[:], ["members": 0]]), ("filters", [[:]]), ("tenantId", [guid]),
            ("vpnProfiles.x", [["id": guid], ["id": guid, "vpnUUID": guid, "$comment": "c"]]),
            ("certificateProfiles.x", [["id": guid, "type": "pkcs"], ["id": guid, "type": "scep"]]),
            ("mdmTokens", [[:], ["samAccountName": "x", "netBiosDomainName": "y"]]), ("groups.$comment", ["a comment, no group"]),
        ]
        for (path, values) in accepted { for value in values { #expect(told(path, value) == [], "\(path) \(value.compact)") } }
    }

    @Test func refusesWhatItShould() {
        let refused: [(String, JSON, String)] = [
            ("cloud", "Global", "CFG003 /cloud"), ("exchange", "exchangeOnline", "CFG003 /exchange"),
            ("iosAccountsApp", true, "CFG002 /iosAccountsApp"), ("kind", "Tenant", "CFG003 /kind"),
            ("minimumOS", "13.0.0.0", "CFG004 /minimumOS"), ("minimumOS", "13.", "CFG004 /minimumOS"), ("minimumOS", "iOS 13", "CFG004 /minimumOS"),
            ("minimumOS", "", "CFG005 /minimumOS"),
            ("minimumOS", 13, "CFG002 /minimumOS"), ("minimumOS", "1000", "CFG004 /minimumOS"), ("targets", [], "CFG005 /targets"),
            ("targets", ["graph", "graph"], "CFG013 /targets/1"),
            ("targets", ["intune"], "CFG003 /targets/0"), ("targets", "graph", "CFG002 /targets"), ("tenantId", "contoso", "CFG005 /tenantId"),
            ("tenantId", "g3c95789-ace1-4954-ac5d-6baed2eac902", "CFG004 /tenantId"),
            ("tenantId", "f3c957890ace1-4954-ac5d-6baed2eac902", "CFG004 /tenantId"),
            ("displayName", "", "CFG005 /displayName"), ("displayName", "a\nb", "CFG004 /displayName"), ("groups", [], "CFG002 /groups"),
            ("groups.x", "id", "CFG002 /groups/x"),
            ("groups.x", [:], "CFG006 /groups/x/id"), ("groups.x", ["id": guid, "name": "x"], "CFG001 /groups/x/name"),
            ("groups.staff.members", -1, "CFG005 /groups/staff/members"),
            ("groups.staff.members", 100_000_001, "CFG005 /groups/staff/members"), ("groups.staff.members", "7", "CFG002 /groups/staff/members"),
            ("groups", ["": ["id": guid]], "CFG004 /groups/"),
            ("groups.a\u{7}", ["id": guid], "CFG004 /groups/a\u{7}"), ("allUsers", 5, "CFG002 /allUsers"),
            ("allUsers", ["count": 5], "CFG001 /allUsers/count"),
            ("filters.x", ["id": guid], "CFG002 /filters/x"), ("filters.x", "y", "CFG005 /filters/x"),
            ("certificateProfiles.x", ["id": guid], "CFG006 /certificateProfiles/x/type"),
            ("certificateProfiles.x", ["id": guid, "type": "PKCS"], "CFG003 /certificateProfiles/x/type"),
            ("vpnProfiles.x", ["id": guid, "vpnUUID": ""], "CFG005 /vpnProfiles/x/vpnUUID"),
            ("derivedCredentials", guid, "CFG002 /derivedCredentials"), ("derivedCredentials", [:], "CFG006 /derivedCredentials/id"),
            ("mdmTokens.upn", "x", "CFG001 /mdmTokens/upn"),
            ("mdmTokens.samAccountName", "", "CFG005 /mdmTokens/samAccountName"), ("$comment", ["x"], "CFG002 /$comment"),
            ("groups.$comment", ["id": guid], "CFG002 /groups/$comment"),
            ("group", [:], "CFG001 /group"),
        ]
        for (path, value, expected) in refused { #expect(told(path, value) == [expected], "\(path) \(value.compact)") }
        #expect(told("groups.staff.members", .string("x")).count == 1)
        let fraction = Sample.tenant.pretty.replacing("\"members\": 130", with: "\"members\": 130.0")
        #expect(told(tenantDiagnostics(fraction)) == ["CFG005 /allUsers/members"])
        #expect(tenantDiagnostics(["minimumOs": "13.0"]).map(\.message) == ["Unknown key 'minimumOs'. Did you mean 'minimumOS'?"])
    }

    @Test func allProblemsAtOnceWithTheirPlaces() {
        let text = #"""
            {
              "kind": "tenant",
              "tenantId": "1",
              "displayName": "Contoso", "exchange": "onlin",
              "groups": { "staff": { "id": "x" }, "ö": {} },
              "targets": ["graph", "graph"],
            }
            """#
        #expect(
            tenantDiagnostics(text).sorted().map { "\($0.code) \($0.line):\($0.column) \($0.pointer)" } == [
                "CFG005 3:15 /tenantId", "CFG003 4:41 /exchange", "CFG005 5:32 /groups/staff/id", "CFG006 5:44 /groups/ö/id",
                "CFG013 6:24 /targets/1", "JSON004 6:32 ",
            ])
    }

    /// A JSON object may hold both, a person cannot tell them apart, and Swift's dictionaries keep one of them.
    @Test func namesThatOnlyCodePointsTellApartAreRefused() {
        let text = Sample.tenant.pretty.replacing("\"leavers\"",
            with: "\"caf\u{E9}\": {\"id\": \"\(Sample.staff)\"}, \"cafe\u{301}\": {\"id\": \"\(Sample.issuer)\"}, \"leavers\"")
        #expect(told(tenantDiagnostics(text)) == ["CFG013 /groups/cafe\u{301}"])
    }

    // MARK: Certificates

    private func scep(_ key: String, _ value: JSON) -> [String] { told("certificateProfiles.identity.scep." + key, value) }

    /// Apple's schema of com.apple.security.scep.
    @Test func theSCEPBlockHasApplesShape() {
        let accepted: [(String, [JSON])] = [
            ("URL", ["http://a", "https://scep.contoso.com/certsrv/mscep/mscep.dll?x=1"]), ("Name", ["example.org"]), ("Keysize", [1024, 2048, 4096]),
            ("Key Type", ["RSA"]),
            ("Key Usage", [0, 1, 4, 5]), ("CAFingerprint", ["qrvM3Q==", "AAAA", "aaa="]), ("Retries", [0, 3]), ("RetryDelay", [0, 10]),
            ("KeyIsExtractable", [true, false]),
            ("AllowAllAppsAccess", [true]), ("Challenge", ["secret"]), ("Subject",
                [[], [[["C", "US"]], [["O", "Apple Inc."], ["OU", "x"]], [["1.2.5.3", "bar"]]]]),
            ("SubjectAltName", [[:], ["rfc822Name": "a", "dNSName": ["a", "b"], "uniformResourceIdentifier": "u", "ntPrincipalName": []]]),
            ("$comment", ["c"]),
        ]
        for (key, values) in accepted { for value in values { #expect(scep(key, value) == [], "\(key) \(value.compact)") } }
        let refused: [(String, JSON, String)] = [
            ("URL", "ftp://a.b.c", "CFG004 /URL"), ("URL", "https://", "CFG004 /URL"), ("URL", "https://a b", "CFG004 /URL"),
            ("URL", .null, "CFG007 /URL"), ("Keysize", 2049, "CFG003 /Keysize"),
            ("Keysize", 3072, "CFG003 /Keysize"), ("Keysize", 0, "CFG003 /Keysize"), ("Keysize", "2048", "CFG002 /Keysize"),
            ("Key Type", "EC", "CFG003 /Key Type"),
            ("Key Usage", 2, "CFG003 /Key Usage"), ("Key Usage", 3, "CFG003 /Key Usage"), ("Key Usage", 8, "CFG003 /Key Usage"),
            ("Key Usage", true, "CFG002 /Key Usage"),
            ("Subject", [[["C"]]], "CFG005 /Subject/0/0"), ("Subject", [[["C", "US", "x"]]], "CFG005 /Subject/0/0"),
            ("Subject", [[[]]], "CFG005 /Subject/0/0"), ("Subject", [[]], "CFG005 /Subject/0"),
            ("Subject", [["C", "US"]], "CFG002 /Subject/0/0"), ("Subject", "/C=US", "CFG002 /Subject"),
            ("Subject", [[["C", 1]]], "CFG002 /Subject/0/0/1"),
            ("CAFingerprint", "qrvM3Q", "CFG004 /CAFingerprint"), ("CAFingerprint", "qrvM3Q=a", "CFG004 /CAFingerprint"),
            ("CAFingerprint", "aa_-", "CFG004 /CAFingerprint"),
            ("CAFingerprint", "a===", "CFG004 /CAFingerprint"), ("Retries", -1, "CFG005 /Retries"),
            ("KeyIsExtractable", 1, "CFG002 /KeyIsExtractable"),
            ("SubjectAltName", ["dnsName": "a"], "CFG001 /SubjectAltName/dnsName"),
            ("SubjectAltName", ["dNSName": [1]], "CFG002 /SubjectAltName/dNSName/0"),
            ("KeyUsage", 5, "CFG001 /KeyUsage"), ("$comment", 1, "CFG002 /$comment"),
        ]
        for (key, value, expected) in refused {
            let expected = expected.replacing(" /", with: " /certificateProfiles/identity/scep/", maxReplacements: 1)
            // "Subject/0" and the rest stand below the pair, where a pair's elements are wrong in both places.
            let found = scep(key, value)
            #expect(found.first == expected && Set(found.map { $0.prefix(6) }).count == 1, "\(key) \(value.compact): \(found)")
        }
        #expect(told("certificateProfiles.identity.scep", [:]) == ["CFG006 /certificateProfiles/identity/scep/URL"])
    }

    @Test func commentsAreNoPartOfTheCertificate() throws {
        let commented = Sample.tenant.setting("certificateProfiles.identity.scep.$comment",
            "c").setting("certificateProfiles.identity.scep.SubjectAltName.$comment", "c")
        let (plain, other) = (try tenant(["targets": ["mobileconfig"]]), try tenant(commented.setting("targets", ["mobileconfig"]).pretty))
        #expect(plain.certificateProfiles["identity"] == other.certificateProfiles["identity"])
        let patch: JSON = ["account": ["authentication": ["method": "certificate", "certificateProfile": "identity"]]]
        let digests = try [plain, other].map { try #require(try resolve(patch: patch, in: $0).profile?.digest) }
        #expect(digests[0] == digests[1])
        let changed = try tenant(Sample.tenant.setting("certificateProfiles.identity.scep.Retries", 4).setting("targets", ["mobileconfig"]).pretty)
        #expect(try resolve(patch: patch, in: changed).profile?.digest != digests[0], "while anything else in it is")
    }

    @Test func oneIdHasOneCertificate() throws {
        let identity = try #require(Sample.tenant.at("certificateProfiles.identity"))
        let capitals = identity.setting("id", .string(Sample.identity.uppercased()))
        #expect(told("certificateProfiles.again", capitals) == [])
        #expect(told("certificateProfiles.again", capitals.setting("scep.$comment", "another comment")) == [])
        let other = tenantDiagnostics(Sample.tenant.setting("certificateProfiles.kiosk", capitals.setting("scep.Retries", 7)).pretty)
        #expect(told(other) == ["CFG008 /certificateProfiles/kiosk"]
            && other.first?.message == "Certificate profile 'kiosk' has the same id as 'identity' but a different 'scep' block")
        #expect(told("certificateProfiles.again", .object(identity.members.filter { $0.key != "scep" })) == ["CFG008 /certificateProfiles/identity"])
        #expect(told("certificateProfiles.$comment", "c") == [])
    }

    @Test func versionsAreOrdered() throws {
        let versions = try ["9", "12.4", "13.0", "13.0.1", "13.1", "100"].map { try #require(OSVersion($0)) }
        #expect(versions.shuffled().sorted() == versions && OSVersion("13") == OSVersion("13.0.0") && versions.map(\.description)[3] == "13.0.1")
        for text in ["", ".", "13.", ".1", "1.2.3.4", "-1", "1e2", " 13", "１３"] { #expect(OSVersion(text) == nil, "\(text)") }
    }
}
