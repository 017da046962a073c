import JSONSource
import Profiles

/// One tenant of a `GraphService`. Its requests bear its own token and count against its own limits. Safe to use from many tasks.
public struct GraphTenant: Sendable {
    let session: TenantSession

    /// The tenant id: the name of its folder.
    public var id: String { session.id }
    /// The tenant's GUID, in lower case.
    public var tenantID: String { session.tenantID }
    public var cloud: Tenant.Cloud { session.cloud }
    public var credential: Credential { session.credential }
    /// The page where an administrator of the tenant gives consent to the app.
    public var consentURL: String { session.endpoints.consentURL(tenantID: tenantID, clientID: credential.clientID) }

    /// Gets a token and keeps it; for `doctor`, which asks nothing else.
    public func signIn() async throws { _ = try await session.tokens.token() }

    /// Gets a token, and says which application permissions it has; nil where the token does not say.
    ///
    /// - Throws: as `send`.
    public func grantedRoles() async throws -> Set<String>? { try await session.tokens.token().roles }

    /// Sends a request, again where that is safe, and returns the answer with a status of 2xx.
    ///
    /// A write that is under way is not broken off when the task is cancelled; no further attempt follows.
    ///
    /// - Throws: `GraphError`; `CredentialError` and `FileError` where the credential cannot be used; `CancellationError` when the task was
    ///   cancelled and the service certainly did nothing.
    public func send(_ request: GraphRequest) async throws -> GraphResponse { try await session.send(request) }

    /// - Parameter path: below `/beta`, with a leading slash, percent-encoded.
    public func get(_ path: String, headers: [String: String] = [:]) async throws -> GraphResponse {
        try await send(GraphRequest(.get, path, headers: headers))
    }

    /// The pages of a collection, each fetched when it is asked for.
    public func pages(_ path: String, headers: [String: String] = [:]) -> GraphPages {
        GraphPages(session: session, first: GraphRequest(.get, path, headers: headers))
    }

    /// Asks for a number, as `…/$count` answers it.
    public func count(_ path: String) async throws -> Int {
        let request = GraphRequest(.get, path, headers: ["ConsistencyLevel": "eventual"])
        guard let count = try await send(request).body?.integer, count >= 0 else {
            throw GraphError(.badAnswer, tenant: id, request: request, message: "the answer is not a number")
        }
        return count
    }
}
