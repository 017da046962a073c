import Profiles

extension Rule {
    static let eas010 = Rule(
        id: "EAS010",
        title: "SSL is turned off",
        consequences: [.securityWeakened],
        explanation: """
            Devices no longer use SSL when they send and receive mail and talk to the Exchange server. Without it, whoever is on the way \
            can read along (inferred: nothing else protects the connection).
            """,
        remedy: "Leave SSL on. If the server cannot do it, give the server a certificate rather than the profile an exception.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, SSL: Enable uses SSL when sending and receiving mail and communicating with the Exchange server"
        ),
        trigger: .change { Firing(on: $0.switchedOff(.ssl), [.securityWeakened]) },
        examples: [
            Example("true to false", before: "{}", after: #"{"account": {"ssl": false}}"#, fires: true),
            Example("false to true", before: #"{"account": {"ssl": false}}"#, after: "{}", fires: false),
        ])
}
