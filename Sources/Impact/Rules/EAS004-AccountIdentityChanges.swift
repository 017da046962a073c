import Profiles

extension Rule {
    static let eas004 = Rule(
        id: "EAS004",
        title: "The server, user name or email address of the account changes",
        consequences: [.credentialReentry, .newProfile],
        explanation: """
            For the device this is a different account: it removes the old one and gets a new profile. People who sign in with a \
            password or OAuth must enter their credentials. Under OAuth without a sign-in URL, devices find the server themselves and \
            ignore the host name, so a new host name alone may change nothing. \(whatNewProfilesCost)
            """,
        remedy: """
            Check that every user has the new attribute and that the server accepts it. Try the change on one group, then tell people \
            and roll out in steps.
            """,
        basis: .inferred(
            "Intune recognises an existing account on a device by host name and email address (Add email settings to devices using Intune, How Intune handles existing email accounts), so a different host, user name or address is a different account"
        )
            + .documented("Apple, schema of com.apple.eas.account, Host (18.1): with OAuth on and no OAuthSignInURL the host is ignored", .appleSchema),
        trigger: .change { comparison in
            // In a .mobileconfig the tokens are the user name and address, and a tenant can change them alone.
            let changes = comparison.changes(
                of: .server, .usernameAttribute, .usernameDomain, .emailAddressAttribute, .tenantUserName, .tenantEmailAddress)
            return Firing(on: changes, [.newProfile] + (comparison.peopleSignIn ? [.credentialReentry] : []))
        },
        examples: [
            Example("another server", before: "{}", after: #"{"account": {"server": "mail.contoso.com"}}"#, fires: true),
            Example("the address comes from another attribute", before: "{}", after: #"{"account": {"emailAddressAttribute": "userPrincipalName"}}"#, fires: true),
            Example(
                "another token in the .mobileconfig", before: "{}", after: "{}", tenantBefore: #"{"targets": ["graph", "mobileconfig"]}"#,
                tenantAfter: #"{"targets": ["graph", "mobileconfig"], "mdmTokens": {"primarySmtpAddress": "%Email%"}}"#, fires: true),
            Example("the server in capitals", before: "{}", after: #"{"account": {"server": "OUTLOOK.Office365.com"}}"#, fires: false),
            Example(
                "the tenant also asks for the .mobileconfig", before: "{}", after: "{}",
                tenantBefore: "{}", tenantAfter: #"{"targets": ["graph", "mobileconfig"]}"#, fires: false),
        ])
}
