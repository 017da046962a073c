import Profiles

extension Rule {
    static let eas018 = Rule(
        id: "EAS018",
        title: "The VPN of the account changes",
        consequences: [.userVisible],
        explanation: """
            From iOS and iPadOS 14, the mail of this account goes through the VPN named, which switches itself on when people use the \
            account in the Mail app. With this change mail moves into, out of or between VPNs.
            """,
        remedy: """
            See that the per-app VPN profile is assigned to the same people and that the mail server is reachable through it, or \
            without it, before the change.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, VPN profile for per-account VPN: the tunnel carries all mail of the account and connects by itself; iOS 14 and later"
        ),
        trigger: .change { Firing(on: $0.changes(of: .vpnProfile), [.userVisible]) },
        examples: [
            Example("into a VPN", before: "{}", after: #"{"mail": {"vpnProfile": "mail-vpn"}}"#, fires: true),
            Example("out of the VPN", before: #"{"mail": {"vpnProfile": "mail-vpn"}}"#, after: "{}", fires: true),
            Example("no VPN, written out", before: "{}", after: #"{"mail": {"vpnProfile": null}}"#, fires: false),
        ])
}
