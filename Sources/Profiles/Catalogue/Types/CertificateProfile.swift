import JSONSource

extension SettingType {
    /// The name of a certificate profile of the tenant with which a device signs in: imported certificates cannot.
    static let identityCertificate = certificateProfile(of: [.scep, .pkcs])

    /// The name of any of the tenant's certificate profiles.
    static let certificateProfile = certificateProfile(of: Set(Tenant.CertificateType.allCases))

    private static func certificateProfile(of types: Set<Tenant.CertificateType>) -> SettingType {
        SettingType(
            shape: .string(.name), section: .certificateProfiles,
            samples: ["a", "b"].map { .reference(Reference(name: $0, id: $0)) },
            declare: { value in value.string.map(DeclaredValue.name) },
            resolve: { value, place, names in
                guard case .name(let name) = value else { return .none }
                guard let found = names.tenant.certificateProfiles[name] else {
                    names.unresolved(name, .certificateProfiles, place)
                    return .none
                }
                if !types.contains(found.type) {
                    names.tell(
                        Diagnostic(
                            .badCombination, at: place, "Certificate profile '\(name)' holds imported PKCS certificates, which cannot sign in",
                            help: "Use a SCEP or PKCS certificate profile here; imported certificates are for S/MIME"))
                }
                let attachment = names.attachment("scep", found.scep, of: name, in: .certificateProfiles, neededAs: .certificateContent, place)
                return .reference(Reference(name: name, id: found.id, attachment: attachment))
            },
            read: { value in Reference(value).map(SettingValue.reference) },
            references: { value in value.reference.map { [(.certificateProfiles, $0)] } ?? [] })
    }
}
