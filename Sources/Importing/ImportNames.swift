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
    /// The source's names, each with the first of its ids.
    private let ids: [TenantSection: [String: String]]
    /// What `tenant.json` must define, in the order of its first use.
    private(set) var new: [Definition] = []
    /// Names that were made up, because the source knows only ids.
    private(set) var madeUp: [Definition] = []
    /// Names whose ids are unknown; also those made for certificates that the source leaves open.
    private(set) var undefined: [(section: TenantSection, name: String)] = []
    private var known: [TenantSection: Set<String>] = [:]

    init(_ tenant: Tenant?, _ directory: LiveDirectory) {
        self.tenant = tenant
        self.directory = directory
        ids = directory.ids
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
        // Two objects may have one name, two ids may begin alike, and an object may be called like another one with its id.
        let stem = Self.stem(section)
        var candidates = shown.map { [$0, "\($0.prefix(200)) (\(id.prefix(8)))", "\($0.prefix(200)) (\(id))"] } ?? ["\(stem)-\(id.prefix(8))", "\(stem)-\(id)"]
        candidates.append("\(stem)-\(id)")
        let isFree = { [taken] (name: String) in taken[section]?.contains(name) != true }
        let chosen = candidates.first(where: isFree) ?? (2...).lazy.map { "\(stem)-\(id)-\($0)" }.first(where: isFree) ?? stem
        let definition = Definition(section: section, name: chosen, id: id)
        names[section, default: [:]][id] = chosen
        taken[section, default: []].insert(chosen)
        new.append(definition)
        if shown == nil { madeUp.append(definition) }
        return Reference(name: chosen, id: id)
    }

    func reference(_ section: TenantSection, named name: String) -> Reference? {
        if let id = tenant?.id(of: name, in: section) { return Reference(name: name, id: id) }
        if section == .scopeTags, name == "Default" { return Reference(name: name, id: "0") }
        if let id = ids[section]?[name] { return reference(section, id: id, name: name) }
        return undefined(section, name)
    }

    /// A name that somebody must define in `tenant.json` before the manifest can be used.
    func undefined(_ section: TenantSection, _ name: String) -> Reference {
        if known[section, default: []].insert(name).inserted { undefined.append((section, name)) }
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
