import Profiles

extension Rule {
    static let eas018 = Rule(
        id: "EAS018",
        title: "The account's VPN changes",
        consequences: [.userVisible],
        explanation: """
            On iOS and iPadOS 14 and later, the mail of this account goes through the VPN that the profile names, which connects when \
            people use the account in the Mail app. This change moves mail into, out of or between VPNs.
            """,
        remedy: """
            Before the change, make sure that the per-app VPN profile is assigned to the same people and that they can reach the mail \
            server through the new VPN, or without one.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, VPN profile for per-account VPN: the VPN carries all mail of the account and connects automatically; iOS 14 and later", .emailSettings),
        trigger: .change { Firing(on: $0.changes(of: .vpnProfile), [.userVisible]) },
        examples: [
            Example("into a VPN", before: "{}", after: #"{"mail": {"vpnProfile": "mail-vpn"}}"#, fires: true),
            Example("out of the VPN", before: #"{"mail": {"vpnProfile": "mail-vpn"}}"#, after: "{}", fires: true),
            Example("no VPN, given explicitly", before: "{}", after: #"{"mail": {"vpnProfile": null}}"#, fires: false),
        ])
}
