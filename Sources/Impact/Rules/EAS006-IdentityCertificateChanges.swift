import Profiles

extension Rule {
    static let eas006 = Rule(
        id: "EAS006",
        title: "The identity certificate changes",
        consequences: [.signInChange],
        explanation: """
            The method stays, but the certificate for signing in comes from another certificate profile. The account is updated in \
            place. Mail stops on each device until it has the new certificate.
            """,
        remedy: """
            Assign the new certificate profile first and wait until devices have their certificates. Then change the email profile.
            """,
        basis: .inferred(
            "Apple, CommonPayloadKeys: a payload with the same identifier and UUID is updated in place, and the email profile only names the certificate that it signs in with"
        ),
        trigger: .change { comparison in
            guard let before = comparison.before, let after = comparison.after, before.usesCertificate, after.usesCertificate else { return nil }
            return Firing(on: comparison.changes(of: .identityCertificate), [.signInChange])
        },
        examples: [
            Example(
                "another certificate profile",
                before: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}"#,
                after: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "smime-pkcs"}}}"#, fires: true),
            Example(
                "another derived credential issuer (EAS023)", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                after: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                tenantBefore: #"{"derivedCredentials": {"id": "77777777-7777-4777-8777-777777777777"}}"#,
                tenantAfter: #"{"derivedCredentials": {"id": "88888888-8888-4888-8888-888888888888"}}"#, fires: false),
            Example(
                "the tenant gives the certificate profile another name",
                before: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}"#,
                after: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "people-scep"}}}"#,
                tenantAfter:
                    #"{"certificateProfiles": {"user-scep": null, "people-scep": {"id": "44444444-4444-4444-8444-444444444444", "type": "scep"}}}"#,
                fires: false),
            Example(
                "password to certificate", before: "{}",
                after: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}"#, fires: false),
        ])
}
