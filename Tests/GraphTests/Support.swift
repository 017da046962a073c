import Foundation
import GraphEmulator
import JSONSource
import Synchronization
import TestSupport
import Time

@testable import Graph

let contoso = "11111111-1111-4111-8111-111111111111"
let fabrikam = "22222222-2222-4222-8222-222222222222"
let appID = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
/// With characters that a form must encode.
let contosoSecret = "c0nt~s+o/s3cr3t=&%"
let fabrikamSecret = "fabr1kam-s3cret"
let profiles = "/deviceManagement/deviceConfigurations"

/// A clock that waits for nothing: whoever sleeps moves it on.
final class JumpingClock: Sendable {
    private let state = Mutex((time: 0.0, slept: [Double]()))
    private let start = Int64(Date().timeIntervalSince1970)

    var time: Double { state.withLock { $0.time } }
    var slept: [Double] { state.withLock { $0.slept } }

    func advance(_ seconds: Double) { state.withLock { $0.time += seconds } }

    var clock: GraphClock {
        GraphClock(
            elapsed: { self.time }, now: { Instant(secondsSince1970: self.start + Int64(self.time)) },
            sleep: { seconds in
                try Task.checkCancellation()
                self.state.withLock { state in
                    state.time += seconds
                    state.slept.append(seconds)
                }
                await Task.yield()
            },
            random: { 0.5 })
    }
}

/// Certificates of a test authority, made once.
struct Certificates: Sendable {
    let folder: String
    let authority: String
    let server: (certificates: String, key: String)
    /// Certificate and key of an app, in one file.
    let appFile: String
    let appCertificate: String
    /// The same for an app that nobody knows.
    let strangerFile: String

    static let shared: Result<Certificates, any Error> = Result { try Certificates() }

    private init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "easel-graph-\(UUID().uuidString)").path
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func openssl(_ arguments: String...) throws { _ = try Program.output(["/usr/bin/openssl"] + arguments, in: folder) }
        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
        try openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2")
        try openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        try Data("subjectAltName=DNS:localhost,IP:127.0.0.1".utf8).write(to: URL(filePath: folder + "/names"))
        try openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "names")
        for name in ["app", "stranger"] {
            try openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(name).key", "-out", "\(name).crt", "-subj", "/CN=\(name)", "-days", "2")
            // The key first: the order within the file must not matter.
            try Data((try text("\(name).key") + text("\(name).crt")).utf8).write(to: URL(filePath: "\(folder)/\(name).pem"))
        }
        authority = folder + "/ca.pem"
        server = (try text("server.pem"), try text("server.key"))
        appFile = folder + "/app.pem"
        appCertificate = try text("app.crt")
        strangerFile = folder + "/stranger.pem"
    }
}

/// An emulator over TLS, a clock that both go by, and a service that talks to it.
struct Bench {
    let emulator: GraphEmulator
    let clock: JumpingClock
    let service: GraphService
    let certificates: Certificates

    /// Runs a test with it, and ends everything.
    static func with(
        _ scenario: Scenario = twoTenants(), environment: [String: String] = ["AZURE_CLIENT_ID": appID, "AZURE_CLIENT_SECRET": contosoSecret],
        adjust: (inout GraphService.Settings, GraphEmulator) throws -> Void = { _, _ in }, _ body: (Bench) async throws -> Void
    ) async throws {
        let certificates = try Certificates.shared.get()
        let clock = JumpingClock()
        let emulator = try await GraphEmulator.start(scenario, tls: certificates.server, clock: { clock.time })
        var settings = GraphService.Settings(environment: environment.merging(["AZURE_AUTHORITY_HOST": emulator.url]) { $1 })
        settings.graphEndpoint = emulator.url
        settings.caFile = certificates.authority
        settings.clock = clock.clock
        settings.timeout = 20
        do {
            try adjust(&settings, emulator)
            let bench = Bench(emulator: emulator, clock: clock, service: try GraphService(settings), certificates: certificates)
            do { try await body(bench) } catch {
                await bench.service.shutdown()
                throw error
            }
            await bench.service.shutdown()
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    func contosoTenant() throws -> GraphTenant { try service.tenant("contoso", tenantID: contoso, cloud: .global) }

    /// Requests to Graph itself.
    var asked: [LoggedRequest] { emulator.log.filter { !$0.isToken } }
    var tokens: [LoggedRequest] { emulator.log.filter(\.isToken) }

    /// The error of what must fail.
    func error(_ work: () async throws -> Void) async -> GraphError? {
        do { try await work() } catch { return error as? GraphError }
        return nil
    }
}

func twoTenants(_ adjust: (inout Scenario) -> Void = { _ in }) -> Scenario {
    var one = EmulatedApp(clientID: appID, secret: contosoSecret)
    one.federated = nil
    let two = EmulatedApp(clientID: appID, secret: fabrikamSecret)
    var scenario = Scenario(EmulatedTenant(id: contoso, apps: [one]), EmulatedTenant(id: fabrikam, displayName: "Fabrikam", apps: [two]))
    adjust(&scenario)
    return scenario
}

let profileBody: JSON = [
    "@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "displayName": "Staff mail", "hostName": "outlook.office365.com", "accountName": "Contoso mail",
    "authenticationMethod": "usernameAndPassword", "emailAddressSource": "primarySmtpAddress", "usernameSource": "userPrincipalName", "usernameAADSource": "userPrincipalName",
    "easServices": "calendars,contacts,email,notes,reminders", "requireSsl": true,
]
