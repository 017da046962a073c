import Profiles

extension Rule {
    static let eas005 = Rule(
        id: "EAS005",
        title: "The authentication method changes",
        consequences: [.credentialReentry, .newProfile],
        explanation: """
            People sign in to the email server in a different way, and devices get a new profile. If people sign in with a password or \
            OAuth afterwards, they must enter their credentials. If the new method is a derived credential, they must enrol with their \
            smart card in Company Portal before they can sign in. \(whatNewProfilesCost)
            """,
        remedy: """
            Before you change to certificates, make sure that every device has its certificate. Before you change to passwords, tell \
            people to expect the prompt. Roll out in steps.
            """,
        basis: .inferred(
            "The authentication method is part of the account's setup, and turning OAuth on, which changes the same part, is documented to deploy a new profile (EAS001)"
        )
            + .documented(
                "Microsoft Intune, Use derived credentials: whoever is targeted must enrol with the smart card and Company Portal before they can sign in",
                .derivedCredentials),
        trigger: .change { comparison in
            let asks = comparison.after.map { $0.signsIn || $0[.method].text == "derivedCredential" } ?? false
            return Firing(on: comparison.changes(of: .method), [.newProfile] + (asks ? [.credentialReentry] : []))
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
