import Profiles

extension Rule {
    static let eas002 = Rule(
        id: "EAS002",
        title: "OAuth is turned off",
        consequences: [.credentialReentry, .newProfile, .signInChange],
        explanation: """
            Every targeted device gets a new profile, and people no longer use the modern sign-in that supports multifactor \
            authentication. If the method is user name and password, they must enter their credentials again. \(whatNewProfilesCost)
            """,
        remedy: """
            Leave OAuth on unless the server does not support it. If you must turn it off, tell people in advance and roll out in steps.
            """,
        basis: .inferred(
            "Turning OAuth on deploys a new profile (EAS001), and turning it off changes the sign-in method in the same way"),
        trigger: .change { comparison in
            Firing(
                on: comparison.switchedOff(.oauth),
                [.newProfile, .signInChange] + (comparison.after?.usesPassword == true ? [.credentialReentry] : []))
        },
        examples: [
            Example("true to false", before: #"{"account": {"oauth": true}}"#, after: "{}", fires: true),
            Example("false to true", before: "{}", after: #"{"account": {"oauth": true}}"#, fires: false),
            Example("a profile with OAuth is removed", before: #"{"account": {"oauth": true}}"#, after: nil, fires: false),
        ])
}
