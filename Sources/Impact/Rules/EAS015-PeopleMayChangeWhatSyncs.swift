import Profiles

extension Rule {
    static let eas015 = Rule(
        id: "EAS015",
        title: "Only some services sync, but people can change that",
        consequences: [.advice],
        explanation: """
            The profile syncs only some of the Exchange services, but people can turn on the others in their device's settings, so \
            devices may sync more than you chose.
            """,
        remedy: "Set sync.userCanChange to false in the same change as sync.exchangeData, since each of them deploys a new profile (EAS003).",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, tip under Allow users to change sync settings: recommends No if only some services sync", .emailSettings),
        trigger: .standing { profile, _ in
            profile[.exchangeData] != .text("all") && profile[.syncUserCanChange].bool ? [SettingKey.syncUserCanChange.setting.pointer] : []
        },
        examples: [
            Example("only mail", before: "{}", after: #"{"sync": {"exchangeData": "emailOnly"}}"#, fires: true),
            Example(
                "only mail, and people cannot change it", before: "{}", after: #"{"sync": {"exchangeData": "emailOnly", "userCanChange": false}}"#,
                fires: false),
            Example(
                "all, and people can change it", before: #"{"sync": {"userCanChange": false}}"#, after: "{}", fires: false),
        ])
}
