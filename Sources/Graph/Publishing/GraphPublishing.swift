import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// Microsoft Graph as a service that takes operations.
///
/// Nothing is opened before the first tenant is asked for. Call `close` when done.
public final class GraphPublishing: PublishingService {
    public let name = "Microsoft Graph"
    private let opened: OpenedService

    public init(_ settings: GraphService.Settings) { opened = OpenedService(settings) }

    public func tenant(_ id: String, tenantID: String, cloud: Tenant.Cloud) throws(ServiceFailure) -> any TenantService {
        guard LiveTenantQuery(id: id, tenantID: tenantID, cloud: cloud).tenantID != nil else {
            throw ServiceFailure(.tenantUnavailable, message: "the tenant's GUID is not known yet: tenantId is zeros", help: "Write the tenant's GUID into its tenant.json")
        }
        do { return GraphTenantService(tenant: try opened.service().tenant(id, tenantID: tenantID, cloud: cloud)) } catch { throw ServiceFailure(error) }
    }

    public func close() async { await opened.close() }
}

/// One tenant's profiles, as a publisher reads and writes them.
private struct GraphTenantService: TenantService {
    let tenant: GraphTenant

    private var reader: TenantReader { TenantReader(tenant: tenant, result: LiveObjects(.graph)) }

    func profiles() async throws(ServiceFailure) -> [JSONValue] {
        do { return try await reader.list(all: false).filter { $0["@odata.type"]?.string == GraphNames.emailProfileType } } catch { throw ServiceFailure(error) }
    }

    func profile(_ id: String, references: Set<String>) async throws(ServiceFailure) -> JSONValue? {
        guard StringForm.guid.accepts(id) else { throw ServiceFailure(.refused, message: "the profile's id is not a GUID") }
        do {
            guard let object = try await tenant.get("\(TenantReader.collection)/\(id)?$expand=assignments").body else { return nil }
            // It vouches for what it is: an id that leads to another kind of configuration must not be written to.
            guard object["@odata.type"]?.string == GraphNames.emailProfileType else { throw ServiceFailure(.refused, message: "the configuration \(id) is not an iOS email profile") }
            return try await reader.complete(object, references: references)
        } catch let error as GraphError where error.status == 404 {
            return nil
        } catch { throw ServiceFailure(error) }
    }

    func send(_ request: ServiceRequest) async throws(ServiceFailure) -> JSONValue? {
        let prefix = "https://\(tenant.cloud.graphHost)/beta"
        guard request.url.hasPrefix(prefix), let method = GraphRequest.Method(rawValue: request.method.rawValue) else {
            throw ServiceFailure(.refused, message: "the request does not go to Microsoft Graph of the tenant's cloud")
        }
        let approval: GraphRequest.Approval? =
            switch request.approval {
            case .justification(let text): .justification(text)
            case .code(let code): .code(code)
            case nil: nil
            }
        let sent = GraphRequest(method, String(request.url.dropFirst(prefix.count)), body: request.body, isRepeatable: request.isRepeatable, approval: approval)
        do { return try await tenant.send(sent).body } catch { throw ServiceFailure(error) }
    }
}

extension ServiceFailure {
    /// What went wrong, in a publisher's words.
    init(_ error: any Error) {
        switch error {
        case let error as ServiceFailure: self = error
        case let error as GraphError: self.init(Self.kind(error), code: error.code ?? error.status.map(String.init), message: error.reason, help: error.help, mayHaveHappened: error.mayHaveHappened)
        case let error as CredentialError: self.init(.tenantUnavailable, message: error.message, help: error.help)
        case is CancellationError: self.init(.stopped, message: "easel was stopped")
        default: self.init(.tenantUnavailable, message: "\(error)")
        }
    }

    private static func kind(_ error: GraphError) -> Kind {
        switch error.kind {
        case .signIn, .throttled, .redirected, .badRequest: .tenantUnavailable
        // An answer of 5xx may be about this profile alone; no answer is about the whole tenant.
        case .unavailable: error.status == nil ? .tenantUnavailable : .refused
        case .approval(.requested(let code)): .awaitsApproval(code: code)
        case .approval(.alreadyRequested): .awaitsApproval(code: nil)
        case .approval(.needsJustification), .badAnswer: .refused
        case .refused:
            switch error.status {
            case 404: .notFound
            case 401, 403: .tenantUnavailable
            default: .refused
            }
        }
    }
}
