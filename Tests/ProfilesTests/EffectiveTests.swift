import JSONSource
import TestSupport
import Testing

@testable import Profiles

/// The effective profile: what the applied state keeps of it, and when two are the same.
@Suite struct EffectiveTests {
    /// Any sound manifest there is, for Graph alone or for both targets.
    private func random(_ random: inout Seeded) -> JSON {
        var result = Sample.manifest
        for example in SettingTests.cases where random.chance() {
            let (written, _) = random.one(of: example.accepted)
            result = result.patched(with: example.with).setting(example.path, written)
        }
        if result.at("account.authentication.method") == "derivedCredential" { result = result.setting("account.oauth", false) }
        if result.at("smime") != nil { result = result.setting("smime.enabled", true) }
        // What goes only with another.
        if result.at("account.authentication.method") != "certificate" {
            result = result.patched(with: .saying("account.authentication.certificateProfile", .null))
        }
        if result.at("account.usernameAttribute") != "samAccountName" { result = result.patched(with: .saying("account.usernameDomain", .null)) }
        for use in ["signing", "encryption"] where result.at("smime.\(use).certificate.type") != "certificate" {
            result = result.patched(with: .saying("smime.\(use).certificate.profile", .null))
        }
        let words = Set(result.at("assignments.include")?.elements.compactMap { $0["group"]?.text } ?? [])
        if words.contains("leavers") || result.at("account.authentication") == nil { return Sample.manifest }
        return result
    }

    private func read(_ bytes: [UInt8]) -> EffectiveProfile? { EffectiveProfile(id: "staff-mail", JSONDocument(file: "f", bytes: bytes)) }

    @Test(arguments: 0..<4) func whatIsWrittenIsReadBack(_ seed: Int) throws {
        var generator = Seeded(seed)
        let tokens: JSON = ["samAccountName": "s", "fullDomainName": "f", "netBiosDomainName": "n"]
        let both = try tenant(["targets": ["graph", "mobileconfig"], "mdmTokens": tokens])
        let graph = try tenant()
        var profiles = 0
        for _ in 0..<100 {
            let manifest = random(&generator)
            for tenant in [graph, both] {
                let outcome = try resolve(manifest, in: tenant)
                // Derived credentials and certificates without a block have no .mobileconfig form.
                guard let profile = outcome.profile else {
                    #expect(outcome.errors.allSatisfy { $0.code == "CFG040" || $0.code == "CFG006" }, "\(outcome.told)")
                    continue
                }
                profiles += 1
                let bytes = profile.json()
                let again = try #require(read(bytes), "\(String(decoding: bytes, as: UTF8.self))")
                #expect(again.values == profile.values && again.digest == profile.digest && again.json() == bytes && again.id == profile.id)
                // And as a manifest that stands alone, for the way back: the same profile follows from it.
                let restored = try resolve(again.manifest, in: tenant)
                #expect(restored.profile?.digest == profile.digest, "\(again.manifest.compact) \(restored.told)")
            }
        }
        #expect(profiles > 60, "\(profiles)")
    }

    @Test func theFormIsStable() throws {
        let profile = try #require(
            try resolve(
                patch: ["account": ["authentication": ["method": "certificate", "certificateProfile": "identity"]],
                    "assignments": ["include": [["group": "staff"], "allDevices"]]],
                in: tenant(["targets": ["mobileconfig"]])
            ).profile)
        let json = JSON(parsing: String(decoding: profile.json(), as: UTF8.self))
        #expect(json["kind"] == "iosEmailProfile" && json.members.count == 10)
        #expect(json.at("account.usernameDomain") == .null && json.at("mail.vpnProfile") == .null
            && json.at("smime.signing.certificate.type") == "notConfigured")
        #expect(json.at("assignments.include") == ["allDevices", ["group": ["id": .string(Sample.staff), "name": "staff"]]])
        let certificate = try #require(json.at("account.authentication.certificateProfile"))
        #expect(Set(certificate.members.keys) == ["id", "name", "scepDigest"] && certificate["scepDigest"]?.text?.count == 16,
            "no secret of the block")
        #expect(json.pretty == String(decoding: profile.json(), as: UTF8.self), "keys are sorted")
        #expect(try resolve(Sample.manifest).profile.map { JSON(parsing: String(decoding: $0.json(), as: UTF8.self))["fromTenant"] == nil } == true)
    }

    @Test func aSettingThatAnOlderEaselDidNotKnowHasItsDefault() throws {
        let profile = try #require(try resolve(Sample.manifest).profile)
        let json = JSON(parsing: String(decoding: profile.json(), as: UTF8.self))
        for setting in Catalogue.settings {
            let without = read(Array(json.patched(with: .saying(setting.path, .null)).compact.utf8))
            #expect(setting.fallback == nil ? without == nil : without?.values == profile.values, "\(setting.path)")
        }
    }

    /// Adopted from a tenant that has it: easel keeps what it cannot say.
    @Test func whatNoManifestCanSayIsKept() throws {
        let profile = try #require(try resolve(Sample.manifest).profile)
        let json = JSON(parsing: String(decoding: profile.json(), as: UTF8.self))
        let filter: JSON = ["name": "corporate", "id": "0000000c-0000-4000-8000-000000000001"]
        for (path, value): (String, JSON) in [
            ("sync.exchangeData", "none"), ("assignments.include", [["target": "allUsers", "filter": filter, "filterMode": "include"]]),
        ] {
            let kept = try #require(read(Array(json.setting(path, value).compact.utf8)), "\(path)")
            #expect(JSON(parsing: String(decoding: kept.json(), as: UTF8.self)).at(path) == value && kept.digest != profile.digest)
        }
    }

    @Test func anythingElseIsNoProfile() throws {
        let filtered: JSON = [["group": "staff", "filter": "corporate", "filterMode": "include"]]
        let profile = try #require(try resolve(patch: .saying("assignments.include", filtered)).profile)
        let json = JSON(parsing: String(decoding: profile.json(), as: UTF8.self))
        let wrong: [(String, JSON)] = [
            ("kind", "tenant"), ("account.oauth", "true"), ("account.oauth", .null), ("account.server", 5), ("account.server", .null),
            ("roleScopeTagIds", "0"), ("roleScopeTagIds", [0]),
            ("sync.exchangeData", 7), ("account.usernameDomain", [:]), ("mail.vpnProfile", ["name": "x"]),
            ("assignments.include", [["group": "staff"]]), ("assignments.include", "allUsers"),
            ("assignments.include", ["everybody"]), ("assignments.exclude", .null),
        ]
        for (path, value) in wrong { #expect(read(Array(json.setting(path, value).compact.utf8)) == nil, "\(path) \(value.compact)") }
        let target = try #require(json.at("assignments.include")?.elements.first)
        for key in ["filterMode", "filter", "group"] {
            #expect(read(Array(json.setting("assignments.include", [target.patched(with: .object([key: .null]))]).compact.utf8)) == nil,
                "a target without \(key)")
        }
        #expect(read(Array("[]".utf8)) == nil && read([]) == nil && read(Array("{".utf8)) == nil)
        #expect(read(Array(json.compact.utf8))?.digest == profile.digest)
    }

    // MARK: Digests

    private func digest(_ manifest: JSON, _ tenant: Tenant? = nil) throws -> String {
        try #require(try resolve(manifest, in: tenant).profile?.digest)
    }

    @Test func theSameInOtherWordsHasTheSameDigest() throws {
        let full = Sample.manifest.patched(
            with: JSON(
                parsing: #"""
                    {"roleScopeTagIds": ["7", "0", "12"], "mail": {"vpnProfile": "mail-vpn"},
                     "assignments": {"include": ["allUsers", {"group": "board", "filter": "corporate", "filterMode": "include"}], "exclude": [{"group": "leavers"}, {"group": "staff"}]}}
                    """#))
        let expected = try digest(full)
        #expect(expected.count == 64 && expected.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        // Order of keys and white space; order of what is a set.
        let text = #"""
            {"mail":{"vpnProfile":"mail-vpn"},"assignments":{"exclude":[{"group":"staff"},{"group":"leavers"}],
            "include":[{"filterMode":"include","filter":"corporate","group":"board"},"allUsers"]},
              "roleScopeTagIds":["12","0","7"],"account":{"authentication":{"method":"usernameAndPassword"},"usernameAttribute":"userPrincipalName","server":"outlook.office365.com",
            "emailAddressAttribute":"primarySmtpAddress","accountName":"Contoso mail"},"displayName":"Staff mail","kind":"iosEmailProfile"}
            """#
        #expect(try resolve(text).profile?.digest == expected)
        // Defaults written out.
        let spelled = try SettingTests.cases.filter { $0.fallback != nil && $0.fallback != .null && full.at($0.path) == nil }.reduce(full) {
            $0.setting($1.path, try #require($1.fallback))
        }
        #expect(try spelled != full && digest(spelled) == expected)
        // Letter case of host names; escapes; the name that a tenant gives to a group.
        #expect(try digest(full.setting("account.server", "OUTLOOK.Office365.com")) == expected)
        #expect(try resolve(full.pretty.replacing("Staff mail", with: "\\u0053taff m\\u0061il")).profile?.digest == expected)
        #expect(try digest(full.setting("assignments.exclude", [["group": "leavers"], ["group": "everyone"]])) == expected)
        // Letter case of ids in the tenant.
        let capitals = try tenant(Sample.tenant.pretty.replacing("e0a3a91f-2346-4c13-bc27-ed12b10877a9",
            with: "E0A3A91F-2346-4C13-BC27-ED12B10877A9"))
        #expect(try digest(full, capitals) == expected)
        // Through a base.
        let based = try resolve(["extends": "bases/a.json", "displayName": "Staff mail"],
            bases: ["bases/a.json": full.setting("displayName", "Another")])
        #expect(based.profile?.digest == expected)
    }

    /// Digests stand in applied states and approvals: a new one for an unchanged profile would reinstall mail everywhere.
    @Test func theDigestOfAPlainProfileIsForGood() throws {
        let plain = try digest(Sample.manifest)
        #expect(plain == "afa626e7993c5cd0a6fe7e5ee16b9cfc01431fb46a6ea1ad5ce8a7771979fcc1")
    }

    /// The digest, equality and JSON agree about texts that Unicode calls equivalent: they are two.
    @Test func textsAreComparedByCodePoint() throws {
        let (one, other) = (try #require(try resolve(patch: ["displayName": "caf\u{E9}"]).profile),
            try #require(try resolve(patch: ["displayName": "cafe\u{301}"]).profile))
        #expect(one.digest != other.digest && one.json() != other.json())
        #expect(one.values != other.values, "else a change would be applied without being told")
        let domains = try ["caf\u{E9}", "cafe\u{301}"].map { name in
            try #require(try resolve(patch: ["account": ["usernameAttribute": "samAccountName",
                "usernameDomain": ["custom": .string(name)]]]).profile)
        }
        #expect(domains[0].values != domains[1].values)
    }

    @Test func fingerprintsNameOneChange() {
        let one = fingerprint(tenant: "a", tenantID: "t", profile: "b", before: "c", after: "d")
        #expect(Fingerprint.isWhole(one) && one == fingerprint(tenant: "a", tenantID: "t", profile: "b", before: "c", after: "d"))
        #expect(one.hasPrefix(Fingerprint.short(one)) && Fingerprint.isBeginning(Fingerprint.short(one)) && !Fingerprint.isWhole(Fingerprint.short(one)))
        #expect(!Fingerprint.isBeginning("") && !Fingerprint.isBeginning("ABC") && !Fingerprint.isBeginning(one + "0"))
        let others = [
            fingerprint(tenant: "ab", tenantID: "t", profile: "", before: "c", after: "d"), fingerprint(tenant: "a", tenantID: "t", profile: "b", before: "d", after: "c"),
            fingerprint(tenant: "a", tenantID: "t", profile: "b", before: nil, after: "d"), fingerprint(tenant: "a", tenantID: "t", profile: "b", before: "c", after: nil),
            fingerprint(tenant: "a", tenantID: "u", profile: "b", before: "c", after: "d"), fingerprint(tenant: "a", tenantID: nil, profile: "b", before: "c", after: "d"),
        ]
        #expect(Set(others + [one]).count == 7)
    }

    @Test func referencesAreTheSameWhenTheyMeanTheSame() {
        let (a, b) = (Reference.Attachment(kind: "scep", digest: "a", content: nil), Reference.Attachment(kind: "scep", digest: "b", content: nil))
        #expect(Reference(name: "x", id: "AB") == Reference(name: "y", id: "ab") && Reference(name: "x", id: "a") != Reference(name: "x", id: "b"))
        #expect(Reference(name: "x", id: "a", attachment: a) != Reference(name: "x", id: "a", attachment: b))
        #expect(Reference(name: "x", id: "a", attachment: a) == Reference(name: "x", id: "a"),
            "a tenant that starts to ask for the .mobileconfig changes nothing")
    }
}
