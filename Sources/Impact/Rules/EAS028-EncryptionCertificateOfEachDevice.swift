import Profiles

extension Rule {
    static let eas028 = Rule(
        id: "EAS028",
        title: "Each device encrypts with a certificate of its own",
        consequences: [.advice],
        explanation: """
            S/MIME encrypts with a SCEP or PKCS certificate, and every device gets one of its own. Mail that is encrypted to one device \
            cannot be read on another, nor after a new certificate.
            """,
        remedy: "Use an imported PKCS certificate profile for encryption, so that all devices of a person have the same certificate.",
        basis: .documented(
            "Microsoft Intune, Use S/MIME certificates for email encryption: imported PKCS certificates give all devices of a user the same encryption certificate",
            .smimeCertificates),
        trigger: .standing { profile, facts in
            guard profile[.smimeEnabled].bool, profile[.encryptionCertificateType].text == "certificate",
                let id = profile[.encryptionCertificate].reference?.id, let type = facts.certificateTypes[id], type != .importedPkcs
            else { return [] }
            return [SettingKey.encryptionCertificate.setting.pointer]
        },
        examples: [
            Example(
                "a PKCS certificate", before: "{}",
                after: #"{"smime": {"enabled": true, "encryption": {"certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#, fires: true),
            Example(
                "an imported certificate", before: "{}",
                after: #"{"smime": {"enabled": true, "encryption": {"certificate": {"type": "certificate", "profile": "smime-pfx"}}}}"#, fires: false),
            Example(
                "a PKCS certificate for signing", before: "{}",
                after: #"{"smime": {"enabled": true, "signing": {"enabled": true, "certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#,
                fires: false),
        ])
}
