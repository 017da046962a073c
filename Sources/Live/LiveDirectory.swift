import JSONSource
import Profiles

/// The names that a source gives to ids.
public struct LiveDirectory: Sendable {
    /// Section → id in lower case → display name.
    public var names: [TenantSection: [String: String]] = [:]
    /// Id in lower case → type.
    public var certificateTypes: [String: Tenant.CertificateType] = [:]
    /// The GUID of the tenant, in lower case, and its name; more than one where something is wrong.
    public private(set) var organizations: [(id: String, displayName: String, place: JSONValue)] = []
    public var organization: (id: String, displayName: String)? { organizations.first.map { ($0.id, $0.displayName) } }

    public init() {}

    mutating func note(_ section: TenantSection, _ object: JSONValue) {
        guard let id = object["id"]?.string, let name = object["displayName"]?.string, !name.isEmpty else { return }
        names[section, default: [:]][id.lowercased()] = name
    }

    /// A SCEP, PKCS or imported PKCS certificate profile.
    mutating func noteCertificate(_ object: JSONValue) {
        note(.certificateProfiles, object)
        guard let id = object["id"]?.string, let type = object["@odata.type"]?.string else { return }
        certificateTypes[id.lowercased()] = type.contains("Scep") ? .scep : type.contains("Imported") ? .importedPkcs : .pkcs
    }

    mutating func noteOrganization(_ object: JSONValue) {
        guard let id = object["id"]?.string, StringForm.guid.accepts(id) else { return }
        organizations.append((id.lowercased(), object["displayName"]?.string ?? "", object))
    }
}

/// The names in `tenant.json`, then those of the source, then the id itself.
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
