import Profiles

extension Rule {
    static let eas021 = Rule(
        id: "EAS021",
        title: "A certificate type becomes \"not configured\"",
        consequences: [.advice],
        explanation: """
            "Not configured" means that Intune does not change the setting: Intune keeps the previous value. The certificate is not \
            removed.
            """,
        remedy: "Use \"none\" to remove the forced certificate. Use \"notConfigured\" only if Intune should keep what it has.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, Signing and Encryption certificate type: with Not configured, the setting is not updated or changed in Intune; None forces no certificate", .emailSettings),
        trigger: .change { comparison in
            // Without S/MIME the certificates are taken away with it.
            guard comparison.after?[.smimeEnabled].bool == true else { return nil }
            let changes = comparison.changes(of: .signingCertificateType, .encryptionCertificateType)
            return Firing(on: changes.filter { comparison.changes[$0].after == .text("notConfigured") }, [.advice])
        },
        examples: [
            Example(
                "certificate to not configured",
                before: #"{"smime": {"enabled": true, "signing": {"certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#,
                after: #"{"smime": {"enabled": true}}"#, fires: true),
            Example(
                "none to not configured", before: #"{"smime": {"enabled": true, "encryption": {"certificate": {"type": "none"}}}}"#,
                after: #"{"smime": {"enabled": true}}"#, fires: true),
            Example(
                "certificate to none",
                before: #"{"smime": {"enabled": true, "signing": {"certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#,
                after: #"{"smime": {"enabled": true, "signing": {"certificate": {"type": "none"}}}}"#, fires: false),
            Example("a new profile without", before: nil, after: #"{"smime": {"enabled": true}}"#, fires: false),
        ])
}
