import Profiles

extension Rule {
    static let eas001 = Rule(
        id: "EAS001",
        title: "OAuth is turned on",
        consequences: [.credentialReentry, .newProfile, .signInChange],
        explanation: """
            Every targeted device gets a new profile, and people must enter their credentials again, in the modern sign-in that \
            supports multifactor authentication. \(whatNewProfilesCost)
            """,
        remedy: "Tell people in advance, roll out in steps, and prepare the service desk.",
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, note under OAuth: targeted devices get a new profile and users must enter their credentials again; the sign-in supports MFA", .emailSettings),
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
