import Profiles

extension Rule {
    static let eas006 = Rule(
        id: "EAS006",
        title: "The identity certificate changes",
        consequences: [.newProfile],
        explanation: """
            The method stays, but the certificate for signing in comes from another certificate profile or derived credential issuer, \
            and devices get a new profile with it. A device gets no mail until it has the new certificate. \(whatNewProfilesCost)
            """,
        remedy: """
            Assign the new certificate profile first and wait until devices have their certificates. Then change the email profile.
            """,
        basis: .inferred(
            "The email profile names the certificate that it signs in with. With a different one the account is set up again, as with a different method (EAS005)"
        ),
        trigger: .change { comparison in
            guard let before = comparison.before, let after = comparison.after, before[.method] == after[.method] else { return nil }
            switch after[.method].text {
            case "certificate": return Firing(on: comparison.changes(of: .identityCertificate), [.newProfile])
            // An issuer that is named for the first time was the tenant's before; only the profile did not have it (EAS009).
            case "derivedCredential": return Firing(on: comparison.changes(of: .derivedCredentials).filter { !comparison.changes[$0].before.isNone }, [.newProfile])
            default: return nil
            }
        },
        examples: [
            Example(
                "another certificate profile",
                before: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}"#,
                after: #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "smime-pkcs"}}}"#, fires: true),
            Example(
                "another derived credential issuer", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                after: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                tenantBefore: #"{"derivedCredentials": {"id": "77777777-7777-4777-8777-777777777777"}}"#,
                tenantAfter: #"{"derivedCredentials": {"id": "88888888-8888-4888-8888-888888888888"}}"#, fires: true),
            Example(
                "a derived credential issuer is named for the first time", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                after: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
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
