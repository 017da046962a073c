import JSONSource
import Testing

@testable import Profiles

/// One setting of the catalogue in design/settings.md: what it takes, what it does not, what it is by default.
struct SettingCase: CustomTestStringConvertible, Sendable {
    let path: String
    /// Beside the sample's manifest, so that the setting has a meaning.
    var with: JSON = [:]
    /// Written → effective.
    let accepted: [(JSON, JSON)]
    /// Written → code.
    let refused: [(JSON, DiagnosticCode)]
    /// Nil: required.
    let fallback: JSON?

    var testDescription: String { path }

    init(_ path: String, with extra: JSON = [:], _ accepted: [(JSON, JSON)], not refused: [(JSON, DiagnosticCode)], default fallback: JSON?) {
        (self.path, with, self.accepted, self.refused, self.fallback) = (path, extra, accepted, refused, fallback)
    }

    static func flag(_ path: String, with extra: JSON = [:], default fallback: JSON) -> SettingCase {
        SettingCase(
            path, with: extra, [(true, true), (false, false)],
            not: [("true", .wrongType), (1, .wrongType), ([], .wrongType), ([:], .wrongType), (.null, .nullWithoutBase)], default: fallback)
    }

    static func choice(_ path: String, with extra: JSON = [:], _ words: [String], default fallback: JSON?) -> SettingCase {
        SettingCase(
            path, with: extra, words.map { (.string($0), .string($0)) },
            not: [
                (.string(words[0].uppercased()), .notAllowed), ("", .notAllowed), (true, .wrongType), (0, .wrongType),
                (.array([.string(words[0])]), .wrongType),
                (.null, .nullWithoutBase),
            ], default: fallback)
    }

    /// A text of one line, counted in scalars.
    static func line(_ path: String, _ longest: Int) -> SettingCase {
        let texts = ["a", "é 😀 \" \\ <&>", " ", String(repeating: "é", count: longest), String(repeating: "😀", count: longest)]
        return SettingCase(
            path, texts.map { (.string($0), .string($0)) },
            not: [
                ("", .outOfRange), (.string(String(repeating: "é", count: longest + 1)), .outOfRange), ("a\nb", .badFormat), ("a\tb", .badFormat),
                ("\u{7F}", .badFormat),
                ("\u{0}", .badFormat), (1, .wrongType), (["a"], .wrongType), (.null, .nullWithoutBase),
            ], default: nil)
    }

    static func certificate(_ path: String, with extra: JSON) -> SettingCase {
        SettingCase(
            path, with: extra,
            [
                ("identity", ["name": "identity", "id": .string(Sample.identity)]),
                ("signing", ["name": "signing", "id": "4f0c9931-918c-40bf-9670-c342c6cce996"]),
            ],
            not: [("identiti", .unresolvedName), ("", .outOfRange), (1, .wrongType), (["identity"], .wrongType), (.null, .nullWithoutBase)],
                default: .null)
    }
}

@Suite struct SettingTests {
    private static let on = JSON.saying("smime.enabled", true)
    private static let sam: JSON = ["account": ["usernameAttribute": "samAccountName"]]
    private static let certificateTypes = ["notConfigured", "none", "derivedCredential"]
    private static let longLabel = String(repeating: "a", count: 63)
    /// 253 characters.
    private static let longestName = [longLabel, longLabel, longLabel, String(longLabel.dropLast(2))].joined(separator: ".")

    static let cases: [SettingCase] = [
        .line("displayName", 200),
        SettingCase(
            "description", [("", ""), ("two\nlines\tand \u{1}", "two\nlines\tand \u{1}"),
                (.string(String(repeating: "é", count: 1000)), .string(String(repeating: "é", count: 1000)))],
            not: [(.string(String(repeating: "a", count: 1001)), .outOfRange), (1, .wrongType), (.null, .nullWithoutBase)], default: ""),
        SettingCase(
            "roleScopeTagIds", [(["0"], ["0"]), (["7", "12", "0"], ["0", "12", "7"]), (["Default", "7"], ["0", "7"])],
            not: [
                (["Helpdesk"], .unresolvedName), (["caf\u{E9}"], .unresolvedName),
                ([], .outOfRange), (["0", "0"], .duplicateElement), ([0], .wrongType), (["0", .null], .nullWithoutBase), ([""], .outOfRange),
                ("0", .wrongType),
                (["a\n"], .badFormat), ([["0"]], .wrongType),
            ], default: ["0"]),
        SettingCase(
            "account.server",
            [
                ("outlook.office365.com", "outlook.office365.com"), ("Mail.CONTOSO.com", "mail.contoso.com"), ("localhost", "localhost"),
                ("10.0.0.1", "10.0.0.1"),
                ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("3com.example", "3com.example"),
                (.string(longLabel + ".a-b"), .string(longLabel + ".a-b")),
                (.string(longestName), .string(longestName)),
            ],
            not: [
                ("", .outOfRange), ("https://mail.contoso.com", .badFormat), ("mail.contoso.com/owa", .badFormat),
                ("mail.contoso.com:443", .badFormat),
                ("mail.contoso.com.", .badFormat), ("mail..contoso.com", .badFormat), ("-mail.contoso.com", .badFormat),
                ("mail-.contoso.com", .badFormat),
                ("mail_1.contoso.com", .badFormat), ("bücher.example", .badFormat), (" mail.contoso.com", .badFormat),
                ("mail.contoso.com\n", .badFormat),
                ("[::1]", .badFormat), (.string(longLabel + "a.com"), .badFormat), (.string(String(repeating: "a.", count: 127)), .outOfRange),
                (1, .wrongType),
            ], default: nil),
        .line("account.accountName", 255),
        .choice("account.usernameAttribute", ["userPrincipalName", "primarySmtpAddress"], default: nil),
        SettingCase(
            "account.usernameDomain", with: sam,
            [
                (["attribute": "fullDomainName"], ["attribute": "fullDomainName"]),
                (["attribute": "netBiosDomainName"], ["attribute": "netBiosDomainName"]),
                (["custom": "contoso.com", "$comment": "why"], ["custom": "contoso.com"]),
            ],
            not: [
                ([:], .missing), (["attribute": "fullDomainName", "custom": "a"], .badCombination), (["attribute": "fulldomainname"], .notAllowed),
                (["custom": ""], .outOfRange),
                (["custom": 1], .wrongType), (["custom": "a", "domain": "a"], .unknownKey), ("contoso.com", .wrongType),
                (["attribute": .null], .nullWithoutBase),
            ], default: .null),
        .choice("account.emailAddressAttribute", ["userPrincipalName", "primarySmtpAddress"], default: nil),
        .choice("account.authentication.method", ["usernameAndPassword", "derivedCredential"], default: nil),
        .certificate("account.authentication.certificateProfile", with: .saying("account.authentication.method", "certificate")),
        .flag("account.ssl", default: true),
        .flag("account.oauth", default: false),
        SettingCase(
            "sync.exchangeData",
            ["emailOnly", "calendarOnly", "calendarAndContactsOnly", "contactsOnly", "all"].map { ($0, $0) } + [
                (["email", "calendars"], ["calendars", "email"]), (["contacts", "calendars"], "calendarAndContactsOnly"), (["email"], "emailOnly"),
                (["reminders", "notes", "email", "contacts", "calendars"], "all"),
            ],
            not: [
                ("none", .notAllowed), ("All", .notAllowed), ([], .outOfRange), (["mail"], .notAllowed), (["email", "email"], .duplicateElement),
                (["all"], .notAllowed), (1, .wrongType), ([:], .wrongType), (.null, .nullWithoutBase),
            ], default: "all"),
        .flag("sync.userCanChange", default: true),
        .flag("smime.enabled", default: false),
        .flag("smime.signing.enabled", with: on, default: false),
        .flag("smime.signing.userCanChange", with: on, default: false),
        .choice("smime.signing.certificate.type", with: on, certificateTypes, default: "notConfigured"),
        .certificate("smime.signing.certificate.profile", with: ["smime": ["enabled": true, "signing": ["certificate": ["type": "certificate"]]]]),
        .flag("smime.signing.certificate.userCanChange", with: on, default: false),
        .flag("smime.encryption.byDefault", with: on, default: false),
        .flag("smime.encryption.byDefaultUserCanChange", with: on, default: false),
        .flag("smime.encryption.perMessage", with: on, default: false),
        .choice("smime.encryption.certificate.type", with: on, certificateTypes, default: "notConfigured"),
        .certificate(
            "smime.encryption.certificate.profile", with: ["smime": ["enabled": true, "encryption": ["certificate": ["type": "certificate"]]]]),
        .flag("smime.encryption.certificate.userCanChange", with: on, default: false),
        .choice("mail.amountToSync", ["userDefined", "oneDay", "threeDays", "oneWeek", "twoWeeks", "oneMonth", "unlimited"], default: "userDefined"),
        .flag("mail.allowMove", default: true),
        .flag("mail.allowThirdPartyApps", default: true),
        .flag("mail.syncRecentAddresses", default: true),
        SettingCase(
            "mail.vpnProfile",
            [
                ("mail-vpn", ["name": "mail-vpn", "id": "51111111-2222-4333-8444-555555555555"]),
                ("old-vpn", ["name": "old-vpn", "id": "52111111-2222-4333-8444-555555555555"]),
                (.null, .null),
            ], not: [("mail-vpm", .unresolvedName), ("", .outOfRange), (false, .wrongType)], default: .null),
        SettingCase(
            "assignments.include",
            [
                ([], []), (["allUsers", "allDevices"], ["allDevices", "allUsers"]),
                ([["group": "staff"]], [["group": ["name": "staff", "id": .string(Sample.staff)]]]),
                (
                    [["group": "board", "filter": "corporate", "filterMode": "exclude", "$comment": "c"]],
                    [
                        [
                            "group": ["name": "board", "id": "e0a3a91f-2346-4c13-bc27-ed12b10877a9"],
                            "filter": ["name": "corporate", "id": "6caf76a5-7035-48ae-8280-ad3729a6f2e7"],
                            "filterMode": "exclude",
                        ]
                    ]
                ),
                (
                    [["target": "allUsers", "filter": "corporate", "filterMode": "include"]],
                    [
                        [
                            "target": "allUsers", "filter": ["name": "corporate", "id": "6caf76a5-7035-48ae-8280-ad3729a6f2e7"],
                            "filterMode": "include",
                        ]
                    ]
                ),
            ],
            not: [
                ([["target": "allUsers"]], .missing), ([["target": "everybody", "filter": "corporate", "filterMode": "include"]], .notAllowed),
                ([["target": "allUsers", "group": "staff", "filter": "corporate", "filterMode": "include"]], .badCombination),
                (["allUsers", ["target": "allUsers", "filter": "corporate", "filterMode": "include"]], .duplicateTarget),
                (["everybody"], .notAllowed), ([[:]], .missing), ([["group": "staf"]], .unresolvedName),
                ([["group": "staff", "filter": "corp", "filterMode": "include"]], .unresolvedName),
                ([["group": "staff", "filter": "corporate"]], .missing), ([["group": "staff", "filterMode": "include"]], .missing),
                ([["group": "staff", "filter": "corporate", "filterMode": "only"]], .notAllowed),
                ([["group": "staff"], ["group": "staff"]], .duplicateTarget),
                ([["group": "staff"], ["group": "everyone"]], .duplicateTarget), (["allUsers", "allUsers"], .duplicateTarget),
                ([["Group": "staff", "group": "board"]], .unknownKey),
                ([.null], .nullWithoutBase), ([1], .wrongType), (["group": "staff"], .wrongType), ([["group": .null]], .nullWithoutBase),
            ], default: []),
        SettingCase(
            "assignments.exclude", with: .saying("assignments.include", ["allUsers", ["group": "board"]]),
            [([], []), ([["group": "leavers"]], [["group": ["name": "leavers", "id": "f1260ebc-7d56-4b56-b714-dc919b27dbdf"]]])],
            not: [
                (["allUsers"], .wrongType), ([["group": "board"]], .duplicateTarget), ([["group": "leaver"]], .unresolvedName),
                ([["group": "leavers"], ["group": "leavers"]], .duplicateTarget),
                ([["group": "leavers", "filter": "corporate"]], .unknownKey),
            ], default: []),
    ]

    @Test func everySettingHasItsCase() {
        #expect(Self.cases.map(\.path) == Catalogue.manifestIndices.map { Catalogue.settings[$0].path })
    }

    @Test(arguments: cases) func isAcceptedAndNormalised(_ example: SettingCase) throws {
        for (written, effective) in example.accepted {
            let outcome = try resolve(Sample.manifest.patched(with: example.with).setting(example.path, written))
            #expect(outcome.told == [], "\(written.compact)")
            #expect(outcome.value(example.path) == effective, "\(written.compact)")
        }
    }

    @Test(arguments: cases) func isRefusedWithItsPlace(_ example: SettingCase) throws {
        for (written, code) in example.refused {
            let text = Sample.manifest.patched(with: example.with).setting(example.path, written).pretty
            let outcome = try resolve(text)
            #expect(outcome.profile == nil && outcome.errors.map(\.code) == [code.rawValue], "\(written.compact): \(outcome.told)")
            guard let told = outcome.errors.first else { continue }
            let pointer = "/" + example.path.replacing(".", with: "/")
            #expect(told.pointer == pointer || told.pointer.hasPrefix(pointer + "/"), "\(written.compact): \(told.pointer)")
            // The place is that of the value that the pointer names, or the innermost object that lacks it.
            let root = try #require(JSONDocument(file: Sample.file, bytes: Array(text.utf8)).root)
            guard code != .unknownKey else { continue }
            let place = root.at(told.pointer) ?? root.at(String(told.pointer[..<(told.pointer.lastIndex(of: "/") ?? told.pointer.startIndex)]))
            #expect(place.map { $0.position == (told.line, told.column) } == true, "\(written.compact): \(told)")
            #expect(told.file == Sample.file && told.usedBy == nil && told.profile == "staff-mail" && told.tenant == "contoso"
                && !told.message.isEmpty)
        }
    }

    @Test(arguments: cases) func hasItsDefault(_ example: SettingCase) throws {
        let setting = try #require(Catalogue.setting(example.path))
        guard let fallback = example.fallback else {
            let outcome = try resolve(Sample.manifest.patched(with: .saying(example.path, .null)))
            #expect(setting.fallback == nil && outcome.profile == nil)
            #expect(outcome.diagnostics.map { "\($0.code) \($0.pointer)" } == ["CFG006 /" + example.path.replacing(".", with: "/")])
            return
        }
        let silent = try resolve(Sample.manifest)
        #expect(setting.fallback?.json == fallback && silent.value(example.path) == fallback)
        // Written out, the default is the same profile, but where it is null and so cannot be written.
        guard fallback != .null else { return }
        let written = try resolve(patch: .saying(example.path, fallback))
        #expect(written.told == [] && written.profile?.digest == silent.profile?.digest)
    }

    @Test func everyOtherValueIsAnotherProfile() throws {
        var digests: [String: String] = [:]
        for example in Self.cases {
            var seen: Set<JSON> = []
            for (written, effective) in example.accepted where seen.insert(effective).inserted && effective != example.fallback && effective != Sample.manifest.at(example.path) {
                let outcome = try resolve(Sample.manifest.patched(with: example.with).setting(example.path, written))
                let digest = try #require(outcome.profile?.digest)
                if let other = digests.updateValue("\(example.path) \(written.compact)",
                    forKey: digest) { Issue.record("\(example.path) \(written.compact) is \(other)") }
            }
        }
        #expect(digests.count > 60)
        #expect(digests[try #require(resolve(Sample.manifest).profile?.digest)] == nil)
    }
}

extension JSON {
    /// The document with one value set, null too.
    func setting(_ path: String, _ value: JSON) -> JSON { setting(path.split(separator: ".").map(String.init)[...], value) }

    private func setting(_ path: ArraySlice<String>, _ value: JSON) -> JSON {
        guard let key = path.first else { return value }
        var members = members
        members[key] = (members[key] ?? [:]).setting(path.dropFirst(), value)
        return .object(members)
    }
}
