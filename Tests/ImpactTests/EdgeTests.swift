import JSONSource
import Profiles
import Testing

@testable import Impact

/// Cases at the edges, beyond those in `Cases/impact.json`.
@Suite struct EdgeTests {
    private let filters: JSON = ["filters": ["corporate": "77777777-7777-4777-8777-777777777777", "private": "88888888-8888-4888-8888-888888888888"]]

    private func included(_ filter: String?, _ mode: String = "include") -> JSON {
        guard let filter else { return ["assignments": ["include": [["group": "staff"]]]] }
        return ["assignments": ["include": [["group": "staff", "filter": .string(filter), "filterMode": .string(mode)]]]]
    }

    private func filtered(from before: JSON, to after: JSON) throws -> ProfileImpact {
        try Scenario(before: before, after: after, tenantBefore: filters, tenantAfter: filters).impact()
    }

    // MARK: Filters

    @Test func aFilterThatComesOnlyTakesAway() throws {
        let impact = try filtered(from: included(nil), to: included("corporate"))
        #expect(impact.action == .update && impact.rulesOfChanges == ["EAS007"])
        #expect(impact.consequences == [.accountRemoved: .atMost(120)])
        let change = try #require(impact.changes.first)
        #expect(change.path == "/assignments/include" && change.targets?.joined == [] && change.targets?.left.count == 1)
    }

    @Test func aFilterThatGoesOnlyGives() throws {
        let impact = try filtered(from: included("corporate"), to: included(nil))
        #expect(impact.rulesOfChanges == ["EAS008"])
        #expect(impact.consequences == [.firstInstall: .atMost(120), .credentialReentry: .atMost(120)])
    }

    @Test(arguments: [("private", "include"), ("corporate", "exclude")]) func anotherFilterDoesBoth(filter: String, mode: String) throws {
        let impact = try filtered(from: included("corporate"), to: included(filter, mode))
        #expect(impact.rulesOfChanges == ["EAS007", "EAS008"])
        #expect(impact.consequences[.accountRemoved] == .atMost(120) && impact.consequences[.firstInstall] == .atMost(120))
    }

    @Test func aFilterByAnotherNameIsTheSame() throws {
        let renamed: JSON = ["filters": ["company": "77777777-7777-4777-8777-777777777777"]]
        let impact = try Scenario(
            before: included("corporate"), after: included("company"), tenantBefore: filters, tenantAfter: renamed
        ).impact()
        #expect(impact.action == .none)
    }

    // MARK: Exclusions

    @Test func aGroupNoLongerExcludedGains() throws {
        let excluded: JSON = ["assignments": ["exclude": [["group": "board"]]]]
        let impact = try Scenario(before: excluded, after: [:]).impact()
        #expect(impact.rulesOfChanges == ["EAS008"] && impact.rules(at: "/assignments/exclude") == ["EAS008"])
        #expect(impact.consequences == [.firstInstall: .atMost(7), .credentialReentry: .atMost(7)])
    }

    @Test func aGroupThatMovesFromIncludeToExcludeLosesOnce() throws {
        let both: JSON = ["assignments": ["include": [["group": "staff"], ["group": "board"]]]]
        let moved: JSON = ["assignments": ["include": [["group": "staff"]], "exclude": [["group": "board"]]]]
        let away = try Scenario(before: both, after: moved).impact()
        #expect(away.rules(at: "/assignments/include") == ["EAS007"] && away.rules(at: "/assignments/exclude") == ["EAS007"])
        #expect(away.consequences == [.accountRemoved: .atMost(7)])
        let back = try Scenario(before: moved, after: both).impact()
        #expect(back.consequences == [.firstInstall: .atMost(7), .credentialReentry: .atMost(7)])
    }

    @Test func rulesStandWithTheChangeThatCausedThem() throws {
        let impact = try Scenario(
            before: [:], after: ["assignments": ["include": [["group": "staff"], ["group": "temps"]], "exclude": [["group": "board"]]]]
        ).impact()
        #expect(impact.rules(at: "/assignments/include") == ["EAS008"] && impact.rules(at: "/assignments/exclude") == ["EAS007"])
        #expect(impact.consequences == [.accountRemoved: .atMost(7), .firstInstall: .unknown, .credentialReentry: .unknown])
        #expect(impact.people == .unknown)
    }

    // MARK: No change

    @Test func defaultsWrittenOutAreNoChange() throws {
        let defaults: JSON = [
            "description": "", "roleScopeTagIds": ["0"], "account": ["ssl": true, "oauth": false],
            "sync": ["exchangeData": "all", "userCanChange": true],
            "smime": [
                "enabled": false,
                "signing": ["enabled": false, "userCanChange": false, "certificate": ["type": "notConfigured", "userCanChange": false]],
                "encryption": [
                    "byDefault": false, "byDefaultUserCanChange": false, "perMessage": false,
                    "certificate": ["type": "notConfigured", "userCanChange": false],
                ],
            ],
            "mail": ["amountToSync": "userDefined", "allowMove": true, "allowThirdPartyApps": true, "syncRecentAddresses": true],
            "assignments": ["exclude": []],
        ]
        #expect(try Scenario(before: [:], after: defaults).impact().action == .none)
        #expect(try Scenario(before: defaults, after: [:]).impact().action == .none)
    }

    @Test func letterCaseOfIdsIsNoChange() throws {
        let lower: JSON = [
            "groups": ["staff": ["id": "abcdefab-1111-4111-8111-111111111111"]],
            "certificateProfiles": ["user-scep": ["id": "abcdefab-4444-4444-8444-444444444444"]],
        ]
        let upper: JSON = [
            "groups": ["staff": ["id": "ABCDEFAB-1111-4111-8111-111111111111"]],
            "certificateProfiles": ["user-scep": ["id": "ABCDEFAB-4444-4444-8444-444444444444"]],
        ]
        let impact = try Scenario(before: certificate, after: certificate, tenantBefore: lower, tenantAfter: upper).impact()
        #expect(impact.action == .none)
    }

    @Test func aCertificateProfileByAnotherNameIsTheSame() throws {
        let renamed: JSON = [
            "certificateProfiles": ["user-scep": .null, "people": ["id": "44444444-4444-4444-8444-444444444444", "type": "scep"]]
        ]
        let after: JSON = ["account": ["authentication": ["method": "certificate", "certificateProfile": "people"]]]
        #expect(try Scenario(before: certificate, after: after, tenantAfter: renamed).impact().action == .none)
    }

    @Test func aGroupByAnotherNameIsTheSame() throws {
        let renamed: JSON = ["groups": ["staff": .null, "everybody": ["id": "11111111-1111-4111-8111-111111111111", "members": 120]]]
        let after: JSON = ["assignments": ["include": [["group": "everybody"]]]]
        #expect(try Scenario(before: [:], after: after, tenantAfter: renamed).impact().action == .none)
    }

    @Test func factsOfATenantAloneChangeNoProfile() throws {
        let impact = try Scenario(before: ["account": ["oauth": true]], after: ["account": ["oauth": true]], tenantAfter: ["exchange": "onPremises"]).impact()
        #expect(impact.action == .none)
    }

    // MARK: What a tenant brings along

    private let certificate: JSON = ["account": ["authentication": ["method": "certificate", "certificateProfile": "user-scep"]]]
    private let derived: JSON = ["account": ["authentication": ["method": "derivedCredential"]]]
    private let mobileconfig: JSON = ["targets": ["graph", "mobileconfig"]]

    @Test func aTokenInTheMobileconfigIsTheAccount() throws {
        let impact = try Scenario(
            tenantBefore: mobileconfig,
            tenantAfter: mobileconfig.patched(with: ["mdmTokens": ["userPrincipalName": "%Upn%", "primarySmtpAddress": "%Mail%"]])
        ).impact()
        #expect(impact.action == .reinstall && impact.rulesOfChanges == ["EAS004"])
        #expect(impact.changes.map(\.path) == ["/fromTenant/userName", "/fromTenant/emailAddress"])
        #expect(impact.consequences == [.newProfile: .atMost(120), .credentialReentry: .atMost(120)])
    }

    @Test func askingForTheMobileconfigChangesNothingOnDevices() throws {
        #expect(try Scenario(tenantAfter: mobileconfig).impact().action == .none)
        #expect(try Scenario(tenantBefore: mobileconfig).impact().action == .none)
        let scep: JSON = ["certificateProfiles": ["user-scep": ["scep": ["URL": "https://scep.contoso.com"]]]]
        let impact = try Scenario(
            before: certificate, after: certificate, tenantBefore: scep, tenantAfter: scep.patched(with: mobileconfig)
        ).impact()
        #expect(impact.action == .none)
    }

    @Test func anotherSCEPServerInTheMobileconfigIsAnotherCertificate() throws {
        func scep(_ url: JSON) -> JSON { mobileconfig.patched(with: ["certificateProfiles": ["user-scep": ["scep": ["URL": url]]]]) }
        let impact = try Scenario(
            before: certificate, after: certificate, tenantBefore: scep("https://a.contoso.com"), tenantAfter: scep("https://b.contoso.com")
        ).impact()
        #expect(impact.action == .update && impact.rulesOfChanges == ["EAS006", "EAS009"])
    }

    private func issuer(_ digit: Character) -> JSON {
        ["derivedCredentials": ["id": .string("\(String(repeating: digit, count: 8))-0000-4000-8000-000000000000")]]
    }

    @Test func anotherIssuerIsAnotherCertificate() throws {
        let impact = try Scenario(before: derived, after: derived, tenantBefore: issuer("a"), tenantAfter: issuer("b")).impact()
        #expect(impact.action == .update && impact.rulesOfChanges == ["EAS023", "EAS024"])
        #expect(impact.consequences == [.credentialReentry: .atMost(120), .userVisible: .atMost(120)])
        // An issuer that is named for the first time was the tenant's before, too; but the service must be told of it.
        let named = try Scenario(before: derived, after: derived, tenantAfter: issuer("a")).impact()
        #expect(named.action == .update && named.rulesOfChanges == ["EAS024"] && named.changes.map(\.path) == ["/fromTenant/derivedCredentials"])
        let gone = try Scenario(before: derived, after: derived, tenantBefore: issuer("a")).impact()
        #expect(gone.action == .update && gone.rulesOfChanges == ["EAS024"])
    }

    @Test func anotherIssuerThatOnlySignsIsAnUpdate() throws {
        let signing: JSON = ["smime": ["enabled": true, "signing": ["certificate": ["type": "derivedCredential"]]]]
        let impact = try Scenario(before: signing, after: signing, tenantBefore: issuer("a"), tenantAfter: issuer("b")).impact()
        #expect(impact.action == .update && impact.rulesOfChanges == ["EAS023", "EAS024"])
    }

    // MARK: Rules together

    @Test func passwordsComeWithOAuthAndCertificates() throws {
        let oauth: JSON = ["account": ["oauth": true]]
        let impact = try Scenario(
            before: certificate.patched(with: oauth), after: certificate.patched(with: oauth).patched(with: ["account": ["server": "mail.contoso.com"]])
        ).impact()
        #expect(impact.rulesOfChanges == ["EAS004"])
        #expect(impact.consequences[.credentialReentry] == .atMost(120), "OAuth asks for credentials, whatever the method")
    }

    @Test func whoIsHitByTwoRulesCountsOnce() throws {
        let impact = try Scenario(before: [:], after: ["account": ["oauth": true, "server": "mail.contoso.com"], "sync": ["userCanChange": false]]).impact()
        #expect(impact.rulesOfChanges == ["EAS001", "EAS003", "EAS004"])
        #expect(impact.consequences[.credentialReentry] == .atMost(120) && impact.people == .atMost(120))
    }

    @Test func oneEntryPerSettingThatIsTooNew() throws {
        let impact = try Scenario(
            before: nil,
            after: [
                "account": ["oauth": true], "sync": ["exchangeData": "emailOnly"],
                "smime": ["enabled": true, "signing": ["enabled": true], "encryption": ["byDefault": true]], "mail": ["vpnProfile": "mail-vpn"],
            ], tenantAfter: ["minimumOS": "12.4"]
        ).impact()
        let paths = impact.advice.filter { $0.key.rule == "EAS014" }.map(\.key.path)
        #expect(paths == ["/mail/vpnProfile", "/sync/exchangeData"])
        #expect(impact.consequences[.ignoredOnOlderOS] == .atMost(120))
    }

    @Test func adviceThatStoodBeforeDoesNotCountAgain() throws {
        let vpn: JSON = ["mail": ["vpnProfile": "mail-vpn"]]
        let old: JSON = ["minimumOS": "13.0"]
        let impact = try Scenario(
            before: vpn, after: vpn.patched(with: ["account": ["accountName": "Work"]]), tenantBefore: old, tenantAfter: old
        ).impact()
        #expect(impact.advice.contains { $0.key.rule == "EAS014" && !$0.isNew })
        #expect(impact.consequences[.ignoredOnOlderOS] == nil)
    }
}
