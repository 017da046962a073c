import Foundation
import GraphEmulator
import JSONSource
import TestSupport
import Testing

/// The fleet, committed and not applied, and an emulator of Microsoft Graph over TLS whose tenants have nothing but certificates.
struct PublishBench: Sendable {
    static let app = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    static let secret = "s3cr3t-of-the-app~+/"
    static let ids = Dictionary(uniqueKeysWithValues: Fleet.tenants.enumerated().map { ($1, "00000000-0000-4000-8000-00000000000\($0 + 1)") })

    let shop: Workshop
    let emulator: GraphEmulator

    /// Runs a test with both, and ends them.
    static func with(adjust: (inout Scenario) -> Void = { _ in }, _ body: (PublishBench) async throws -> Void) async throws {
        let shop = try Workshop()
        try shop.makeFleet()
        try await with(shop, adjust: adjust, body)
    }

    static func with(_ shop: Workshop, adjust: (inout Scenario) -> Void = { _ in }, _ body: (PublishBench) async throws -> Void) async throws {
        try certify(shop)
        var scenario = Scenario()
        scenario.tenants = Fleet.tenants.enumerated().map { index, tenant in
            var emulated = EmulatedTenant(id: ids[tenant] ?? "", displayName: tenant, apps: [EmulatedApp(clientID: app, secret: secret)])
            emulated.deviceConfigurations = ["40000000", "50000000"].map {
                ["@odata.type": "#microsoft.graph.iosPkcsCertificateProfile", "id": .string("\($0)-0000-4000-8000-00000000000\(index + 1)"), "displayName": .string("Certificate \($0)")]
            }
            return emulated
        }
        adjust(&scenario)
        let emulator = try await GraphEmulator.start(scenario, tls: (try shop.read("server.pem"), try shop.read("server.key")))
        do { try await body(PublishBench(shop: shop, emulator: emulator)) } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    private static func certify(_ shop: Workshop) throws {
        func openssl(_ arguments: String...) throws { _ = try Program.output(["/usr/bin/openssl"] + arguments, in: shop.path) }
        try openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2")
        try openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        try shop.write("subjectAltName=DNS:localhost,IP:127.0.0.1", to: "names")
        try openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "names")
    }

    // MARK: easel

    func start(_ arguments: [String]) throws -> Program {
        try shop.start(
            [Workshop.binary] + arguments + ["--repo", "config", "--graph-endpoint", emulator.url, "--ca-file", "ca.pem"],
            environment: ["AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret, "AZURE_AUTHORITY_HOST": emulator.url])
    }

    /// Waits for a program. No output may have the secret.
    func finish(_ program: Program) async throws -> Workshop.Outcome {
        let outcome = try await program.finished()
        #expect(!(outcome.out + outcome.err).contains(Self.secret))
        return outcome
    }

    func publish(_ arguments: String..., state: String = "state.git") async throws -> Workshop.Outcome {
        try await finish(start(["reconcile", "--publish", "graph", "--state", state] + arguments))
    }

    func report(_ arguments: String...) async throws -> (report: Report, status: Int32) {
        let outcome = try await finish(start(["reconcile", "--publish", "graph", "--state", "state.git", "--format", "json"] + arguments))
        return (try #require(try? JSONDecoder().decode(Report.self, from: outcome.data), "\(outcome.out.prefix(600)) \(outcome.err)"), outcome.status)
    }

    // MARK: What Intune has

    /// Email profiles of a tenant, by name.
    func profiles(_ tenant: String) -> [String: [JSON]] {
        Dictionary(grouping: emulator.configurations(of: Self.ids[tenant] ?? "").filter { text($0, "@odata.type").hasSuffix("iosEasEmailProfileConfiguration") }) { text($0, "displayName") }
    }

    func profile(_ tenant: String, _ name: String) throws -> JSON {
        let found = profiles(tenant)[name] ?? []
        try #require(found.count == 1, "\(tenant) has \(found.count) profiles named \(name)")
        return found[0]
    }

    func id(_ tenant: String, _ name: String) throws -> String { text(try profile(tenant, name), "id") }

    /// Ids of the groups that a profile is assigned to.
    func groups(_ profile: JSON) -> [String] {
        guard case .object(let members) = profile, case .array(let list)? = members["assignments"] else { return [] }
        return list.compactMap { if case .object(let assignment) = $0, let target = assignment["target"] { text(target, "groupId") } else { nil } }
    }

    /// Every tenant has exactly the profiles of the manifests, each assigned to its group.
    func expectWholeFleet(_ names: [String] = ["Board mail", "Kiosk mail", "Staff mail"], _ tenants: [String] = Fleet.tenants) {
        for tenant in tenants {
            let found = profiles(tenant)
            #expect(found.keys.sorted() == names && found.values.allSatisfy { $0.count == 1 && groups($0[0]).count == 1 }, "\(tenant): \(found.mapValues { $0.map(groups) })")
        }
    }

    /// Requests to Graph that change something, and that the service has answered.
    var writes: [LoggedRequest] { emulator.log.filter { !$0.isToken && $0.method != "GET" } }

    /// A record in the applied state.
    func record(_ tenant: String, _ profile: String) throws -> Workshop.Object {
        let state = try JSONSerialization.jsonObject(with: Data(shop.applied("tenants/\(tenant)/state.json", "state.git").utf8)) as? Workshop.Object
        return try #require((state?["profiles"] as? Workshop.Object)?[profile] as? Workshop.Object, "\(tenant)/\(profile) is not recorded")
    }
}

func text(_ json: JSON, _ key: String) -> String {
    if case .object(let members) = json, case .string(let text)? = members[key] { text } else { "" }
}
