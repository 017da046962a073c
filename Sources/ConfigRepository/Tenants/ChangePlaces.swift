import Impact
import JSONSource
import Profiles

extension DesiredTenant {
    /// Where each change of a profile has its place in the config repository, in the same order.
    ///
    /// The value's own place, in the manifest or in a base; where only the id behind a name changes, the name in `tenant.json`; for a
    /// profile that is created or removed, and for what follows from other settings, its manifest.
    public func places(of impact: ProfileImpact) -> [SourcePlace] {
        let whole = SourcePlace(file: "tenants/\(id)/profiles/\(impact.profile).json")
        // A creation, of which a first run has a hundred thousand, needs no look into the manifest.
        guard let manifest = manifests[impact.profile], impact.changes.contains(where: { $0.key != nil }) else { return impact.changes.map { _ in whole } }
        let own = manifest.places(of: impact.changes.map(\.path))
        return zip(impact.changes, own).map { change, own in change.key == nil ? whole : renamed(change).flatMap(definition) ?? own }
    }

    /// Paths of the bases in which an update or reinstall has its cause: the desired value stands there, or is a default of a profile that extends
    /// them. What changes only behind a name, in the tenant's own `tenant.json`, is no base's doing.
    public func sharedBases(of impact: ProfileImpact) -> Set<String> {
        guard impact.action == .update || impact.action == .reinstall, let manifest = manifests[impact.profile], !manifest.sources.isEmpty else { return [] }
        return manifest.bases(behind: impact.changes.filter { $0.key != nil && !isOnlyRenamed($0) }.map(\.path))
    }

    /// Whether both sides of a change have the same names, and some of them now mean something else.
    private func isOnlyRenamed(_ change: ProfileImpact.Change) -> Bool {
        func names(_ value: SettingValue) -> [String] { references(value).map(\.reference.name).sorted() }
        return renamed(change) != nil && names(change.before) == names(change.after)
    }

    /// The first name behind which a change finds another id, or other content, than before.
    private func renamed(_ change: ProfileImpact.Change) -> (section: [TenantSection], name: String)? {
        let before = Dictionary(grouping: references(change.before).map(\.reference), by: \.name)
        return references(change.after).first { _, now in before[now.name]?.contains { $0 != now } ?? false }.map { ($0.sections, $0.reference.name) }
    }

    /// The references in a value, each with the lists of `tenant.json` that may define it.
    private func references(_ value: SettingValue) -> [(sections: [TenantSection], reference: Reference)] {
        if let reference = value.reference { return [([.certificateProfiles, .vpnProfiles], reference)] }
        return value.targets.flatMap { target -> [([TenantSection], Reference)] in
            let group: [([TenantSection], Reference)] = if case .group(let group) = target.audience { [([.groups], group)] } else { [] }
            return group + (target.filter.map { [([.filters], $0.reference)] } ?? [])
        }
    }

    /// Where `tenant.json` defines a name.
    private func definition(_ sections: [TenantSection], _ name: String) -> SourcePlace? {
        sections.lazy.compactMap { section in document?.root?[name: section.rawValue]?[name: name] }.first.map(SourcePlace.init)
    }
}
