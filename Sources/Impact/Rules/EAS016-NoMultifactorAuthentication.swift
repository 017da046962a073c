import Profiles

extension Rule {
    static let eas016 = Rule(
        id: "EAS016",
        title: "Sign-in does not support multifactor authentication",
        consequences: [.advice],
        explanation: """
            The profile signs in with a password or certificate and without OAuth, so Microsoft Entra multifactor authentication is not \
            supported. Clients without modern authentication pass neither a requirement for MFA nor one for the device's state: where a \
            conditional access policy demands either, they are blocked.
            """,
        remedy: "Turn OAuth on if the server supports it. Plan the change: it deploys a new profile (EAS001).",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, note under Authentication method: Azure multifactor authentication is not supported; OAuth: the modern sign-in supports it", .emailSettings)
            + .documented(
                "Microsoft Entra, Conditional Access conditions, client apps: clients without modern authentication support neither MFA nor device state",
                .conditionalAccess),
        trigger: .standing { profile, _ in
            !profile[.oauth].bool && (profile.usesPassword || profile.usesCertificate) ? [SettingKey.method.setting.pointer] : []
        },
        examples: [
            Example("a new profile with password", before: nil, after: "{}", fires: true),
            Example("OAuth is turned off", before: #"{"account": {"oauth": true}}"#, after: "{}", fires: true),
            Example("a new profile with OAuth", before: nil, after: #"{"account": {"oauth": true}}"#, fires: false),
            Example("nothing new: it was so before", before: "{}", after: #"{"account": {"accountName": "Work"}}"#, fires: false),
        ])
}
