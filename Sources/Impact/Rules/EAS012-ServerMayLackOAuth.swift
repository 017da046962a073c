import Profiles

extension Rule {
    static let eas012 = Rule(
        id: "EAS012",
        title: "OAuth is on, but the server may not support it",
        consequences: [.serverPrerequisite],
        explanation: """
            The profile uses OAuth, and the tenant's mailboxes are neither in Exchange Online nor on a server with hybrid modern \
            authentication. If the server does not support OAuth, "Re-enter password" in the device's settings does nothing, and \
            people cannot read their mail (inferred: there is no other way to sign in).
            """,
        remedy: """
            Set up hybrid modern authentication on the server and set "exchange" to "hybridModernAuth" in tenant.json, or turn OAuth off.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, OAuth: Exchange Online supports it; on-premises Exchange and other servers may not, and then Re-enter password does not work", .emailSettings),
        trigger: .standing { profile, facts in
            switch facts.exchange {
            case .online, .hybridModernAuth: []
            case .onPremises, .other: profile[.oauth].bool ? [SettingKey.oauth.setting.pointer] : []
            }
        },
        examples: [
            Example(
                "OAuth with an on-premises server", before: "{}", after: #"{"account": {"oauth": true}}"#,
                tenantBefore: #"{"exchange": "onPremises"}"#, fires: true),
            Example(
                "OAuth with hybrid modern authentication", before: "{}", after: #"{"account": {"oauth": true}}"#,
                tenantBefore: #"{"exchange": "hybridModernAuth"}"#, fires: false),
            Example(
                "nothing new: it was so before", before: #"{"account": {"oauth": true}}"#, after: #"{"account": {"oauth": true, "accountName": "Work"}}"#,
                tenantBefore: #"{"exchange": "other"}"#, fires: false),
        ])
}
