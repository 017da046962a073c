import Profiles

extension Rule {
    static let eas016 = Rule(
        id: "EAS016",
        title: "Sign-in without multifactor authentication",
        consequences: [.advice],
        explanation: """
            The profile signs in by password or certificate without OAuth, and Microsoft Entra multifactor authentication is not \
            supported there. If a policy asks for it, the sign-in fails (inferred: the device has no way to answer).
            """,
        remedy: "Turn OAuth on where the server supports it. That deploys a new profile (EAS001), so plan it.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, note under Authentication method: Azure multifactor authentication is not supported; OAuth: the modern sign-in supports it"
        ),
        trigger: .standing { profile, _ in
            !profile[.oauth].bool && (profile.usesPassword || profile.usesCertificate) ? [SettingKey.method.setting.pointer] : []
        },
        examples: [
            Example("a new profile with password", before: nil, after: "{}", fires: true),
            Example("OAuth goes", before: #"{"account": {"oauth": true}}"#, after: "{}", fires: true),
            Example("a new profile with OAuth", before: nil, after: #"{"account": {"oauth": true}}"#, fires: false),
            Example("it stood before", before: "{}", after: #"{"account": {"accountName": "Work"}}"#, fires: false),
        ])
}
