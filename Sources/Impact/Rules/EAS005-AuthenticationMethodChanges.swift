import Profiles

extension Rule {
    static let eas005 = Rule(
        id: "EAS005",
        title: "The authentication method changes",
        consequences: [.credentialReentry, .newProfile],
        explanation: """
            People sign in to the email server in another way, for which devices get a new profile. Where the new method is user \
            name and password, everybody is asked for them. \(whatNewProfilesCost)
            """,
        remedy: """
            Before a change to certificates, see that every device has its certificate; before a change to passwords, tell people \
            that the question is expected. Roll out in steps.
            """,
        basis: .inferred(
            "How an account signs in is part of its set-up, and turning OAuth on, which changes just that, is documented to deploy a new profile (EAS001)"
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
