import Impact
import JSONSource
import Profiles

extension DesiredTenant {
    /// Where each change of a profile stands in the config repository, in the same order.
    ///
    /// The value's own place, be it in the manifest or in a base; where only the id behind a name is another, the name in
    /// `tenant.json`; for a profile that comes, goes or follows from other settings, its manifest.
    public func places(of impact: ProfileImpact) -> [SourcePlace] {
        let whole = SourcePlace(file: "tenants/\(id)/profiles/\(impact.profile).json")
        // A creation, of which a first run has a hundred thousand, needs no look into the manifest.
        guard let manifest = manifests[impact.profile], impact.changes.contains(where: { !$0.path.isEmpty }) else { return impact.changes.map { _ in whole } }
        let own = manifest.places(of: impact.changes.map(\.path))
        return zip(impact.changes, own).map { change, own in change.path.isEmpty ? whole : renamed(change).flatMap(definition) ?? own }
    }

    /// The first name behind which a change finds another id, or other content, than before.
    private func renamed(_ change: ProfileImpact.Change) -> String? {
        let before = references(change.before)
        return references(change.after).first { name, reference in before.contains { $0.name == name && $0.reference != reference } }?.name
    }

    /// The references in a value of a change: `{"name", "id"}`, also as groups and filters of targets.
    private func references(_ value: JSON) -> [(name: String, reference: JSON)] {
        switch value {
        case .array(let items): return items.flatMap(references)
        case .object(let members):
            if case .string(let name) = members["name"] { return [(name, value)] }
            return [members["group"], members["filter"]].compactMap(\.self).flatMap(references)
        default: return []
        }
    }

    /// Where `tenant.json` defines a name.
    private func definition(_ name: String) -> SourcePlace? {
        for section in ["groups", "certificateProfiles", "vpnProfiles", "filters"] {
            if let value = document?.root?[name: section]?[name: name] { return SourcePlace(value) }
        }
        return nil
    }
}
