import Profiles

extension Rule {
    static let eas003 = Rule(
        id: "EAS003",
        title: "What syncs, or who may change that, changes",
        consequences: [.credentialReentry, .newProfile],
        explanation: """
            A new profile is deployed, also where devices have one already. People are asked for the password of their Exchange \
            ActiveSync account, and the settings take effect only once it is entered. \(whatNewProfilesCost)
            """,
        remedy: """
            Change both sync settings in one go, tell people that the password question is expected, and roll out in steps.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, Exchange ActiveSync profile configuration: a new profile is deployed even when an existing one is updated, users are asked for the password, and the settings take effect when it is entered"
        ),
        trigger: .change { Firing(on: $0.changes(inSections: "sync"), [.newProfile, .credentialReentry]) },
        examples: [
            Example("only mail", before: "{}", after: #"{"sync": {"exchangeData": "emailOnly"}}"#, fires: true),
            Example("people may no longer change it", before: "{}", after: #"{"sync": {"userCanChange": false}}"#, fires: true),
            Example(
                "the defaults are written out", before: "{}", after: #"{"sync": {"exchangeData": "all", "userCanChange": true}}"#, fires: false),
            Example("a new profile that syncs only mail", before: nil, after: #"{"sync": {"exchangeData": "emailOnly"}}"#, fires: false),
        ])
}
