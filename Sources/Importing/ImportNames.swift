import JSONSource
import Live
import Profiles

/// The names that an import gives to ids: those in `tenant.json`, those of the source, and made-up ones that stay the same.
final class ImportNames: ReferenceNames {
    struct Definition {
        let section: TenantSection
        let name: String
        let id: String
    }

    private let tenant: Tenant?
    private let directory: LiveDirectory
    private var names: [TenantSection: [String: String]] = [:]
    private var taken: [TenantSection: Set<String>] = [:]
    /// What `tenant.json` must define, in the order of its first use.
    private(set) var new: [Definition] = []
    /// Names that were made up, because the source knows only ids.
    private(set) var madeUp: [Definition] = []
    /// Names whose ids are unknown; also those made for certificates that the source leaves open.
    private(set) var undefined: [(section: TenantSection, name: String)] = []

    init(_ tenant: Tenant?, _ directory: LiveDirectory) {
        self.tenant = tenant
        self.directory = directory
        for section in TenantSection.allCases {
            for (name, id) in (tenant?.definitions(in: section) ?? []).sorted(by: { $0.name > $1.name }) {
                names[section, default: [:]][id] = name
                taken[section, default: []].insert(name)
            }
        }
    }

    func reference(_ section: TenantSection, id: String, name: String?) -> Reference {
        let id = id.lowercased()
        if let known = names[section]?[id] { return Reference(name: known, id: id) }
        let shown = [directory.names[section]?[id], name].compactMap(\.self).first { StringForm.name.accepts($0) }
        let stem = shown ?? "\(Self.stem(section))-\(id.prefix(8))"
        var chosen = stem
        // Two objects may have one name, and two ids may begin alike.
        let others = shown.map { ["\($0.prefix(200)) (\(id.prefix(8)))", "\($0.prefix(200)) (\(id))"] } ?? ["\(Self.stem(section))-\(id)"]
        for other in others where taken[section]?.contains(chosen) == true { chosen = other }
        let definition = Definition(section: section, name: chosen, id: id)
        names[section, default: [:]][id] = chosen
        taken[section, default: []].insert(chosen)
        new.append(definition)
        if shown == nil { madeUp.append(definition) }
        return Reference(name: chosen, id: id)
    }

    func reference(_ section: TenantSection, named name: String) -> Reference? {
        if let id = tenant?.id(of: name, in: section) { return Reference(name: name, id: id) }
        if let id = directory.names[section]?.filter({ $0.value == name }).keys.min() { return reference(section, id: id, name: name) }
        return undefined(section, name)
    }

    /// A name that somebody must define in `tenant.json` before the manifest can be used.
    func undefined(_ section: TenantSection, _ name: String) -> Reference {
        if !undefined.contains(where: { $0.section == section && $0.name == name }) { undefined.append((section, name)) }
        return Reference(name: name, id: "?" + name)
    }

    private static func stem(_ section: TenantSection) -> String {
        switch section {
        case .groups: "group"
        case .filters: "filter"
        case .scopeTags: "scope-tag"
        case .certificateProfiles: "certificate"
        case .vpnProfiles: "vpn"
        }
    }
}
