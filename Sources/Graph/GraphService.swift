import Basics
import Profiles
import Synchronization

/// Microsoft Graph for many tenants: one bounded engine for all of them.
///
/// - At most `concurrency` calls are under way at the same time, and `tenantConcurrency` for one tenant. A request that waits to be sent again
///   holds no place, so a tenant that fails, hangs or is throttled holds up nobody.
/// - A tenant's token goes with that tenant's requests to its cloud's host and nowhere else. Redirects are refused.
/// - Call `shutdown` when done.
public final class GraphService: Sendable {
    public struct Settings: Sendable {
        /// Where credentials are: variables by the names of Azure's SDKs.
        public var environment: [String: String]
        /// `--credentials`: a folder with a folder for each tenant.
        public var credentials: String?
        /// `--graph-endpoint`: scheme, host and port of an emulator or a proxy.
        public var graphEndpoint: String?
        /// `--ca-file`: certificate authorities to trust in addition to the machine's.
        public var caFile: String?
        public var concurrency = 16
        public var tenantConcurrency = 4
        public var limits = ThrottleLimits.intune
        public var retrying = Retrying()
        /// Seconds for one exchange, from the first byte out to the last byte in.
        public var timeout = 100.0
        /// Bytes that an answer may have.
        public var answerLimit = 32 << 20
        public var clock = GraphClock.system

        public init(environment: [String: String]) { self.environment = environment }
    }

    let settings: Settings
    private let transport: any Transport
    private let slots: Slots
    private let sessions = Mutex<[SessionKey: TenantSession]>([:])

    private struct SessionKey: Hashable {
        let id: String
        let tenantID: String
        let cloud: Tenant.Cloud
    }

    /// - Throws: `EndpointError` or `FileError` where the settings cannot be used.
    public convenience init(_ settings: Settings) throws {
        let timeouts = NetworkTransport.Timeouts(connect: min(15, settings.timeout), whole: settings.timeout)
        let transport = try NetworkTransport(caFile: settings.caFile, proxies: try ProxySettings(environment: settings.environment), timeouts: timeouts, connections: settings.concurrency)
        self.init(settings, transport: transport)
    }

    init(_ settings: Settings, transport: any Transport) {
        self.settings = settings
        self.transport = transport
        slots = Slots(settings.concurrency)
    }

    /// A tenant to send requests for. Nothing is sent yet.
    ///
    /// - Parameters:
    ///   - id: the tenant id: the name of its folder in the config repository and below `--credentials`.
    ///   - tenantID: the tenant's GUID.
    /// - Throws: `CredentialError`, `EndpointError`, `FileError`; `GraphError` where the GUID is none.
    public func tenant(_ id: String, tenantID: String, cloud: Tenant.Cloud) throws -> GraphTenant {
        guard StringForm.id.accepts(id), StringForm.guid.accepts(tenantID) else {
            throw GraphError(.badRequest, tenant: shown(id, limit: 80), message: "its tenantId is not a GUID", help: "Write the tenant's GUID into tenant.json")
        }
        let key = SessionKey(id: id, tenantID: tenantID.lowercased(), cloud: cloud)
        if let session = sessions.withLock({ $0[key] }) { return GraphTenant(session: session) }
        let endpoints = try Endpoints(cloud: cloud, graph: settings.graphEndpoint, authority: settings.environment["AZURE_AUTHORITY_HOST"])
        let folder = try settings.credentials.flatMap { try CredentialFolder.read($0, tenant: id) }
        let credential = try CredentialChoice.credential(environment: settings.environment, folder: folder, tenant: id, folders: settings.credentials)
        let session = TenantSession(id: id, tenantID: key.tenantID, cloud: cloud, credential: credential, endpoints: endpoints, settings: settings, transport: transport, slots: slots)
        // Where two ask at the same time, both get the first one: a tenant has one token and one count of its requests.
        return GraphTenant(session: sessions.withLock { sessions in
            if let first = sessions[key] { return first }
            sessions[key] = session
            return session
        })
    }

    /// Ends connections. Nothing can be sent afterwards.
    public func shutdown() async { await transport.shutdown() }
}
