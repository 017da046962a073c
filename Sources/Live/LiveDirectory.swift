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

    /// Section → name → the first of its ids. What is no id of its section identifies nothing.
    public var ids: [TenantSection: [String: String]] {
        Dictionary(uniqueKeysWithValues: names.map { section, names in
            let form: StringForm = section == .scopeTags ? .digits : .guid
            return (section, Dictionary(names.filter { form.accepts($0.key) }.map { ($0.value, $0.key) }, uniquingKeysWith: { min($0, $1) }))
        })
    }

    public init() {}

    mutating func note(_ section: TenantSection, _ object: JSONValue) {
        note(section, id: object["id"]?.string, name: object["displayName"]?.string)
    }

    /// A SCEP, PKCS or imported PKCS certificate profile.
    mutating func noteCertificate(_ object: JSONValue) {
        note(.certificateProfiles, object)
        guard let id = object["id"]?.string, let type = object["@odata.type"]?.string else { return }
        certificateTypes[id.lowercased()] = type.contains("Scep") ? .scep : type.contains("Imported") ? .importedPkcs : .pkcs
    }

    /// - Parameters:
    ///   - id: what says the tenant's id.
    ///   - displayName: the tenant's name; empty where it is not said.
    mutating func noteOrganization(_ id: JSONValue?, displayName: String) {
        guard let id, let text = id.string, StringForm.guid.accepts(text) else { return }
        organizations.append((text.lowercased(), displayName, id))
    }

    /// A name that a source has for an id, in a form of its own.
    mutating func note(_ section: TenantSection, id: String?, name: String?) {
        guard let id, let name, !name.isEmpty else { return }
        names[section, default: [:]][id.lowercased()] = name
    }
}

/// The names in `tenant.json`, then those of the source, then the id itself.
public struct TenantNames: ReferenceNames, Sendable {
    private var names: [TenantSection: [String: String]] = [:]
    private var ids: [TenantSection: [String: String]] = [:]

    public init(_ tenant: Tenant?, _ directory: LiveDirectory) {
        names = directory.names
        ids = directory.ids
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
