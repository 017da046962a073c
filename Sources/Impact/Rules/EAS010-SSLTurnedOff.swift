import Profiles

extension Rule {
    static let eas010 = Rule(
        id: "EAS010",
        title: "SSL is turned off",
        consequences: [.securityWeakened],
        explanation: """
            Devices no longer use SSL to send and receive mail and to communicate with the Exchange server. Anybody on the network path \
            can read the mail (inferred: nothing else protects the connection).
            """,
        remedy: "Leave SSL on. If the server does not support it, install a certificate on the server.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, SSL: Enable uses SSL when sending and receiving mail and communicating with the Exchange server", .emailSettings),
        trigger: .change { Firing(on: $0.switchedOff(.ssl), [.securityWeakened]) },
        examples: [
            Example("true to false", before: "{}", after: #"{"account": {"ssl": false}}"#, fires: true),
            Example("false to true", before: #"{"account": {"ssl": false}}"#, after: "{}", fires: false),
        ])
}
