import JSONSource
import Profiles

/// A service that takes operations, for many tenants: Microsoft Graph.
///
/// Safe to use from many tasks. A tenant's requests go to that tenant alone.
public protocol PublishingService: Sendable {
    /// What reports call it: "Microsoft Graph".
    var name: String { get }
    /// A tenant to send requests for. Nothing is sent yet.
    ///
    /// - Throws: `ServiceFailure` where nothing can be sent for the tenant.
    func tenant(_ id: String, tenantID: String, cloud: Tenant.Cloud) throws(ServiceFailure) -> any TenantService
    /// Ends what it holds open. Nothing can be sent afterwards.
    func close() async
}

/// One tenant of a service.
public protocol TenantService: Sendable {
    /// Every email profile that the tenant has now, as the service lists them: with assignments, and without what only `profile` returns.
    func profiles() async throws(ServiceFailure) -> [JSONValue]
    /// One profile with its assignments and the certificates that it uses; nil where there is none with this id.
    ///
    /// - Parameter references: navigation properties to look at although the profile does not use them.
    func profile(_ id: String, references: Set<String>) async throws(ServiceFailure) -> JSONValue?
    /// Sends a write. A write that is under way is not broken off when the task is cancelled.
    ///
    /// - Returns: what the service answered; nil for an empty answer.
    func send(_ request: ServiceRequest) async throws(ServiceFailure) -> JSONValue?
}

/// One write, ready to be sent.
public struct ServiceRequest: Sendable, Hashable {
    public enum Approval: Sendable, Hashable {
        /// Why the change is made: asks for approval where the tenant requires one.
        case justification(String)
        /// Executes what a second administrator has approved under this code.
        case code(String)
    }

    public let method: Operation.Method
    /// Complete, at the tenant's cloud.
    public let url: String
    /// JSON; empty for none.
    public let body: [UInt8]
    public var approval: Approval?

    public init(_ method: Operation.Method, _ url: String, body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.body = body
    }

    /// Whether the service does the same when it gets the request a second time: every write but the one that creates an object. `/assign`
    /// replaces a list.
    public var isRepeatable: Bool { method != .post || isAssign }

    public var isAssign: Bool { method == .post && url.hasSuffix("/assign") }
}

/// Why a service did not do what it was asked. Nothing in it is secret.
public struct ServiceFailure: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The service's final word on this request.
        case refused
        /// There is no such object.
        case notFound
        /// A second administrator must approve the change; the code is nil where an earlier request already asked for approval.
        case awaitsApproval(code: String?)
        /// Nothing can be done for this tenant now: no token, no permission, throttled, unreachable.
        case tenantUnavailable
        /// easel was stopped. The service certainly did nothing.
        case stopped
    }

    public let kind: Kind
    /// The service's own code: `BadRequest`, `AADSTS700016`.
    public let code: String?
    public let message: String
    /// What to do, as an order.
    public let help: String?
    /// Whether the service may have executed the request although no answer says so.
    public let mayHaveHappened: Bool

    public init(_ kind: Kind, code: String? = nil, message: String, help: String? = nil, mayHaveHappened: Bool = false) {
        self.kind = kind
        self.code = code
        self.message = message
        self.help = help
        self.mayHaveHappened = mayHaveHappened
    }
}
