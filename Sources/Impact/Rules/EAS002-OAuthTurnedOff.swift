import Profiles

extension Rule {
    static let eas002 = Rule(
        id: "EAS002",
        title: "OAuth is turned off",
        consequences: [.credentialReentry, .newProfile, .signInChange],
        explanation: """
            Every targeted device gets a new profile, and people sign in without the modern sign-in that supports multifactor \
            authentication. Where the method is user name and password, everybody must enter credentials again. \(whatNewProfilesCost)
            """,
        remedy: """
            Leave OAuth on unless the server cannot do it. If it must go, tell people before the day and roll out in steps.
            """,
        basis: .inferred(
            "Turning OAuth on deploys a new profile (EAS001); turning it off changes the way of signing in just as much, only the other way"),
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
