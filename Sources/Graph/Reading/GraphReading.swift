import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// What tenants have, read from Microsoft Graph.
///
/// A tenant that cannot be read has an error in its diagnostics, and nothing is known about it. A name that may not be read is left out.
public struct GraphReading: Sendable {
    private let service: GraphService
    private let readsNames: Bool

    /// - Parameter readsNames: whether the names of groups, filters, scope tags, certificates, VPN profiles and of the tenant are asked for too,
    ///   as an import needs them.
    public init(_ service: GraphService, readsNames: Bool) {
        self.service = service
        self.readsNames = readsNames
    }

    /// Everything that Graph says about a tenant, in the form in which exports are read too: `LiveTenant` makes profiles of it.
    ///
    /// - Throws: `EndpointError` where no tenant can be read; `CancellationError`.
    public func objects(of query: LiveTenantQuery) async throws -> LiveObjects {
        var result = LiveObjects(.graph)
        do {
            var reader = TenantReader(tenant: try Self.tenant(query, of: service), result: result)
            try await reader.readProfiles(all: readsNames)
            if readsNames { try await reader.readNames() }
            return reader.result
        } catch {
            guard let problem = Self.problem(error, of: query) else { throw error }
            result.diagnostics.append(problem)
        }
        return result
    }

    // MARK: A tenant's own errors

    /// The place in diagnostics of what has no file.
    static func place(of tenant: String) -> String { "Microsoft Graph, tenant \(tenant)" }

    static func tenant(_ query: LiveTenantQuery, of service: GraphService) throws -> GraphTenant {
        guard let tenantID = query.tenantID else { throw UnknownTenantID() }
        return try service.tenant(query.id, tenantID: tenantID, cloud: query.cloud ?? .global)
    }

    private struct UnknownTenantID: Error {}

    /// An error that concerns one tenant, as its diagnostic; nil for one that concerns all of them.
    static func problem(_ error: any Error, of query: LiveTenantQuery) -> Diagnostic? {
        let (message, help): (String, String?)
        switch error {
        case let error as GraphError: (message, help) = (error.withoutHelp, error.help)
        case let error as CredentialError: (message, help) = (error.message, error.help)
        case let error as FileError: (message, help) = ("The credential cannot be read: \(error)", nil)
        case is UnknownTenantID: (message, help) = ("The tenant's GUID is not known yet: tenantId is missing or zeros", "Write the tenant's GUID into its tenant.json")
        default: return nil
        }
        return Diagnostic(.unreadableTenant, file: place(of: query.id), message, help: help)
    }
}

extension LiveWording {
    static let graph = LiveWording(noun: "Microsoft Graph", remedies: [:])
}
