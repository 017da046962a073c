import JSONSource
import Payloads
import Profiles
import Testing

/// A patch turns what is there into what shall be there, and says no more than that.
struct PatchTests {
    private func body(_ profile: EffectiveProfile) throws -> [String: JSON] {
        try read(GraphPayload.body(profile, cloud: .global)).members
    }

    /// Members of a body with and without `@odata.bind`.
    private func split(_ body: [String: JSON]) -> (properties: [String: JSON], bound: [String: JSON]) {
        var properties = body
        var bound: [String: JSON] = [:]
        for (key, value) in body where key.hasSuffix("@odata.bind") {
            properties[key] = nil
            bound[String(key.dropLast("@odata.bind".count))] = value
        }
        return (properties, bound)
    }

    /// A service that holds whatever it likes where nobody says anything.
    private struct Service {
        var properties: [String: JSON]
        var references: [String: JSON]

        mutating func take(patch: [UInt8]?, references named: [UInt8]?) throws {
            if let patch { for (key, value) in try read(patch).members { properties[key] = value == .null ? nil : value } }
            if let named { for (key, value) in try read(named).members { references[key] = value == .null ? nil : value } }
        }
    }

    private static let certificateTypes = ["signingCertificateType", "encryptionCertificateType"]

    /// Whether a profile says nothing about a use of certificates.
    private func leavesAlone(_ profile: EffectiveProfile, _ key: SettingKey) -> Bool { profile[.smimeEnabled].bool && profile[key].text == "notConfigured" }

    @Test(arguments: [false, true])
    func patchAndReferencesMakeTheProfileOfWhateverIsThere(isForGraphOnly: Bool) throws {
        let profiles = try randomProfiles(400, seed: 3, isForGraphOnly: isForGraphOnly).map(\.profile)
        let dormant: [String: JSON] = [
            "customDomainName": "old.example", "userDomainNameSource": "fullDomainName", "perAppVPNProfileId": "77777777-0000-4000-8000-777777777777",
            "smimeSigningEnabled": true, "smimeEncryptByDefaultEnabled": true, "usernameSource": "primarySmtpAddress",
        ]
        for (before, after) in zip(profiles, profiles.dropFirst()) {
            let (was, wanted) = (split(try body(before)), split(try body(after)))
            let patch = GraphPayload.patch(before: before, after: after)
            var service = Service(properties: was.properties.merging(dormant) { own, _ in own }, references: was.bound)
            try service.take(patch: patch, references: GraphPayload.references(before: before, after: after, cloud: .global))
            guard patch != nil else { continue }
            for (name, key) in zip(Self.certificateTypes, [SettingKey.signingCertificateType, .encryptionCertificateType]) {
                // Left alone: as it was. Off: none, whatever was there.
                let type: JSON? = leavesAlone(after, key) ? was.properties[name] : after[.smimeEnabled].bool ? wanted.properties[name] : "none"
                if !leavesAlone(after, key) || !leavesAlone(before, key) { #expect(service.properties[name] == type, "\(name)") }
                service.properties[name] = wanted.properties[name]
            }
            #expect(service.properties == wanted.properties)
            for (name, key) in [("smimeSigningCertificate", SettingKey.signingCertificateType), ("smimeEncryptionCertificate", .encryptionCertificateType)] {
                #expect(service.references[name] == (leavesAlone(after, key) ? was.bound[name] : wanted.bound[name]), "\(name)")
            }
            #expect(service.references["identityCertificate"] == wanted.bound["identityCertificate"])
        }
    }

    /// Every property that the service knows, but the certificate types that are left alone.
    @Test func patchIsComplete() throws {
        let names = try GraphReference()
        let own = ["iosEasEmailProfileConfiguration", "easEmailProfileConfigurationBase"].map { names.ownProperties(of: $0, in: "entityTypes") }
        let all = own.reduce(into: Set(["@odata.type", "displayName", "description", "roleScopeTagIds"])) { $0.formUnion($1) }
        for profile in try randomProfiles(200, seed: 7).map(\.profile) {
            let patch = try #require(GraphPayload.patch(before: profile.with(.accountName, .text("\u{1}")), after: profile))
            var expected = all
            if leavesAlone(profile, .signingCertificateType) { expected.remove("signingCertificateType") }
            if leavesAlone(profile, .encryptionCertificateType) { expected.remove("encryptionCertificateType") }
            #expect(Set(try read(patch).members.keys) == expected)
        }
    }

    @Test func whatDoesNotApplyIsNeutral() throws {
        let before = EffectiveProfile(id: "p", values: Catalogue.settings.map(\.restingValue)).with(.accountName, .text("Mail"))
            .with(.usernameAttribute, .text("userPrincipalName"))
        func patch(_ after: EffectiveProfile) throws -> [String: JSON] { try read(try #require(GraphPayload.patch(before: before, after: after))).members }
        let on = try patch(before.with(.smimeEnabled, .bool(true)))
        #expect(on["smimeSigningEnabled"] == false && on["signingCertificateType"] == nil && on["perAppVPNProfileId"] == .null)
        let off = try patch(before.with(.accountName, .text("Post")))
        #expect(off["signingCertificateType"] == "none" && off["encryptionCertificateType"] == "none" && off["customDomainName"] == .null)
        let sam = try patch(before.with(.usernameAttribute, .text("samAccountName")).with(.usernameDomain, .domain(.attribute("netBiosDomainName"))))
        #expect(sam["usernameAADSource"] == "samAccountName" && sam["usernameSource"] == "userPrincipalName")
        #expect(sam["userDomainNameSource"] == "netBiosDomainName" && sam["customDomainName"] == .null)
    }

    /// Intune keeps a certificate that nobody names; with S/MIME off it would wait there for S/MIME to come back.
    @Test func certificatesGoWithSMIMEAndWithTheMethod() throws {
        let plain = EffectiveProfile(id: "p", values: Catalogue.settings.map(\.restingValue))
        let certificate = SettingValue.reference(Reference(name: "c", id: "77777777-0000-4000-8000-777777777777"))
        let keeping = plain.with(.smimeEnabled, .bool(true))
        let signing = keeping.with(.signingCertificateType, .text("certificate")).with(.signingCertificate, certificate)
        func references(_ before: EffectiveProfile, _ after: EffectiveProfile) throws -> [String: JSON]? {
            try GraphPayload.references(before: before, after: after, cloud: .global).map { try read($0).members }
        }
        #expect(try references(signing, plain)?["smimeSigningCertificate"] == .null)
        #expect(try references(keeping, plain)?.keys.sorted() == ["derivedCredentialSettings", "smimeEncryptionCertificate", "smimeSigningCertificate"])
        #expect(try references(signing, keeping) == nil, "left alone")
        #expect(try references(plain, keeping) == nil)
        #expect(try references(keeping, signing)?["smimeSigningCertificate"] != .null)
        let byCertificate = plain.with(.method, .text("certificate")).with(.identityCertificate, certificate)
        #expect(try references(byCertificate, plain.with(.method, .text("usernameAndPassword"))) == ["identityCertificate": .null])
    }

    @Test func nothingChangedNothingSaid() throws {
        for profile in try randomProfiles(50, seed: 4).map(\.profile) {
            #expect(GraphPayload.patch(before: profile, after: profile) == nil)
            #expect(GraphPayload.references(before: profile, after: profile, cloud: .global) == nil)
        }
        let profile = try GoldenCase(name: "everything").after().profile
        let nobody = profile.with(.include, .targets([]))
        #expect(GraphPayload.patch(before: profile, after: nobody) == nil, "assign.json says it")
        let another = profile.with(.identityCertificate, .reference(Reference(name: "x", id: "77777777-0000-4000-8000-777777777777")))
        #expect(GraphPayload.patch(before: profile, after: another) == nil)
        #expect(GraphPayload.references(before: profile, after: another, cloud: .global) != nil)
    }

    /// The names of certificates and their SCEP blocks are the tenant's affair; Graph knows ids.
    @Test func renamedCertificateIsNoOtherReference() throws {
        let before = try GoldenCase(name: "everything").after().profile
        let reference = try #require(before[.identityCertificate].reference)
        let renamed = Reference(
            name: "renamed", id: reference.id, attachment: .init(kind: "scep", digest: "0123456789abcdef", content: ["URL": "https://x/"]))
        let after = before.with(.identityCertificate, .reference(renamed))
        #expect(GraphPayload.references(before: before, after: after, cloud: .global) == nil)
    }

    /// What the applied state keeps of a profile is enough to make a patch from.
    @Test func profileReadBackGivesTheSamePatch() throws {
        let profiles = try randomProfiles(60, seed: 5).map(\.profile)
        for (before, after) in zip(profiles, profiles.dropFirst()) {
            let again = try #require(EffectiveProfile(id: before.id, JSONDocument(file: "applied", bytes: before.json())))
            #expect(GraphPayload.body(again, cloud: .china) == GraphPayload.body(before, cloud: .china))
            #expect(GraphPayload.assign(again) == GraphPayload.assign(before))
            #expect(GraphPayload.patch(before: again, after: after) == GraphPayload.patch(before: before, after: after))
            #expect(
                GraphPayload.references(before: again, after: after, cloud: .china)
                    == GraphPayload.references(before: before, after: after, cloud: .china))
        }
    }
}
