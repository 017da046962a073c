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

    @Test(arguments: [false, true])
    func patchAndReferencesLeadFromBeforeToAfter(isForGraphOnly: Bool) throws {
        let profiles = try randomProfiles(400, seed: 3, isForGraphOnly: isForGraphOnly).map(\.profile)
        for (before, after) in zip(profiles, profiles.dropFirst()) {
            var (properties, bound) = split(try body(before))
            let wanted = split(try body(after))
            let patch = try read(GraphPayload.patch(before: before, after: after)).members
            #expect(patch["@odata.type"] == properties["@odata.type"])
            for (key, value) in patch where key != "@odata.type" {
                #expect(properties[key] != value, "\(key) has not changed")
                #expect(!(value == .null && properties[key] == nil), "\(key) was not there")
                properties[key] = value == .null ? nil : value
            }
            #expect(properties == wanted.properties)

            if let references = GraphPayload.references(before: before, after: after, cloud: .global) {
                for (key, value) in try read(references).members {
                    #expect(bound[key] ?? .null != value, "\(key) has not changed")
                    bound[key] = value == .null ? nil : value
                }
            }
            #expect(bound == wanted.bound)
        }
    }

    /// Of a profile that somebody else has made, the service may hold anything where it had no effect.
    @Test func whatComesIntoEffectIsNamed() throws {
        let before = EffectiveProfile(id: "p", values: Catalogue.settings.map(\.restingValue)).with(.accountName, .text("Mail"))
        let after = before.with(.smimeEnabled, .bool(true))
        let names = ["smimeSigningEnabled", "smimeSigningUserOverrideEnabled", "smimeSigningCertificateUserOverrideEnabled", "smimeEncryptByDefaultEnabled"]
        let patch = try read(GraphPayload.patch(before: before, after: after, wakes: true)).members
        #expect(patch["requireSmime"] == true && names.allSatisfy { patch[$0] == false } && patch["hostName"] == nil && !patch.values.contains(.null))
        #expect(Set(try read(GraphPayload.patch(before: before, after: after)).members.keys) == ["@odata.type", "requireSmime"])
        #expect(try read(GraphPayload.patch(before: after, after: after.with(.accountName, .text("Post")), wakes: true)).members["smimeSigningEnabled"] == nil)
    }

    @Test func nothingChangedNothingSaid() throws {
        for profile in try randomProfiles(50, seed: 4).map(\.profile) {
            #expect(try read(GraphPayload.patch(before: profile, after: profile)) == ["@odata.type": .string(GraphNames.emailProfileType)])
            #expect(GraphPayload.references(before: profile, after: profile, cloud: .global) == nil)
        }
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
