import Profiles

extension Rule {
    static let eas017 = Rule(
        id: "EAS017",
        title: "A profile with certificates is assigned to all devices",
        consequences: [.advice],
        explanation: """
            The profile uses a certificate profile to sign in, sign or encrypt, and is assigned to all devices. Email profiles with user \
            certificates belong to users. If one of the profiles is assigned to devices, people may be prompted for their password \
            again and again.
            """,
        remedy: "Assign this profile, and every certificate profile that it uses, to user groups.",
        basis: .documented(
            "Microsoft Intune, Add email settings to devices using Intune, Before you begin: assign email profiles with user certificates to user groups, or users may be prompted continuously"
        ),
        trigger: .standing { profile, _ in
            let usesCertificate = [SettingKey.method, .signingCertificateType, .encryptionCertificateType].contains { profile[$0].text == "certificate" }
            return usesCertificate && profile.includes(.allDevices) ? [SettingKey.include.setting.pointer] : []
        },
        examples: [
            Example(
                "all devices sign in with a certificate", before: "{}",
                after:
                    #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}, "assignments": {"include": ["allDevices"]}}"#,
                fires: true),
            Example(
                "all devices encrypt with a certificate", before: #"{"assignments": {"include": ["allDevices"]}}"#,
                after:
                    #"{"assignments": {"include": ["allDevices"]}, "smime": {"enabled": true, "encryption": {"certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#,
                fires: true),
            Example(
                "all users sign in with a certificate", before: "{}",
                after:
                    #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}, "assignments": {"include": ["allUsers"]}}"#,
                fires: false),
            Example("all devices, with password", before: "{}", after: #"{"assignments": {"include": ["allDevices"]}}"#, fires: false),
        ])
}
