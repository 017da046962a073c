import Profiles

extension Rule {
    static let eas019 = Rule(
        id: "EAS019",
        title: "The account's name changes",
        consequences: [.userVisible],
        explanation: "People see the account under a different name on their devices.",
        remedy: "Tell people the new name, so that they recognise the account.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, Account name: users see it on their devices", .emailSettings),
        trigger: .change { Firing(on: $0.changes(of: .accountName), [.userVisible]) },
        examples: [
            Example("another name", before: "{}", after: #"{"account": {"accountName": "Work"}}"#, fires: true),
            Example("another name in the console", before: "{}", after: #"{"displayName": "Mail"}"#, fires: false),
        ])
}
