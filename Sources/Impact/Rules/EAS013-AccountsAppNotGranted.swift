import Profiles

extension Rule {
    static let eas013 = Rule(
        id: "EAS013",
        title: "OAuth, and nobody has said that the iOS Accounts app is granted",
        consequences: [.consentPrerequisite],
        explanation: """
            The profile uses OAuth. In a tenant where people may not give apps access themselves, the modern sign-in may fail until an \
            admin creates the enterprise app "iOS Accounts" in Microsoft Entra ID and grants users access to it.
            """,
        remedy: """
            Look in Microsoft Entra ID, create the app and assign users where it is missing, then say so in tenant.json \
            ("iosAccountsApp": "granted").
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, OAuth: sign-in may fail until an admin creates the enterprise app iOS Accounts and grants users access"
        ),
        trigger: .standing { profile, facts in
            profile[.oauth].bool && facts.iosAccountsApp != .granted ? [SettingKey.oauth.setting.pointer] : []
        },
        examples: [
            Example(
                "OAuth, and nobody has looked", before: "{}", after: #"{"account": {"oauth": true}}"#, tenantBefore: #"{"iosAccountsApp": null}"#,
                fires: true),
            Example("OAuth, and the app is granted", before: "{}", after: #"{"account": {"oauth": true}}"#, fires: false),
        ])
}
