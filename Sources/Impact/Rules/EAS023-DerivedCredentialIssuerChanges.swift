import Profiles

extension Rule {
    static let eas023 = Rule(
        id: "EAS023",
        title: "The derived credential issuer changes",
        consequences: [.credentialReentry],
        explanation: """
            The tenant's issuer of derived credentials becomes another one. Everybody with this profile must get a new derived credential, \
            and cannot sign in before they have it.
            """,
        remedy: "Tell people in advance how to get the new credential, roll out in steps, and prepare the service desk.",
        basis: .documented(
            "Microsoft Intune, Use derived credentials, Change the derived credential issuer: devices need a credential from the new issuer", .derivedCredentials),
        trigger: .change { comparison in
            // An issuer that is named for the first time, or no longer, is the same for people (EAS024).
            Firing(
                on: comparison.changes(of: .derivedCredentials).filter { !comparison.changes[$0].before.isNone && !comparison.changes[$0].after.isNone },
                [.credentialReentry])
        },
        examples: [
            Example(
                "another issuer", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                after: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                tenantBefore: #"{"derivedCredentials": {"id": "77777777-7777-4777-8777-777777777777"}}"#,
                tenantAfter: #"{"derivedCredentials": {"id": "88888888-8888-4888-8888-888888888888"}}"#, fires: true),
            Example(
                "the issuer is named for the first time", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                after: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                tenantAfter: #"{"derivedCredentials": {"id": "88888888-8888-4888-8888-888888888888"}}"#, fires: false),
        ])
}
