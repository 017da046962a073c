import Profiles

extension Rule {
    static let eas029 = Rule(
        id: "EAS029",
        title: "Mail is kept in its account or app",
        consequences: [.userVisible],
        explanation: """
            Other apps can no longer send from the account (mail.allowThirdPartyApps), or mail of it can no longer be moved to, forwarded \
            or answered from another account (mail.allowMove). People who do so today will notice.
            """,
        remedy: "Tell people what will no longer work, and from which app or account they should send instead.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, Allow messages to be moved to other email accounts and Allow email to be sent from third-party applications",
            .emailSettings) + .documented("Apple, schema of com.apple.eas.account: PreventMove, PreventAppSheet", .appleSchema),
        trigger: .change { Firing(on: $0.switchedOff(.allowThirdPartyApps, .allowMove), [.userVisible]) },
        examples: [
            Example("other apps may no longer send", before: "{}", after: #"{"mail": {"allowThirdPartyApps": false}}"#, fires: true),
            Example("mail may no longer be moved", before: "{}", after: #"{"mail": {"allowMove": false}}"#, fires: true),
            Example("mail may be moved again", before: #"{"mail": {"allowMove": false}}"#, after: "{}", fires: false),
        ])
}
