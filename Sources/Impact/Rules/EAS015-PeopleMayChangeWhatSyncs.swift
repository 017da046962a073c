import Profiles

extension Rule {
    static let eas015 = Rule(
        id: "EAS015",
        title: "Only some services sync, and people may change that",
        consequences: [.advice],
        explanation: """
            The profile syncs only some of the Exchange services, but people may switch the others on in their device's settings, so \
            what you chose need not be what is on the devices.
            """,
        remedy: "Set sync.userCanChange to false, in the same change as sync.exchangeData: each deploys a new profile (EAS003).",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, tip under Allow users to change sync settings: recommends No where only some services sync"
        ),
        trigger: .standing { profile, _ in
            profile[.exchangeData] != .text("all") && profile[.syncUserCanChange].bool ? [SettingKey.syncUserCanChange.setting.pointer] : []
        },
        examples: [
            Example("only mail", before: "{}", after: #"{"sync": {"exchangeData": "emailOnly"}}"#, fires: true),
            Example(
                "only mail, and people may not change it", before: "{}", after: #"{"sync": {"exchangeData": "emailOnly", "userCanChange": false}}"#,
                fires: false),
            Example(
                "all, and people may change it", before: #"{"sync": {"userCanChange": false}}"#, after: "{}", fires: false),
        ])
}
