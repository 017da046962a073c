import Profiles

extension Rule {
    static let eas011 = Rule(
        id: "EAS011",
        title: "S/MIME protects less",
        consequences: [.securityWeakened],
        explanation: """
            S/MIME, signing or encryption by default is turned off, or a certificate is no longer forced. Outgoing mail may then be \
            unsigned or unencrypted, or signed and encrypted with a certificate that a user chose.
            """,
        remedy: """
            If you do not want this, restore the setting. If you do, tell people whose partners rely on signed or encrypted mail.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, S/MIME: what signing, encryption by default and the certificate types do, and that None forces no certificate", .emailSettings),
        trigger: .change { comparison in
            let freed = comparison.changes(of: .signingCertificateType, .encryptionCertificateType).filter { position in
                let change = comparison.changes[position]
                // What is not configured stays in Intune as it was; in a .mobileconfig the key goes.
                let frees = change.after.text == "none" || (change.after.text == "notConfigured" && comparison.tenant?.facts.writesMobileconfig == true)
                return ["certificate", "derivedCredential"].contains(change.before.text) && frees
            }
            return Firing(
                on: comparison.switchedOff(.smimeEnabled, .signingEnabled, .encryptionByDefault) + freed, [.securityWeakened])
        },
        examples: [
            Example(
                "S/MIME off", before: #"{"smime": {"enabled": true, "signing": {"enabled": true}, "encryption": {"byDefault": true}}}"#, after: "{}",
                fires: true),
            Example(
                "encryption by default off", before: #"{"smime": {"enabled": true, "encryption": {"byDefault": true}}}"#,
                after: #"{"smime": {"enabled": true}}"#, fires: true),
            Example(
                "people choose the signing certificate",
                before: #"{"smime": {"enabled": true, "signing": {"certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#,
                after: #"{"smime": {"enabled": true, "signing": {"certificate": {"type": "none"}}}}"#, fires: true),
            Example("S/MIME on", before: "{}", after: #"{"smime": {"enabled": true, "signing": {"enabled": true}}}"#, fires: false),
            Example(
                "another certificate is forced",
                before: #"{"smime": {"enabled": true, "signing": {"certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#,
                after: #"{"smime": {"enabled": true, "signing": {"certificate": {"type": "certificate", "profile": "user-scep"}}}}"#, fires: false),
        ])
}
