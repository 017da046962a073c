import Foundation
import GraphEmulator
import JSONSource
import Live
import Profiles
import Testing
import Time

@testable import Graph

/// A tenant as a source of live profiles.
@Suite struct ReadingTests {
    private let scep = "33333333-3333-4333-8333-333333333333"
    private let group = "44444444-4444-4444-8444-444444444444"

    private func scenario(_ adjust: (inout Scenario) -> Void = { _ in }) -> Scenario {
        var profile: [String: JSON] = ["id": "55555555-5555-4555-8555-555555555555", "identityCertificate": .string(scep), "smimeSigningCertificate": .string(scep)]
        if case .object(let members) = profileBody { profile.merge(members) { $1 } }
        var second = profile.filter { $0.key != "id" && $0.value != .string(scep) }
        second["displayName"] = "Second mail"
        profile["authenticationMethod"] = "certificate"
        profile["assignments"] = [["id": "x", "source": "direct", "target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": .string(group)]]]
        return twoTenants { scenario in
            scenario.tenants[0].deviceConfigurations = [
                ["@odata.type": "#microsoft.graph.iosScepCertificateProfile", "id": .string(scep), "displayName": "Device SCEP"], .object(profile),
                .object(second),
                ["@odata.type": "#microsoft.graph.windows10GeneralConfiguration", "displayName": "Windows"],
            ]
            scenario.tenants[0].groups = [["id": .string(group), "displayName": "Staff"]]
            adjust(&scenario)
        }
    }

    private func read(_ bench: Bench, readsNames: Bool) async throws -> LiveTenant {
        let found = try await GraphReading(bench.service, readsNames: readsNames).objects(of: LiveTenantQuery(id: "contoso", tenantID: contoso, cloud: .global))
        return LiveTenant(found, names: TenantNames(nil, found.directory))
    }

    @Test(arguments: [true, false]) func profilesWithTheCertificatesThatTheyUse(_ supportsIsOf: Bool) async throws {
        try await Bench.with(scenario { $0.supportsIsOf = supportsIsOf; $0.pageSize = 1 }) { bench in
            let live = try await read(bench, readsNames: false)
            #expect(live.diagnostics.map(\.message) == [] && live.unknown.isEmpty && live.profiles.map(\.displayName) == ["Second mail", "Staff mail"])
            let profile = try #require(live.profiles.last)
            #expect(profile[.identityCertificate]?.reference?.id == scep && profile.saysAssignments)
            #expect(profile[.include]?.targets.count == 1)
            // Pages, and one request for the one certificate that is in use; the first filter is refused where isof is unknown.
            #expect(bench.asked.count == (supportsIsOf ? 2 : 1 + 4) + 1)
        }
    }

    @Test func namesForAnImport() async throws {
        try await Bench.with(scenario()) { bench in
            let live = try await read(bench, readsNames: true)
            #expect(live.directory.names[.groups]?[group] == "Staff" && live.directory.names[.certificateProfiles]?[scep] == "Device SCEP")
            #expect(live.directory.organization?.displayName == "Contoso" && live.others["windows10GeneralConfiguration"] == 1)
        }
        try await Bench.with(scenario { $0.tenants[0].apps[0].permissions = ["DeviceManagementConfiguration.Read.All"] }) { bench in
            let live = try await read(bench, readsNames: true)
            #expect(live.diagnostics.isEmpty && live.profiles.count == 2)
            #expect(
                live.notes == [
                    "The tenant's name is missing: the app lacks the application permission Organization.Read.All",
                    "Names of scope tags are missing: the app lacks the application permission DeviceManagementRBAC.Read.All",
                    "Names of groups are missing: the app lacks the application permission Group.Read.All",
                ])
        }
    }

    /// What cannot be read is unknown, never empty.
    @Test func aTenantThatCannotBeRead() async throws {
        try await Bench.with(scenario { $0.tenants[0].apps[0].hasConsent = false }) { bench in
            let live = try await read(bench, readsNames: false)
            #expect(live.isBroken && live.profiles.isEmpty && live.diagnostics.first?.help?.contains("adminconsent") == true)
        }
        try await Bench.with(scenario(), environment: [:]) { bench in
            let live = try await read(bench, readsNames: false)
            #expect(live.isBroken && live.diagnostics.first?.message == "there is no credential")
        }
        try await Bench.with(scenario { $0.pageSize = 1 }) { bench in
            bench.emulator.add(Fault(.answer(status: 404, code: "x"), path: "skiptoken", after: 1))
            let live = try await read(bench, readsNames: true)
            #expect(live.isBroken && live.profiles.isEmpty)
        }
    }

    /// What `doctor` asks: one sign-in and one request for each tenant.
    @Test func whatATenantPermits() async throws {
        let permissions: Set<String> = ["DeviceManagementConfiguration.ReadWrite.All", "Directory.Read.All"]
        var settings: GraphService.Settings?
        let began = Date()
        try await Bench.with(scenario { $0.tenants[0].apps[0].permissions = permissions }, adjust: { given, _ in settings = given }) { bench in
            let source = GraphSource(try #require(settings), readsNames: false)
            // The emulator tells the machine's own time.
            bench.clock.advance(400)
            let access = try await source.access(to: LiveTenantQuery(id: "contoso", tenantID: contoso, cloud: .global))
            #expect(access.signIn == nil && access.reading == nil && access.consentURL?.hasSuffix("/\(contoso)/adminconsent?client_id=\(appID)") == true)
            let granted = try #require(access.permissions).filter(\.isGranted).map(\.name)
            #expect(granted == ["DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All", "GroupMember.Read.All", "Group.Read.All", "Organization.Read.All", "User.Read.All"])
            let clocks = try #require(access.clocks)
            // The bench's own clock stands still while a busy machine makes the rest of it.
            #expect((398 - Int64(Date().timeIntervalSince(began))...402).contains(clocks.machine.secondsSince1970 - clocks.service.secondsSince1970))
            #expect(bench.asked.count == 1 && bench.tokens.count == 1)
            let stranger = try await source.access(to: LiveTenantQuery(id: "fabrikam", tenantID: fabrikam, cloud: .global))
            #expect(stranger.signIn?.help?.contains("secret") == true && stranger.permissions == nil && stranger.reading == nil)
            let unknown = try await source.access(to: LiveTenantQuery(id: "new", tenantID: nil, cloud: nil))
            #expect(unknown.signIn?.message.contains("tenantId") == true)
            await source.close()
        }
        try await Bench.with(scenario { $0.tenants[0].apps[0].permissions = [] }, adjust: { given, _ in settings = given }) { bench in
            let source = GraphSource(try #require(settings), readsNames: false)
            let access = try await source.access(to: LiveTenantQuery(id: "contoso", tenantID: contoso, cloud: .global))
            #expect(access.permissions?.contains(where: \.isGranted) == false && access.reading?.help?.contains("DeviceManagementConfiguration.Read.All") == true)
            await source.close()
        }
    }

    /// Who changed a profile is for advice: a service in trouble leaves it unknown, and says why.
    @Test func aRecordThatCannotBeRead() async throws {
        let profile = "55555555-5555-4555-8555-555555555555"
        let query = AttributionQuery(graphID: profile.uppercased(), lastModified: nil)
        let tenant = LiveTenantQuery(id: "contoso", tenantID: contoso, cloud: .global)
        func event(_ id: String, _ days: Int64, _ actor: JSON, result: String = "Success") -> JSON {
            let time = Instant(secondsSince1970: Int64(Date().timeIntervalSince1970) - days * 86_400)
            return [
                "category": "DeviceConfiguration", "activityType": "Delete DeviceConfiguration", "activityDateTime": .string(time.description), "activityResult": .string(result), "actor": actor,
                "resources": [["resourceId": .string(id)]],
            ]
        }
        var settings: GraphService.Settings?
        func ask(_ adjust: (inout Scenario) -> Void) async throws -> (answer: Attributions, requests: Int) {
            var result: (Attributions, Int)?
            try await Bench.with(scenario(adjust), adjust: { given, _ in settings = given }) { bench in
                let source = GraphSource(try #require(settings), readsNames: false)
                result = (try #require(try await source.attributions(of: tenant, [query])), bench.asked.count)
                await source.close()
            }
            guard let result else { throw CancellationError() }
            return result
        }
        let known = try await ask { $0.tenants[0].auditEvents = [
            event(profile, 3, ["applicationId": "7777"]), event(profile, 2, ["userPrincipalName": "", "servicePrincipalName": "Cleaner"]), event(profile, 1, ["userPrincipalName": "eve@x.example"], result: "Failure"),
            event(profile, 1, [:]), event(contoso, 1, ["userPrincipalName": "eve@x.example"]),
        ] }
        #expect(known.answer.found[profile].map { "\($0.kind) \($0.who)" } == "app Cleaner" && known.answer.refusal == nil && known.requests == 1)
        let old = try await ask { $0.tenants[0].auditEvents = [event(profile, 31, ["userPrincipalName": "ann@x.example"])] }
        #expect(old.answer.found.isEmpty && old.answer.refusal == nil)
        let forbidden = try await ask { $0.tenants[0].apps[0].permissions = ["DeviceManagementConfiguration.Read.All"] }
        #expect(forbidden.answer.refusal == "the app lacks the application permission DeviceManagementApps.Read.All")
        let broken = try await ask { $0.faults = [Fault(.answer(status: 500), path: "auditEvents", times: nil)] }
        #expect(broken.answer.found.isEmpty && broken.answer.refusal?.contains("500") == true)
    }
}
