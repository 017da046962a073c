import Foundation
import JSONSource
import Payloads
import Profiles
import Testing

/// Identity: what a device takes for the profile that it has, and what for a new one.
struct MobileConfigTests {
    private struct Identity: Hashable {
        let identifier: String
        let uuid: String
    }

    /// Of the profile itself first, then of each payload in it.
    private func identities(_ resolved: Resolved, generation: Int, profile: EffectiveProfile? = nil) throws -> [Identity] {
        let bytes = MobileConfig.profile(profile ?? resolved.profile, tenant: resolved.tenant, generation: generation)
        let root = try PropertyListValue(reading: Data(bytes))
        return try ([root] + (root.members["PayloadContent"]?.elements ?? [])).map { payload in
            Identity(
                identifier: try #require(payload.members["PayloadIdentifier"]?.text), uuid: try #require(payload.members["PayloadUUID"]?.text))
        }
    }

    @Test func aNewGenerationHasNewUUIDsAndTheSameIdentifiers() throws {
        for resolved in try randomProfiles(60, seed: 7) {
            let first = try identities(resolved, generation: 1)
            let second = try identities(resolved, generation: 2)
            #expect(first.map(\.identifier) == second.map(\.identifier))
            #expect(Set(first.map(\.uuid)).isDisjoint(with: second.map(\.uuid)))
            #expect(Set(first.map(\.uuid)).count == first.count)
        }
    }

    @Test func theSameGenerationHasTheSameBytes() throws {
        for (one, other) in zip(try randomProfiles(60, seed: 8), try randomProfiles(60, seed: 8)) {
            #expect(
                MobileConfig.profile(one.profile, tenant: one.tenant, generation: 4)
                    == MobileConfig.profile(other.profile, tenant: other.tenant, generation: 4))
        }
    }

    @Test func anUpdateInPlaceKeepsUUIDs() throws {
        let resolved = try GoldenCase(name: "everything").after()
        var updated = resolved.profile
        updated = updated.with(.accountName, .text("Another name"))
        updated = updated.with(.displayName, .text("Another name in the console"))
        updated = updated.with(.signingEnabled, .bool(false))
        #expect(try identities(resolved, generation: 1) == identities(resolved, generation: 1, profile: updated))
        #expect(
            MobileConfig.profile(resolved.profile, tenant: resolved.tenant, generation: 1)
                != MobileConfig.profile(updated, tenant: resolved.tenant, generation: 1))
    }

    @Test func anotherCertificateIsAnotherPayload() throws {
        let resolved = try GoldenCase(name: "everything").after()
        var updated = resolved.profile
        // Now one certificate signs in and signs: it is in the profile once.
        updated = updated.with(.signingCertificate, resolved.profile[.identityCertificate])
        let before = try identities(resolved, generation: 1)
        let after = try identities(resolved, generation: 1, profile: updated)
        #expect(before.count == 5 && after.count == 4)
        #expect(Set(after).isSubset(of: before))
        #expect(!after.contains { $0.identifier.hasSuffix(".scep.bbbbbbbb-2222-4222-8222-222222222222") })
    }

    @Test func identityIsOfTenantAndProfile() throws {
        let tenantBytes = try #require(try Files.golden("tenant.json"))
        let manifest = try #require(try Files.golden("everything/manifest.json"))
        let one = try Resolved(manifest: manifest, tenant: readTenant(tenantBytes, id: "contoso"))
        let other = try Resolved(manifest: manifest, tenant: readTenant(tenantBytes, id: "fabrikam"))
        let renamed = EffectiveProfile(id: "board-mail", values: one.profile.values)
        let identities = try [
            identities(one, generation: 1), identities(other, generation: 1), identities(one, generation: 1, profile: renamed),
        ]
        #expect(identities.map { $0[0].identifier } == ["easel.contoso.staff-mail", "easel.fabrikam.staff-mail", "easel.contoso.board-mail"])
        #expect(Set(identities.joined()).count == 15)
    }

    @Test func uuidsAreVersion8InUpperCase() throws {
        let form = "^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$"
        var variants: Set<Character> = []
        for resolved in try randomProfiles(20, seed: 9) {
            for generation in 1...5 {
                for identity in try identities(resolved, generation: generation) {
                    #expect(identity.uuid.range(of: form, options: .regularExpression) != nil, "\(identity.uuid)")
                    variants.insert(Array(identity.uuid)[19])
                }
            }
        }
        #expect(variants == ["8", "9", "A", "B"])
    }

    // MARK: What it cannot be made from

    @Test func whatCannotBeRenderedIsToldBeforehand() throws {
        let everything = try GoldenCase(name: "everything").after()
        #expect(MobileConfig.isPossible(everything.profile))
        #expect(!MobileConfig.isPossible(try GoldenCase(name: "derived-credential").after().profile))
        #expect(!MobileConfig.isPossible(try GoldenCase(name: "cloud-global").after().profile))
        let applied = try #require(EffectiveProfile(id: "staff-mail", JSONDocument(file: "applied", bytes: everything.profile.json())))
        #expect(!MobileConfig.isPossible(applied), "the applied state keeps a digest of the SCEP block, not the block")
    }

    @Test func noKeyPointsToAPayloadThatIsNotThere() throws {
        let everything = try GoldenCase(name: "everything").after()
        let applied = try #require(EffectiveProfile(id: "staff-mail", JSONDocument(file: "applied", bytes: everything.profile.json())))
        let root = try PropertyListValue(reading: Data(MobileConfig.profile(applied, tenant: everything.tenant, generation: 1)))
        let payloads = root.members["PayloadContent"]?.elements ?? []
        #expect(payloads.count == 1)
        #expect(payloads.first?.members.keys.contains { $0.hasSuffix("CertificateUUID") } == false)
    }

    @Test func notesOfTheTenantStayOut() throws {
        let everything = try GoldenCase(name: "everything").after()
        let text = String(decoding: MobileConfig.profile(everything.profile, tenant: everything.tenant, generation: 1), as: UTF8.self)
        #expect(!text.contains("$comment"))
    }
}
