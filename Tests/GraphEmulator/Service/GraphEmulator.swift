import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import JSONSource
import Logging
import NIOCore
import NIOSSL
import Synchronization
import Time

/// Microsoft Graph and its sign-in service for several tenants, on one port of this machine: as strict as they are documented to be.
///
/// - `POST /{tenant}/oauth2/v2.0/token` gives tokens.
/// - `/beta/…` is Graph.
/// - `/oidc/github` and `/oidc/azure` give federated tokens to whoever has `oidcToken`, as the services of pipelines do.
public final class GraphEmulator: Sendable {
    /// Scheme, host and port.
    public let url: String
    public static let oidcToken = "emulated-pipeline-token"

    let state: Mutex<EmulatorState>
    private let clock: @Sendable () -> Double
    /// The time of day. Not the start and what has passed since: a machine that was paused has another time than both together.
    private let moment: @Sendable () -> Instant
    private let server: Mutex<Task<Void, any Error>?> = Mutex(nil)

    private init(_ scenario: Scenario, url: String, moment: @escaping @Sendable () -> Instant, clock: @escaping @Sendable () -> Double) {
        self.url = url
        self.moment = moment
        self.clock = clock
        state = Mutex(EmulatorState(scenario, now: moment().description))
    }

    /// Starts an emulator.
    ///
    /// - Parameters:
    ///   - tls: certificate chain and key in PEM; nil for plain HTTP.
    ///   - port: 0 for any that is free.
    ///   - clock: seconds since the start; tokens, limits and visibility go by it.
    public static func start(
        _ scenario: Scenario, tls: (certificates: String, key: String)? = nil, port: Int = 0, clock: (@Sendable () -> Double)? = nil
    ) async throws -> GraphEmulator {
        let begin = ContinuousClock.now
        let beginning = Instant(secondsSince1970: Int64(clockOfDay()))
        let given = clock
        let moment: @Sendable () -> Instant = { given.map { beginning.adding(seconds: Int($0())) } ?? Instant(secondsSince1970: Int64(clockOfDay())) }
        let clock = clock ?? { (ContinuousClock.now - begin) / .seconds(1) }
        let builder: HTTPServerBuilder
        if let tls {
            let certificates = try NIOSSLCertificate.fromPEMBytes(Array(tls.certificates.utf8)).map { NIOSSLCertificateSource.certificate($0) }
            let key = try NIOSSLPrivateKey(bytes: Array(tls.key.utf8), format: .pem)
            builder = try .tls(.http1(), tlsConfiguration: .makeServerConfiguration(certificateChain: certificates, privateKey: .privateKey(key)))
        } else {
            builder = .http1()
        }
        let (ports, started) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "graph-emulator")
        logger.logLevel = .critical
        let shared = Shared()
        let application = Application(
            responder: CallbackResponder<EmulatorContext> { request, context in
                guard let emulator = shared.emulator.withLock({ $0 }) else { return Response(status: .serviceUnavailable) }
                return try await emulator.respond(request, context.channel)
            },
            server: builder, configuration: .init(address: .hostname("127.0.0.1", port: port)), onServerRunning: { channel in started.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        let task = Task { do { try await application.run() } catch { started.finish(); throw error } }
        var found: Int?
        for await port in ports {
            found = port
            break
        }
        guard let found else {
            if case .failure(let error) = await task.result { throw error }
            throw ScenarioError(description: "the emulator did not start")
        }
        let emulator = GraphEmulator(scenario, url: "\(tls == nil ? "http" : "https")://127.0.0.1:\(found)", moment: moment, clock: clock)
        shared.emulator.withLock { $0 = emulator }
        emulator.server.withLock { $0 = task }
        return emulator
    }

    private final class Shared: Sendable { let emulator = Mutex<GraphEmulator?>(nil) }

    public func stop() async {
        let task = server.withLock { server in
            defer { server = nil }
            return server
        }
        task?.cancel()
        _ = await task?.result
    }

    /// Waits until the emulator ends.
    public func run() async throws { try await server.withLock { $0 }?.value }

    // MARK: What tests ask and do

    /// Requests so far, in the order in which they came.
    public var log: [LoggedRequest] { state.withLock { $0.log } }

    public func clearLog() { state.withLock { $0.log = [] } }

    public func add(_ fault: Fault) { state.withLock { $0.faults.append((fault, 0, 0)) } }

    /// From now on no token that was given so far is valid.
    public func expireTokens() { state.withLock { state in for token in state.tokens.keys { state.tokens[token]?.expires = -1 } } }

    /// Approves a write that awaits a second administrator.
    public func approve(_ code: String, tenant: String) { state.withLock { $0.tenants[tenant]?.approvals[code]?.isApproved = true } }

    /// The device configurations that a tenant has, with their assignments.
    public func configurations(of tenant: String) -> [JSON] {
        state.withLock { ($0.tenants[tenant.lowercased()]?.entities ?? []).map { $0.json(withAssignments: true) } }
    }

    /// Where a profile's navigation properties lead.
    public func references(of id: String, tenant: String) -> [String: String] {
        state.withLock { $0.tenants[tenant.lowercased()]?.entities.first { $0.id == id.lowercased() }?.references ?? [:] }
    }

    /// Changes a profile as somebody in the portal would.
    public func change(_ id: String, tenant: String, _ properties: [String: JSON]) {
        let now = now
        state.withLock { state in
            guard let index = state.tenants[tenant.lowercased()]?.entities.firstIndex(where: { $0.id == id.lowercased() }) else { return }
            state.tenants[tenant.lowercased()]?.entities[index].properties.merge(properties) { $1 }
            state.tenants[tenant.lowercased()]?.entities[index].version += 1
            state.tenants[tenant.lowercased()]?.entities[index].modified = now
        }
    }

    /// Deletes a profile as somebody in the portal would.
    public func remove(_ id: String, tenant: String) { state.withLock { $0.tenants[tenant.lowercased()]?.entities.removeAll { $0.id == id.lowercased() } } }

    /// Adds a configuration as somebody in the portal would.
    public func add(_ object: JSON, tenant: String) {
        let now = now
        state.withLock { state in if let entity = Entity(scenario: object, now: now) { state.tenants[tenant.lowercased()]?.entities.append(entity) } }
    }

    /// A token of the emulator's own issuer, as GitHub or Kubernetes would give one.
    public func federatedToken(subject: String, audience: String = "api://AzureADTokenExchange", lifetime: Int = 300) -> String {
        state.withLock { tokenService($0).federatedToken(subject: subject, audience: audience, lifetime: lifetime) }
    }

    // MARK: Time and tokens

    var time: Double { clock() }
    var now: String { moment().description }

    func tokenService(_ state: EmulatorState) -> TokenService {
        TokenService(
            tenants: state.tenants.mapValues(\.tenant), lifetime: state.scenario.tokenLifetime, issuerKey: state.issuerKey, origin: url, now: Int(moment().secondsSince1970))
    }
}

/// Keeps the connection of a request, to break it.
struct EmulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
