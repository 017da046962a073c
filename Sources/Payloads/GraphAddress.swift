import Profiles

/// Addresses in Microsoft Graph.
///
/// Everything is under `/beta`: `iosEasEmailProfileConfiguration` does not exist in v1.0.
extension Tenant.Cloud {
    /// The host that serves Microsoft Graph in this cloud.
    public var graphHost: String {
        switch self {
        case .global: "graph.microsoft.com"
        case .usGov: "graph.microsoft.us"
        case .usGovDoD: "dod-graph.microsoft.us"
        case .china: "microsoftgraph.chinacloudapi.cn"
        }
    }

    /// `https://HOST/beta/deviceManagement/COLLECTION('ID')`, the form of `@odata.bind` and of `$ref`.
    func graphURL(_ collection: StaticString, id: String) -> String {
        "https://\(graphHost)/beta/deviceManagement/\(collection)('\(id)')"
    }
}
