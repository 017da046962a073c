import Profiles

extension Rule {
    static let eas013 = Rule(
        id: "EAS013",
        title: "OAuth is on, but the iOS Accounts app may not be granted",
        consequences: [.consentPrerequisite],
        explanation: """
            The profile uses OAuth. In a tenant where people cannot give apps access themselves, the modern sign-in may fail until an \
            admin creates the enterprise app "iOS Accounts" in Microsoft Entra ID and grants users access to it. Newer tenants list it \
            as "Apple Internet Accounts".
            """,
        remedy: """
            Look for the app in Microsoft Entra ID: "iOS Accounts", in newer tenants "Apple Internet Accounts" (application id \
            f8d98a96-0999-43f5-8af3-69971c7bb423). If it is missing, create it and assign users. Then set "iosAccountsApp" to "granted" \
            in tenant.json.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, OAuth: sign-in may fail until an admin creates the enterprise app iOS Accounts and grants users access", .emailSettings),
        trigger: .standing { profile, facts in
            profile[.oauth].bool && facts.iosAccountsApp != .granted ? [SettingKey.oauth.setting.pointer] : []
        },
        examples: [
            Example(
                "OAuth, and nobody has checked the app", before: "{}", after: #"{"account": {"oauth": true}}"#, tenantBefore: #"{"iosAccountsApp": null}"#,
                fires: true),
            Example("OAuth, and the app is granted", before: "{}", after: #"{"account": {"oauth": true}}"#, fires: false),
        ])
}
