import JSONSource
import Profiles

/// What one tenant has now, as a source of live profiles knows it.
public struct LiveTenant: Sendable {
    /// In the order of their display names.
    public var profiles: [LiveProfile] = []
    /// Configurations of other types, by type: counted, and skipped.
    public var others: [String: Int] = [:]
    /// What the export calls the objects that it shows, and what it says of the tenant itself.
    public var directory = LiveDirectory()
    /// What is wrong or odd. With an error nothing can be said of the tenant.
    public var diagnostics: [Diagnostic] = []

    public init() {}

    public var isBroken: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Where live profiles come from.
public protocol LiveSource: Sendable {
    /// The tenants of which it has something, in order, and what is odd about it as a whole.
    func tenants() throws -> (ids: [String], diagnostics: [Diagnostic])
    /// What a tenant has now; its errors are diagnostics.
    ///
    /// - Parameter names: gives ids their names, once the source's own names are known.
    func read(_ tenant: String, names: (LiveDirectory) -> any ReferenceNames) throws -> LiveTenant
}

/// Names that an export gives to ids.
public struct LiveDirectory: Sendable {
    /// Section → id in lower case → display name.
    public var names: [TenantSection: [String: String]] = [:]
    /// Id in lower case → `scep` or `pkcs`.
    public var certificateTypes: [String: String] = [:]
    /// The tenant's own id and name.
    public var organization: (id: String, displayName: String)?

    public init() {}

    mutating func note(_ section: TenantSection, _ object: JSONValue) {
        guard let id = object["id"]?.string, let name = object["displayName"]?.string, !name.isEmpty else { return }
        names[section, default: [:]][id.lowercased()] = name
    }

    /// A SCEP or PKCS certificate profile.
    mutating func noteCertificate(_ object: JSONValue) {
        note(.certificateProfiles, object)
        guard let id = object["id"]?.string, let type = object["@odata.type"]?.string else { return }
        certificateTypes[id.lowercased()] = type.contains("Scep") ? "scep" : "pkcs"
    }
}

/// The names of `tenant.json`, then those of the export, then the id itself.
public struct TenantNames: ReferenceNames {
    private var names: [TenantSection: [String: String]] = [:]
    private var ids: [TenantSection: [String: String]] = [:]

    public init(_ tenant: Tenant?, _ directory: LiveDirectory) {
        names = directory.names
        for (section, known) in names {
            for (id, name) in known.sorted(by: { $0.key > $1.key }) { ids[section, default: [:]][name] = id }
        }
        guard let tenant else { return }
        for section in TenantSection.allCases {
            for (name, id) in tenant.definitions(in: section).sorted(by: { $0.name > $1.name }) {
                names[section, default: [:]][id] = name
                ids[section, default: [:]][name] = id
            }
        }
    }

    public func reference(_ section: TenantSection, id: String, name: String?) -> Reference {
        Reference(name: names[section]?[id.lowercased()] ?? name ?? id.lowercased(), id: id)
    }

    public func reference(_ section: TenantSection, named name: String) -> Reference? { ids[section]?[name].map { Reference(name: name, id: $0) } }
}
