import Profiles

extension Rule {
    static let eas009 = Rule(
        id: "EAS009",
        title: "The account is updated in place",
        consequences: [.settingsReset],
        explanation: """
            The account stays, and nobody needs to sign in again. But the profile overrides what people customised on the device, such as \
            which services sync and how many days of mail are kept, and they may be asked to approve the new email settings. \
            If mail.amountToSync goes to userDefined, the payload leaves the key out, and Apple's default is then 7 days.
            """,
        remedy: "Make such changes together, so that people lose what they customised, and are asked for approval, only once.",
        basis: .documented(
            "Apple, schema of com.apple.eas.account: updating this payload overrides any settings that the user customized", .appleSchema)
            + .documented(
                "Microsoft Intune, Add email settings to devices using Intune, Changes to assigned email profiles: users may be asked to approve the reconfiguration",
                .emailProfiles),
        trigger: .changeOnceDeploymentIsKnown { comparison, deploysNewProfile in
            // The consequences of a new profile include this one.
            guard !deploysNewProfile else { return nil }
            let changes = comparison.changes(inSections: "account", "sync", "smime", "mail", "fromTenant")
            // A change of the issuer (EAS023, EAS024) changes nothing in the account.
            return Firing(on: changes.filter { !comparison.changes[$0].isOf(.derivedCredentials) }, [.settingsReset])
        },
        examples: [
            Example("more days of mail", before: "{}", after: #"{"mail": {"amountToSync": "oneMonth"}}"#, fires: true),
            Example("S/MIME on", before: "{}", after: #"{"smime": {"enabled": true}}"#, fires: true),
            Example(
                "more days of mail with a new profile", before: "{}", after: #"{"account": {"oauth": true}, "mail": {"amountToSync": "oneMonth"}}"#,
                fires: false),
            Example("one more group", before: "{}", after: #"{"assignments": {"include": [{"group": "staff"}, {"group": "board"}]}}"#, fires: false),
            Example("another description", before: "{}", after: #"{"description": "for staff"}"#, fires: false),
        ])
}
