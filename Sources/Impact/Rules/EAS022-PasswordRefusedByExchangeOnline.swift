import Profiles

extension Rule {
    static let eas022 = Rule(
        id: "EAS022",
        title: "Exchange Online refuses the password sign-in",
        consequences: [.serverPrerequisite],
        explanation: """
            The profile signs in with user name and password and without OAuth, but the tenant's mailboxes are in Exchange Online, which \
            refuses Basic authentication for Exchange ActiveSync. People cannot sign in, and no admin can turn Basic authentication on \
            again.
            """,
        remedy: "Turn OAuth on. Plan the change: it deploys a new profile, and people must sign in again (EAS001).",
        basis: .documented(
            "Microsoft, Deprecation of Basic authentication in Exchange Online: Exchange ActiveSync, off from 1 October 2022, in the cloud operated by 21Vianet from 31 March 2023; since 31 December 2022 nobody can turn it on again", .basicAuthentication),
        trigger: .standing { profile, facts in
            facts.exchange == .online && profile.usesPassword && !profile[.oauth].bool ? [SettingKey.method.setting.pointer] : []
        },
        examples: [
            Example("a new profile with password for Exchange Online", before: nil, after: "{}", fires: true),
            Example(
                "the mailboxes move to Exchange Online", before: "{}", after: #"{"account": {"server": "mail.contoso.com"}}"#,
                tenantBefore: #"{"exchange": "onPremises"}"#, tenantAfter: #"{"exchange": "online"}"#, fires: true),
            Example("the same with an on-premises server", before: nil, after: "{}", tenantBefore: #"{"exchange": "onPremises"}"#, fires: false),
            Example("with OAuth", before: nil, after: #"{"account": {"oauth": true}}"#, fires: false),
            Example("nothing new: it was so before", before: "{}", after: #"{"account": {"accountName": "Work"}}"#, fires: false),
        ])
}
