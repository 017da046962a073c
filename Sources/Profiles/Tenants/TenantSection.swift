/// The lists of names in `tenant.json`.
public enum TenantSection: String, Sendable, CaseIterable {
    case groups, filters, scopeTags, certificateProfiles, vpnProfiles

    /// Whether an entry is the id itself, and not an object that has one.
    public var holdsIDs: Bool { self == .filters || self == .scopeTags }

    /// One entry of the list.
    public var noun: String {
        switch self {
        case .groups: "group"
        case .filters: "filter"
        case .scopeTags: "scope tag"
        case .certificateProfiles: "certificate profile"
        case .vpnProfiles: "VPN profile"
        }
    }
}

extension Tenant {
    /// Every name of a list, with its id.
    public func definitions(in section: TenantSection) -> [(name: String, id: String)] {
        switch section {
        case .groups: groups.map { ($0.key, $0.value.id) }
        case .filters: filters.map { ($0.key, $0.value) }
        case .scopeTags: scopeTags.map { ($0.key, $0.value) }
        case .certificateProfiles: certificateProfiles.map { ($0.key, $0.value.id) }
        case .vpnProfiles: vpnProfiles.map { ($0.key, $0.value.id) }
        }
    }

    /// The id behind a name; nil where the tenant does not define it.
    public func id(of name: String, in section: TenantSection) -> String? {
        switch section {
        case .groups: groups[name]?.id
        case .filters: filters[name]
        case .scopeTags: scopeTags[name]
        case .certificateProfiles: certificateProfiles[name]?.id
        case .vpnProfiles: vpnProfiles[name]?.id
        }
    }
}
