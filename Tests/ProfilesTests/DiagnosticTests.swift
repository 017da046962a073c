import JSONSource
import Testing

@testable import Profiles

/// What is told of a manifest as a whole: everything, once, with its place and what may have been meant.
@Suite struct DiagnosticTests {
    @Test func allProblemsAtOnce() throws {
        let text = #"""
            {
              "kind": "iosEmailProfile",
              "displayName": "Staff mail",
              "account": {
                "server": "https://outlook.office365.com/", "accountName": "Contoso mail",
                "usernameAttribute": "samaccountname", "emailAddressAttribute": true,
                "authentication": { "method": "certificate" }, "ssl": "yes", "oAuth": true,
              },
              "sync": { "exchangeData": "emailonly" }, // mail
              "smime": { "signing": { "enabled": true } },
              "mail": { "vpnProfile": "mail_vpn" },
              "asignments": {},
              "assignments": { "include": [ { "group": "staf" }, { "group": "board" } ], "exclude": [ { "group": "board" } ] }
            }
            """#
        let outcome = try resolve(text)
        #expect(outcome.profile == nil)
        #expect(
            outcome.told == [
                "CFG004 5:15 /account/server", "CFG003 6:26 /account/usernameAttribute", "CFG002 6:69 /account/emailAddressAttribute",
                "CFG006 7:35 /account/authentication/certificateProfile", "CFG002 7:59 /account/ssl", "CFG001 7:66 /account/oAuth",
                "JSON004 7:79 /account",
                "CFG003 9:29 /sync/exchangeData", "JSON005 9:44 ", "CFG009 10:38 /smime/signing/enabled", "CFG010 11:27 /mail/vpnProfile",
                "CFG001 12:3 /asignments",
                "CFG010 13:44 /assignments/include/0/group", "CFG011 13:91 /assignments/exclude/0",
            ])
    }

    /// Every code that this module's own checks can give has stood in a test above or stands in one beside it.
    @Test func codesAreStableAndTitled() {
        #expect(
            DiagnosticCode.allCases.map(\.rawValue) == [
                "CFG001", "CFG002", "CFG003", "CFG004", "CFG005", "CFG006", "CFG007", "CFG008", "CFG009", "CFG010",
                "CFG011", "CFG012", "CFG013", "CFG014", "CFG020", "CFG021", "CFG022", "CFG030", "CFG031", "CFG032", "CFG033",
                "CFG034", "CFG035", "CFG036", "CFG037", "CFG038", "CFG039", "CFG042", "CFG043", "CFG044", "CFG040",
                "CFG041", "CFG050", "CFG051", "CFG052", "CFG053", "CFG060", "CFG061", "CFG062", "CFG063", "CFG064", "CFG065", "CFG066",
                "CFG070", "CFG080", "CFG081", "CFG082", "CFG083", "CFG084", "CFG085", "CFG086", "CFG087", "CFG088",
                "CFG089", "CFG093", "CFG094", "CFG095", "CFG096", "CFG097", "CFG090", "CFG091", "CFG092",
            ])
        #expect(Set(DiagnosticCode.allCases.map(\.title)).count == DiagnosticCode.allCases.count)
    }

    @Test func unknownKeysTellWhatMayHaveBeenMeant() throws {
        func message(_ patch: JSON) throws -> [String] { try resolve(patch: patch).diagnostics.map(\.message) }
        #expect(try message(.saying("account.oAuth", true)) == ["Unknown key 'oAuth'. Did you mean 'oauth'?"])
        #expect(try message(.saying("displayname", "x")) == ["Unknown key 'displayname'. Did you mean 'displayName'?"])
        #expect(try message(.saying("mail.allowThridPartyApps", true)) == ["Unknown key 'allowThridPartyApps'. Did you mean 'allowThirdPartyApps'?"])
        #expect(try message(.saying("zzz", true)) == ["Unknown key 'zzz'"])
        let help = try resolve(patch: .saying("sync.zzz", true)).diagnostics.first?.help
        #expect(help == "Known keys: exchangeData, userCanChange")
        #expect(try message(.saying("sync.exchangeData", "emailonly")) == ["'emailonly' is not allowed here. Did you mean 'emailOnly'?"])
        let long = String(repeating: "x", count: 5000)
        #expect(try message(.saying(long, true)).allSatisfy { $0.count < 200 })
    }

    @Test func unresolvedNamesListNearOnes() throws {
        func told(_ patch: JSON, _ tenantPatch: JSON = [:]) throws -> Diagnostic { try #require(try resolve(patch: patch,
            in: tenant(tenantPatch)).diagnostics.first) }
        let group = try told(.saying("assignments.include", [["group": "staf"]]))
        #expect(group.message == "Tenant contoso has no group 'staf'. Did you mean 'staff'?" && group.code == "CFG010" && group.help == nil)
        let filter = try told(.saying("assignments.include", [["group": "staff", "filter": "Corprate", "filterMode": "include"]]))
        #expect(filter.message == "Tenant contoso has no filter 'Corprate'. Did you mean 'corporate'?" && filter.pointer == "/assignments/include/0/filter")
        #expect(try told(.saying("mail.vpnProfile", "mailvpn")).message == "Tenant contoso has no VPN profile 'mailvpn'. Did you mean 'mail-vpn'?")
        let certificate = try told(["account": ["authentication": ["method": "certificate", "certificateProfile": "xyz"]]])
        #expect(certificate.message == "Tenant contoso has no certificate profile 'xyz'")
        #expect(certificate.help == "Add it to tenants/contoso/tenant.json, or use one that is there: identity, signing")
        #expect(try told(.saying("mail.vpnProfile", "x"), ["vpnProfiles": .null]).help == "Add it to tenants/contoso/tenant.json, which defines no VPN profiles")
        let many = JSON.object(Dictionary(uniqueKeysWithValues: (10..<40).map { ("group-\($0)", ["id": .string(Sample.staff)]) }))
        #expect(try told(.saying("assignments.include", [["group": "zzzzzz"]]),
            ["groups": many]).help?.hasSuffix("group-19, group-20, group-21, …") == false)
        #expect(try told(.saying("assignments.include", [["group": "zzzzzz"]]), ["groups": many]).help?.hasSuffix(", …") == true)
    }

    // MARK: Settings against each other

    @Test(arguments: [
        // The OAuth rule, and the two methods it goes with.
        (#"{"account":{"oauth":true,"authentication":{"method":"derivedCredential"}}}"#, ["CFG008 /account/oauth"]),
        (#"{"account":{"oauth":true,"authentication":{"method":"certificate","certificateProfile":"identity"}}}"#, []),
        (#"{"account":{"oauth":true}}"#, []),
        // A domain goes with sAM account names and with nothing else.
        (#"{"account":{"usernameAttribute":"samAccountName"}}"#, ["CFG006 /account/usernameDomain"]),
        (#"{"account":{"usernameDomain":{"custom":"contoso.com"}}}"#, ["CFG008 /account/usernameDomain"]),
        (#"{"account":{"usernameAttribute":"samAccountName","usernameDomain":{"custom":"contoso.com"}}}"#, []),
        // Certificates go with the choice of one.
        (#"{"account":{"authentication":{"certificateProfile":"identity"}}}"#, ["CFG008 /account/authentication/certificateProfile"]),
        (#"{"account":{"authentication":{"method":"certificate"}}}"#, ["CFG006 /account/authentication/certificateProfile"]),
        (#"{"smime":{"enabled":true,"signing":{"certificate":{"type":"certificate"}}}}"#, ["CFG006 /smime/signing/certificate/profile"]),
        (#"{"smime":{"enabled":true,"encryption":{"certificate":{"type":"none","profile":"signing"}}}}"#,
            ["CFG008 /smime/encryption/certificate/profile"]),
        (#"{"smime":{"enabled":true,"signing":{"certificate":{"type":"certificate","profile":"signing"}}}}"#, []),
        // S/MIME that is off.
        (#"{"smime":{"signing":{"enabled":true}}}"#, ["CFG009 /smime/signing/enabled"]),
        (#"{"smime":{"enabled":false,"encryption":{"byDefault":true,"perMessage":false}}}"#, ["CFG009 /smime/encryption/byDefault"]),
        (#"{"smime":{"enabled":false,"signing":{"enabled":false,"certificate":{"type":"notConfigured"}}}}"#, []),
        (
            #"{"smime":{"signing":{"certificate":{"type":"certificate","profile":"signing"}}}}"#,
            ["CFG009 /smime/signing/certificate/profile", "CFG009 /smime/signing/certificate/type"]
        ),
        // What is wrong already is not held against others.
        (#"{"smime":{"enabled":"no","signing":{"enabled":true}}}"#, ["CFG002 /smime/enabled"]),
        (#"{"account":{"authentication":{"method":"cert","certificateProfile":"identity"}}}"#, ["CFG003 /account/authentication/method"]),
        (#"{"account":{"usernameAttribute":"sam","usernameDomain":{"custom":"a"}}}"#, ["CFG003 /account/usernameAttribute"]),
        // Targets.
        (#"{"assignments":{"include":["allUsers",{"group":"staff"}],"exclude":[{"group":"everyone"}]}}"#, ["CFG011 /assignments/exclude/0"]),
    ])
    func settingsGoTogether(_ patch: String, _ told: [String]) throws {
        let outcome = try resolve(patch: JSON(parsing: patch))
        #expect(outcome.diagnostics.map { "\($0.code) \($0.pointer)" }.sorted() == told)
        #expect((outcome.profile == nil) == !told.isEmpty)
    }

    @Test func twoNamesOfOneGroupAreOneTarget() throws {
        let told = try resolve(patch: .saying("assignments.include", [["group": "staff"], ["group": "everyone"]])).diagnostics
        #expect(told.map(\.message) == ["'everyone' is listed twice in 'include'"] && told[0].help == "Remove one of the two; the group's id is \(Sample.staff)")
    }

    @Test func derivedCredentialsNeedAnIssuer() throws {
        let patch = JSON.saying("account.authentication.method", "derivedCredential")
        let sound = try resolve(patch: patch)
        #expect(sound.told == [] && sound.value("fromTenant.derivedCredentials") == ["name": "derivedCredentials", "id": .string(Sample.issuer)])
        let warned = try resolve(patch: patch, in: tenant(["derivedCredentials": .null]))
        #expect(warned.profile != nil && warned.codes == ["CFG041"] && warned.diagnostics.map(\.severity) == [.warning], "a warning is no error")
        #expect(warned.diagnostics[0].pointer == "/account/authentication/method" && warned.value("fromTenant.derivedCredentials") == .null)
    }

    @Test(arguments: [
        (#"{}"#, #"{}"#, []), (#"{"account":{"authentication":{"method":"derivedCredential"}}}"#, #"{}"#, ["CFG040 /account/authentication/method"]),
        (#"{"smime":{"enabled":true,"signing":{"certificate":{"type":"derivedCredential"}}}}"#, #"{}"#, ["CFG040 /smime/signing/certificate/type"]),
        (#"{"account":{"authentication":{"method":"certificate","certificateProfile":"identity"}}}"#, #"{}"#, []),
        (#"{"account":{"authentication":{"method":"certificate","certificateProfile":"signing"}}}"#, #"{}"#,
            ["CFG040 /account/authentication/certificateProfile"]),
        (#"{"mail":{"vpnProfile":"mail-vpn"}}"#, #"{}"#, []), (#"{"mail":{"vpnProfile":"old-vpn"}}"#, #"{}"#, ["CFG040 /mail/vpnProfile"]),
        (#"{"account":{"usernameAttribute":"samAccountName","usernameDomain":{"custom":"a"}}}"#, #"{}"#, ["CFG040 /account/usernameAttribute"]),
        (#"{"account":{"usernameAttribute":"samAccountName","usernameDomain":{"custom":"a"}}}"#, #"{"mdmTokens":{"samAccountName":"%sam%"}}"#, []),
        (
            #"{"account":{"usernameAttribute":"samAccountName","usernameDomain":{"attribute":"fullDomainName"}}}"#,
            #"{"mdmTokens":{"samAccountName":"%sam%"}}"#,
            ["CFG040 /account/usernameDomain"]
        ),
    ])
    func whatTheMobileconfigCannotSay(_ patch: String, _ tenantPatch: String, _ told: [String]) throws {
        let inTenant = try tenant(JSON(parsing: tenantPatch).patched(with: ["targets": ["graph", "mobileconfig"]]))
        let outcome = try resolve(patch: JSON(parsing: patch), in: inTenant)
        #expect(outcome.errors.map { "\($0.code) \($0.pointer)" } == told)
        #expect(try resolve(patch: JSON(parsing: patch), in: tenant(JSON(parsing: tenantPatch))).told == [], "no matter, where nobody asks for it")
    }

    @Test func userNamesInTheMobileconfig() throws {
        let tokens: JSON = ["targets": ["mobileconfig"], "mdmTokens": ["samAccountName": "%sam%", "netBiosDomainName": "%nb%",
            "primarySmtpAddress": "%mail%"]]
        func names(_ account: JSON) throws -> [JSON?] {
            let outcome = try resolve(patch: ["account": account], in: tenant(tokens))
            return ["fromTenant.userName", "fromTenant.emailAddress"].map(outcome.value)
        }
        #expect(try names([:]) == ["{{userprincipalname}}", "%mail%"])
        #expect(try names(["usernameAttribute": "primarySmtpAddress", "emailAddressAttribute": "userPrincipalName"]) == ["%mail%",
            "{{userprincipalname}}"])
        #expect(try names(["usernameAttribute": "samAccountName", "usernameDomain": ["custom": "contoso.com"]]) == [#"contoso.com\%sam%"#, "%mail%"])
        #expect(try names(["usernameAttribute": "samAccountName", "usernameDomain": ["attribute": "netBiosDomainName"]]) == [#"%nb%\%sam%"#,
            "%mail%"])
    }

    // MARK: One cause, one problem

    @Test func aSectionOfAnotherTypeIsOneProblem() throws {
        for section in ["account", "smime", "mail", "sync", "assignments"] {
            for value: JSON in [5, "x", [], true] { #expect(try resolve(Sample.manifest.setting(section,
                value)).diagnostics.map(\.pointer) == ["/" + section], "\(section)") }
        }
        #expect(try resolve(Sample.manifest.setting("account", [:])).codes == Array(repeating: "CFG006", count: 5),
            "but an empty one lacks everything")
    }

    @Test(arguments: ["[]", "5", "null", "true", "\"text\"", "[{}]"]) func aFileOfAnotherTypeIsOneProblem(_ text: String) throws {
        #expect(try resolve(text).diagnostics.map(\.pointer) == [""])
    }

    @Test(arguments: ["", "{", #"{"kind": "iosEmailProfile""#, "nope", "// only\n",
        "\u{FEFF}"]) func aFileThatIsNoJSONTellsThatAlone(_ text: String) throws {
        let outcome = try resolve(text)
        #expect(outcome.profile == nil && !outcome.codes.isEmpty && outcome.codes.allSatisfy { $0.hasPrefix("JSON") }, "\(outcome.told)")
    }

    @Test func theKindIsRequiredAndKnown() throws {
        #expect(try resolve(Sample.manifest.setting("kind", "tenant")).told == ["CFG003 12:11 /kind"])
        #expect(try resolve(Sample.manifest.patched(with: ["kind": .null])).told == ["CFG006 1:1 /kind"])
        #expect(try resolve(["extends": "bases/a.json"],
            bases: ["bases/a.json": Sample.manifest.patched(with: ["kind": .null])]).told == ["CFG006 1:1 /kind"])
    }

    @Test func commentsAndSchemasAreLeftAlone() throws {
        var manifest = Sample.manifest.setting("$schema", "x").setting("$comment", "c").setting("account.$comment",
            "c").setting("account.authentication.$comment", "c")
        manifest = manifest.setting("assignments", ["$comment": "c", "include": [["group": "staff", "$comment": "c"]], "exclude": []])
        let outcome = try resolve(manifest)
        let plain = try resolve(patch: .saying("assignments.include", [["group": "staff"]]))
        #expect(outcome.told == [] && outcome.profile?.digest == plain.profile?.digest)
        #expect(try resolve(Sample.manifest.setting("$comment", 5)).codes == ["CFG002"])
        #expect(try resolve(Sample.manifest.setting("account.$schema", "x")).codes == ["CFG001"], "only at the top")
    }

    /// A file of a megabyte with nothing but problems tells a hundred of them, in about the time that any other takes.
    @Test(.timeLimit(.minutes(1))) func aFloodOfProblemsIsNoLoad() throws {
        func flood(_ count: Int, _ element: (Int) -> String) -> String { (0..<count).map(element).joined(separator: ",") }
        let keys = try resolve("{" + flood(60_000) { "\"key\($0)\": 1" } + "}")
        #expect(keys.diagnostics.count { $0.code == "CFG001" } == 100)
        let groups = try resolve(Sample.manifest.pretty.dropLast(3) + #", "assignments": {"include": ["# + flood(40_000) { "{\"group\": \"g\($0)\"}" } + "]}}")
        #expect(groups.codes.count == 100 && Set(groups.codes) == ["CFG010"])
        let targets = try resolve(Sample.manifest.pretty.dropLast(3) + #", "assignments": {"include": ["# + flood(40_000) { _ in "\"allUsers\"" } + "]}}")
        #expect(targets.codes.count == 100 && Set(targets.codes) == ["CFG011"])
        let tags = try resolve(Sample.manifest.pretty.dropLast(3) + #", "roleScopeTagIds": ["# + flood(100_000) { _ in "\"a\"" } + "]}")
        #expect(tags.codes.count == 100)
    }

    @Test func diagnosticsHaveOneOrder() {
        func diagnostic(_ file: String, _ line: Int, _ column: Int, _ code: String, _ message: String = "", usedBy: String? = nil) -> Diagnostic {
            Diagnostic(code: code, message: message, file: file, line: line, column: column, usedBy: usedBy)
        }
        let sorted = [
            diagnostic("a", 1, 1, "B"), diagnostic("a", 1, 2, "A"), diagnostic("a", 2, 1, "A", "x"), diagnostic("a", 2, 1, "A", "y"),
                diagnostic("a", 2, 1, "A", "y", usedBy: "m"),
            diagnostic("a", 2, 1, "B"), diagnostic("a", 10, 1, "A"), diagnostic("b", 1, 1, "A"),
        ]
        #expect(sorted.shuffled().sorted() == sorted)
    }

    @Test func problemsOfTheParserBecomeDiagnostics() {
        let found = Diagnostic.problems(of: JSONDocument(file: "f.json", bytes: Array("{\n \"a\": 01}".utf8)))
        #expect(found.map { "\($0.severity) \($0.code) \($0.file):\($0.line):\($0.column) \($0.pointer)" } == ["error JSON006 f.json:2:7 /a"])
    }
}
