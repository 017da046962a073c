import Live
import Profiles

/// Microsoft Graph as a source of live profiles.
///
/// Nothing is opened before the first question. A tenant that cannot be read has an error in its own diagnostics, and the others go on.
/// Call `close` when done.
public final class GraphSource: LiveSource {
    public let name = "Microsoft Graph"
    public var width: Int { settings.concurrency }
    private let settings: GraphService.Settings
    private let readsNames: Bool
    private let opened: OpenedService

    /// - Parameter readsNames: whether names are asked for too, as an import needs them.
    public init(_ settings: GraphService.Settings, readsNames: Bool) {
        self.settings = settings
        opened = OpenedService(settings)
        self.readsNames = readsNames
    }

    /// None: which tenants there are is for the config repository to say.
    ///
    /// - Throws: `EndpointError` or `FileError` where the settings cannot be used for any tenant.
    public func tenants() throws -> (ids: [String], diagnostics: [Diagnostic]) {
        _ = try Endpoints(cloud: .global, graph: settings.graphEndpoint, authority: settings.environment["AZURE_AUTHORITY_HOST"])
        _ = try opened.service()
        return ([], [])
    }

    public func objects(of tenant: LiveTenantQuery) async throws -> LiveObjects {
        try await GraphReading(try opened.service(), readsNames: readsNames).objects(of: tenant)
    }

    public func close() async { await opened.close() }

    func service() throws -> GraphService { try opened.service() }
}
