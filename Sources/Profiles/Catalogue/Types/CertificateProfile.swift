import JSONSource

extension SettingType {
    /// The name of one of the tenant's certificate profiles.
    static let certificateProfile = SettingType(
        shape: .string(.name), section: .certificateProfiles,
        samples: ["a", "b"].map { .reference(Reference(name: $0, id: $0)) },
        declare: { value in value.string.map(DeclaredValue.name) },
        resolve: { value, place, names in
            guard case .name(let name) = value else { return .none }
            guard let found = names.tenant.certificateProfiles[name] else {
                names.unresolved(name, .certificateProfiles, place)
                return .none
            }
            let attachment = names.attachment("scep", found.scep, of: "Certificate profile '\(name)'", neededAs: .certificateContent, place)
            return .reference(Reference(name: name, id: found.id, attachment: attachment))
        },
        read: { value in Reference(value).map(SettingValue.reference) },
        references: { value in value.reference.map { [(.certificateProfiles, $0)] } ?? [] })
}
