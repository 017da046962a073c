import Profiles

extension Rule {
    static let eas003 = Rule(
        id: "EAS003",
        title: "The sync settings change",
        consequences: [.credentialReentry, .newProfile],
        explanation: """
            Every targeted device gets a new profile, even if it already has one. People who sign in with a password or OAuth must enter \
            their credentials, and the settings take effect only after that. \(whatNewProfilesCost)
            """,
        remedy: """
            Change both sync settings at the same time, tell people to expect the password prompt, and roll out in steps.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, Exchange ActiveSync profile configuration: a new profile is deployed even when an existing one is updated, users must enter the password, and the settings take effect after that", .emailSettings)
            + .inferred(
                "Going back to both defaults is a change of these settings too; OAuth asks in the same way as a password; with a certificate or derived credential and without OAuth there is no password to ask for"),
        trigger: .change { comparison in
            Firing(on: comparison.changes(inSections: "sync"), [.newProfile] + (comparison.peopleSignIn ? [.credentialReentry] : []))
        },
        examples: [
            Example("only mail", before: "{}", after: #"{"sync": {"exchangeData": "emailOnly"}}"#, fires: true),
            Example("people can no longer change it", before: "{}", after: #"{"sync": {"userCanChange": false}}"#, fires: true),
            Example(
                "the defaults are written out", before: "{}", after: #"{"sync": {"exchangeData": "all", "userCanChange": true}}"#, fires: false),
            Example("a new profile that syncs only mail", before: nil, after: #"{"sync": {"exchangeData": "emailOnly"}}"#, fires: false),
        ])
}
