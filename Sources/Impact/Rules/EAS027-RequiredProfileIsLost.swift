import Profiles

extension Rule {
    static let eas027 = Rule(
        id: "EAS027",
        title: "People lose a profile that their compliance policy requires",
        consequences: [.accessLost],
        explanation: """
            These people lose the profile (EAS007), their compliance policy requires a managed email profile ("managedEmailRequired" in \
            tenant.json), and no other profile includes them. Their devices become not compliant, and conditional access can close every \
            company app to them.
            """,
        remedy: "Include them in another email profile in the same change, or take the requirement out of their compliance policy first.",
        basis: .documented(
            "Microsoft Intune, compliance settings for iOS and iPadOS, Unable to set up email on the device: without a managed email account the device is not compliant",
            .complianceOniOS),
        trigger: .change { comparison in
            guard let before = comparison.before, let tenant = comparison.tenant else { return nil }
            let lost = comparison.audience.losing.filter { audience in
                tenant.facts.managedEmailRequired.contains(audience) && before.includes(audienceID: audience)
                    && comparison.after?.includes(audienceID: audience) != true && !tenant.includesElsewhere(audience, besides: before.id)
            }
            let changes = comparison.after == nil ? Array(comparison.changes.indices) : comparison.changes(of: .include)
            return lost.isEmpty || changes.isEmpty ? nil : Firing(changes: changes, effects: [Effect(.accessLost, .only(lost))])
        },
        examples: [
            Example(
                "another group instead", before: "{}", after: #"{"assignments": {"include": [{"group": "board"}]}}"#,
                tenantBefore: #"{"managedEmailRequired": ["staff"]}"#, fires: true),
            Example("the manifest is deleted", before: "{}", after: nil, tenantBefore: #"{"managedEmailRequired": ["staff"]}"#, fires: true),
            Example(
                "another profile includes the group", before: "{}", after: #"{"assignments": {"include": [{"group": "board"}]}}"#,
                tenantBefore: #"{"managedEmailRequired": ["staff"]}"#, others: [#"{"account": {"server": "mail.contoso.com"}}"#], fires: false),
            Example("nobody requires it", before: "{}", after: nil, fires: false),
        ])
}
