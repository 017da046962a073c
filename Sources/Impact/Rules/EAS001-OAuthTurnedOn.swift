import Profiles

extension Rule {
    static let eas001 = Rule(
        id: "EAS001",
        title: "OAuth is turned on",
        consequences: [.credentialReentry, .newProfile, .signInChange],
        explanation: """
            Every targeted device gets a new profile, and everybody must enter credentials again, in the modern sign-in that \
            supports multifactor authentication. \(whatNewProfilesCost)
            """,
        remedy: "Tell people before the day, roll out in steps, and have the service desk ready.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, note under OAuth: devices already targeted get a new profile, and users are asked for their credentials again; the sign-in supports MFA"
        ),
        trigger: .change { comparison in
            Firing(
                on: comparison.changes(of: .oauth).filter { comparison.changes[$0].after.bool },
                [.newProfile, .credentialReentry, .signInChange])
        },
        examples: [
            Example("false to true", before: "{}", after: #"{"account": {"oauth": true}}"#, fires: true),
            Example("a new profile with OAuth", before: nil, after: #"{"account": {"oauth": true}}"#, fires: false),
        ])
}
