import Payloads
import Profiles

/// Where a tenant's tokens come from, and where its requests go.
///
/// Sources: Microsoft's "National cloud deployments" pages for Graph and for the identity platform.
public struct Endpoints: Sendable, Hashable {
    /// The sign-in service, without a path.
    public let authority: ServiceURL
    /// Microsoft Graph, without a path. `/beta/…` follows.
    public let graph: ServiceURL
    /// The audience of a token: Graph's own address in the cloud, wherever the requests go.
    public let resource: String

    /// - Parameters:
    ///   - graph: `--graph-endpoint`, for an emulator or a proxy.
    ///   - authority: `AZURE_AUTHORITY_HOST`; may lack the scheme, as Azure's SDKs allow.
    /// - Throws: `EndpointError` where one of them is no URL of HTTPS, or of HTTP to this machine, or has a path.
    public init(cloud: Tenant.Cloud, graph graphText: String? = nil, authority authorityText: String? = nil) throws(EndpointError) {
        resource = "https://" + cloud.graphHost
        graph = try Self.base(graphText ?? resource, name: "--graph-endpoint")
        let text = authorityText.flatMap { $0.isEmpty ? nil : $0 } ?? cloud.authorityHost
        authority = try Self.base(text.contains("://") ? text : "https://" + text, name: "AZURE_AUTHORITY_HOST")
    }

    private static func base(_ text: String, name: String) throws(EndpointError) -> ServiceURL {
        guard let url = ServiceURL(text), url.path.allSatisfy({ $0 == "/" }), url.query.isEmpty, let base = ServiceURL(url.origin) else {
            throw EndpointError(description: "\(name) is not an address that easel can use. Give scheme, host and port: https://HOST:PORT, or http:// for this machine alone")
        }
        return base
    }

    func tokenURL(tenantID: String) -> String { "\(authority.origin)/\(tenantID)/oauth2/v2.0/token" }

    /// The page where an administrator of the tenant gives consent to the app.
    public func consentURL(tenantID: String, clientID: String) -> String { "\(authority.origin)/\(tenantID)/adminconsent?client_id=\(clientID)" }
}

/// An address that cannot be used.
public struct EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}

extension Tenant.Cloud {
    /// The host that signs apps in in this cloud.
    public var authorityHost: String {
        switch self {
        case .global: "login.microsoftonline.com"
        case .usGov, .usGovDoD: "login.microsoftonline.us"
        case .china: "login.partner.microsoftonline.cn"
        }
    }
}
