import JSONSource

extension SettingType {
    /// The name of one of the tenant's per-app VPN profiles, or null for none.
    static let vpnProfile = SettingType(
        shape: .nullable(.string(.name)), section: .vpnProfiles,
        samples: [.none] + ["a", "b"].map { .reference(Reference(name: $0, id: $0)) },
        declare: { value in value.string.map(DeclaredValue.name) },
        resolve: { value, place, names in
            guard case .name(let name) = value else { return .none }
            guard let found = names.tenant.vpnProfiles[name] else {
                names.unresolved(name, .vpnProfiles, place)
                return .none
            }
            let attachment = names.attachment("vpnUUID", found.vpnUUID.map(JSON.string), of: name, in: .vpnProfiles, neededAs: .vpnUUID, place)
            return .reference(Reference(name: name, id: found.id, attachment: attachment))
        },
        read: { value in Reference(value).map(SettingValue.reference) },
        references: { value in value.reference.map { [(.vpnProfiles, $0)] } ?? [] })
}
