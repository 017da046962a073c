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
        let path = "Microsoft Graph, tenant \(query.id)"
        guard let tenantID = query.tenantID else {
            result.diagnostics.append(Diagnostic(.unreadableTenant, file: path, "The tenant's GUID is not known yet: tenantId is missing or zeros", help: "Write the tenant's GUID into its tenant.json"))
            return result
        }
        do {
            let tenant = try service.tenant(query.id, tenantID: tenantID, cloud: query.cloud ?? .global)
            var reader = TenantReader(tenant: tenant, result: result)
            try await reader.readProfiles(all: readsNames)
            if readsNames { try await reader.readNames() }
            return reader.result
        } catch let error as GraphError {
            result.diagnostics.append(Diagnostic(.unreadableTenant, file: path, error.withoutHelp, help: error.help))
        } catch let error as CredentialError {
            result.diagnostics.append(Diagnostic(.unreadableTenant, file: path, error.message, help: error.help))
        } catch let error as FileError {
            result.diagnostics.append(Diagnostic(.unreadableTenant, file: path, "The credential cannot be read: \(error)"))
        }
        return result
    }
}

extension LiveWording {
    static let graph = LiveWording(noun: "Microsoft Graph", remedies: [:])
}
