import JSONSource

/// S/MIME. Apple's SMIMEEnabled, SMIMEEncryptionEnabled and SMIMEEnablePerMessageSwitch are deprecated and never written.
extension Catalogue {
    /// While S/MIME is off, none of its other settings has an effect.
    private static let smimeIsOn = SettingCondition("smime.enabled", is: .bool(true))

    static let smimeSettings: [Setting] = [
        Setting(
            "smime", "enabled", title: "S/MIME", "Whether people can sign and encrypt mail in the Mail app.",
            type: .boolean, default: .bool(false), graph: .same("requireSmime")),
        Setting(
            "smime", "signing", "enabled", title: "S/MIME signing enabled", "Sign outgoing mail.",
            type: .boolean, default: .bool(false), iOS: OSVersion(10, 3), while: smimeIsOn, graph: .same("smimeSigningEnabled"),
            apple: .bool("SMIMESigningEnabled")),
        Setting(
            "smime", "signing", "userCanChange", title: "Allow user to change signing", "Whether people can turn signing on and off.",
            type: .boolean, default: .bool(false), iOS: OSVersion(12), while: smimeIsOn, graph: .same("smimeSigningUserOverrideEnabled"),
            apple: .bool("SMIMESigningUserOverrideable")),
        certificateType(
            "signing", title: "Signing certificate type", "The source of the certificate for signing.", property: "signingCertificateType"),
        Setting(
            "smime", "signing", "certificate", "profile", title: "Signing certificate",
            "The name of the tenant's certificate profile for signing.",
            type: .certificateProfile, default: SettingValue.none,
            onlyWith: SettingCondition("smime.signing.certificate.type", is: "certificate"), while: smimeIsOn,
            graph: .certificate("smimeSigningCertificate"), apple: .certificate("SMIMESigningCertificateUUID"), example: "smime-signing"),
        Setting(
            "smime", "signing", "certificate", "userCanChange", title: "Allow user to change the signing certificate",
            "Whether people can choose another signing certificate.",
            type: .boolean, default: .bool(false), iOS: OSVersion(12), while: smimeIsOn, graph: .same("smimeSigningCertificateUserOverrideEnabled"),
            apple: .bool("SMIMESigningCertificateUUIDUserOverrideable")),
        Setting(
            "smime", "encryption", "byDefault", title: "Encrypt by default", "Encrypt every message, unless the user decides otherwise.",
            type: .boolean, default: .bool(false), iOS: OSVersion(12), while: smimeIsOn, graph: .same("smimeEncryptByDefaultEnabled"),
            apple: .bool("SMIMEEncryptByDefault")),
        Setting(
            "smime", "encryption", "byDefaultUserCanChange", title: "Allow user to change encryption by default",
            "Whether people can turn encryption by default on and off.",
            type: .boolean, default: .bool(false), iOS: OSVersion(12), while: smimeIsOn, graph: .same("smimeEncryptByDefaultUserOverrideEnabled"),
            apple: .bool("SMIMEEncryptByDefaultUserOverrideable")),
        Setting(
            "smime", "encryption", "perMessage", title: "Force per-message encryption",
            "Show a switch with which people choose for each message.",
            type: .boolean, default: .bool(false), iOS: OSVersion(12), while: smimeIsOn, graph: .same("smimeEnablePerMessageSwitch"),
            apple: .bool("SMIMEEnableEncryptionPerMessageSwitch")),
        certificateType(
            "encryption", title: "Encryption certificate type", "The source of the certificate for encryption.",
            property: "encryptionCertificateType"),
        Setting(
            "smime", "encryption", "certificate", "profile", title: "Encryption certificate",
            "The name of the tenant's certificate profile for encryption.",
            type: .certificateProfile, default: SettingValue.none,
            onlyWith: SettingCondition("smime.encryption.certificate.type", is: "certificate"), while: smimeIsOn,
            graph: .certificate("smimeEncryptionCertificate"), apple: .certificate("SMIMEEncryptionCertificateUUID"), example: "smime-encryption"),
        Setting(
            "smime", "encryption", "certificate", "userCanChange", title: "Allow user to change the encryption certificate",
            "Whether people can choose another encryption certificate.",
            type: .boolean, default: .bool(false), iOS: OSVersion(12), while: smimeIsOn, graph: .same("smimeEncryptionCertificateUserOverrideEnabled"),
            apple: .bool("SMIMEEncryptionCertificateUUIDUserOverrideable")),
    ]

    private static func certificateType(_ use: StaticString, title: String, _ about: String, property: String) -> Setting {
        Setting(
            "smime", use, "certificate", "type", title: title, about,
            type: .choice([
                Choice("notConfigured", "Intune keeps what it has"),
                Choice("none", "no certificate is forced: people choose one"),
                Choice("derivedCredential", "a certificate derived from the user's smart card"),
                Choice("certificate", "a SCEP or PKCS certificate profile"),
            ]), default: .text("notConfigured"), while: smimeIsOn,
            graph: GraphMapping([property], neutral: "none", keeping: .text("notConfigured")) { value in
                value == .text("notConfigured") ? [] : [.property(property, value.json)]
            } read: { object, setting in
                // Intune says "none" where nobody has configured anything.
                if object.text(property) == "none", !object.isInEffect(setting) { return .absent }
                return object.value(property, setting)
            })
    }
}

extension SettingKey {
    public static let smimeEnabled = SettingKey("smime.enabled")
    public static let signingEnabled = SettingKey("smime.signing.enabled")
    public static let signingCertificateType = SettingKey("smime.signing.certificate.type")
    public static let signingCertificate = SettingKey("smime.signing.certificate.profile")
    public static let encryptionByDefault = SettingKey("smime.encryption.byDefault")
    public static let encryptionCertificateType = SettingKey("smime.encryption.certificate.type")
    public static let encryptionCertificate = SettingKey("smime.encryption.certificate.profile")
}
