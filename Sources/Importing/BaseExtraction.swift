import JSONSource
import Live
import Profiles

/// Moves what profiles of several tenants share into bases: the smallest manifests with the same effective profiles.
///
/// Profiles with the same server and authentication method extend one base. For each setting, the base takes the most frequent
/// value, if that makes the manifests shorter: profiles at the default would have to repeat the default.
struct BaseExtraction {
    struct Member {
        let tenant: Tenant
        let profile: EffectiveProfile
    }

    /// Path → base.
    private(set) var bases: [String: JSON] = [:]
    /// In the order of the members.
    private(set) var manifests: [JSON]

    /// - Parameter taken: paths of bases that already exist.
    init(_ members: [Member], taken: Set<String>) {
        manifests = members.map(\.profile.manifest)
        var groups: [String: [Int]] = [:]
        for (position, member) in members.enumerated() {
            let key = [member.profile[.server].text, member.profile[.method].text].compactMap(\.self).joined(separator: " ")
            groups[key, default: []].append(position)
        }
        var names = Set(taken)
        for (key, positions) in groups.sorted(by: { $0.key < $1.key }) {
            guard Set(positions.map { members[$0].tenant.id }).count > 1 else { continue }
            let base = Self.shared(positions.map { members[$0].profile })
            guard base.count > 1 else { continue }
            var slugs: Set<String> = []
            let stem = Live.profileID(of: key, taken: &slugs)
            var path = "bases/\(stem).json"
            var number = 1
            while !names.insert(path).inserted {
                number += 1
                path = "bases/\(stem)-\(number).json"
            }
            let text = EffectiveProfile.manifest(saying: base.mapValues(\.declared))
            var used = false
            for position in positions {
                let member = members[position]
                let small = Self.manifest(of: member.profile, over: base, path)
                // Use the base only where the effective profile is provably the same.
                guard let alone = TenantImport.resolve(manifests[position], id: member.profile.id, in: member.tenant).profile,
                    let resolved = TenantImport.resolve(small, id: member.profile.id, in: member.tenant, bases: [path: text]).profile,
                    resolved.values == alone.values
                else { continue }
                manifests[position] = small
                used = true
            }
            if used { bases[path] = text }
        }
    }

    /// What a base says, by position in the catalogue. Compared by names, since tenants share names but not ids.
    private static func shared(_ profiles: [EffectiveProfile]) -> [Int: SettingValue] {
        var base: [Int: SettingValue] = [:]
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            var counts: [(value: SettingValue, count: Int)] = []
            var positions: [JSON: Int] = [:]
            var resting = 0
            for profile in profiles {
                let value = profile.values[index]
                if setting.fallback != nil, value == setting.restingValue {
                    resting += 1
                } else if let known = positions[value.declared] {
                    counts[known].count += 1
                } else {
                    positions[value.declared] = counts.count
                    counts.append((value, 1))
                }
            }
            guard let best = counts.max(by: { $0.count < $1.count }), best.count > resting + 1 else { continue }
            // An object is merged member by member, so only a value that all profiles share is safe.
            if setting.type.merges, best.count != profiles.count { continue }
            base[index] = best.value
        }
        return base
    }

    private static func manifest(of profile: EffectiveProfile, over base: [Int: SettingValue], _ path: String) -> JSON {
        var said: [Int: JSON] = [:]
        for index in Catalogue.manifestIndices {
            let setting = Catalogue.settings[index]
            let value = profile.values[index]
            if let shared = base[index] {
                if shared.declared != value.declared { said[index] = value.isNone ? .null : value.declared }
            } else if value != setting.restingValue || setting.fallback == nil {
                said[index] = value.declared
            }
        }
        guard case .object(var members) = EffectiveProfile.manifest(saying: said) else { return .null }
        members["extends"] = .string(path)
        return .object(members)
    }
}
