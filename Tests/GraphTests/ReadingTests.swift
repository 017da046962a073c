import Foundation
import GraphEmulator
import JSONSource
import Live
import Profiles
import Testing

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
            #expect(!live.isBroken && live.profiles.count == 2 && live.diagnostics.allSatisfy { $0.severity == .warning && $0.code == "CFG094" })
            #expect(live.diagnostics.compactMap(\.help).contains { $0.contains("Group.Read.All") })
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
        try await Bench.with(scenario { $0.tenants[0].apps[0].permissions = permissions }, adjust: { given, _ in settings = given }) { bench in
            let source = GraphSource(try #require(settings), readsNames: false)
            // The emulator tells the machine's own time.
            bench.clock.advance(400)
            let access = try await source.access(to: LiveTenantQuery(id: "contoso", tenantID: contoso, cloud: .global))
            #expect(access.signIn == nil && access.reading == nil && access.consentURL?.hasSuffix("/\(contoso)/adminconsent?client_id=\(appID)") == true)
            let granted = try #require(access.permissions).filter(\.isGranted).map(\.name)
            #expect(granted == ["DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All", "GroupMember.Read.All", "Group.Read.All", "Organization.Read.All", "User.Read.All"])
            let clocks = try #require(access.clocks)
            #expect((300...402).contains(clocks.machine.secondsSince1970 - clocks.service.secondsSince1970))
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
}
