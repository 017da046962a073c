import Profiles

extension Rule {
    static let eas005 = Rule(
        id: "EAS005",
        title: "The authentication method changes",
        consequences: [.credentialReentry, .newProfile],
        explanation: """
            People sign in to the email server in a different way, and devices get a new profile. If the new method is user name and \
            password, people must enter both. \(whatNewProfilesCost)
            """,
        remedy: """
            Before you change to certificates, make sure that every device has its certificate. Before you change to passwords, tell \
            people to expect the prompt. Roll out in steps.
            """,
        basis: .inferred(
            "The authentication method is part of the account's setup, and turning OAuth on, which changes the same part, is documented to deploy a new profile (EAS001)"
        ),
        trigger: .change { comparison in
            Firing(
                on: comparison.changes(of: .method), [.newProfile] + (comparison.after?.usesPassword == true ? [.credentialReentry] : []))
        },
        examples: [
            Example(
                "password to certificate", before: "{}",
                after: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}"#, fires: true),
            Example(
                "certificate to password", before: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}"#,
                after: "{}", fires: true),
            Example(
                "another certificate for the same method",
                before: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}"#,
                after: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "smime-pkcs"}}}"#, fires: false),
        ])
}
