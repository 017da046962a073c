import Profiles

extension Rule {
    static let eas024 = Rule(
        id: "EAS024",
        title: "People are told to open Company Portal",
        consequences: [.userVisible],
        explanation: """
            The profile uses derived credentials. Intune notifies people on iOS and iPadOS after any edit of such a profile, even of its \
            description: they are told to open Company Portal.
            """,
        remedy: "Make such edits together, and tell people that the notification is expected.",
        basis: .documented(
            "Microsoft Intune, Use derived credentials: changes to a policy that uses them notify users, including a simple edit to the profile description",
            .derivedCredentials),
        trigger: .change { comparison in
            guard comparison.isChangeOfApplied, comparison.usesDerivedCredentials else { return nil }
            return Firing(on: comparison.changes.indices.filter { comparison.changes[$0].setting?.section != "assignments" }, [.userVisible])
        },
        examples: [
            Example(
                "another description", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                after: #"{"account": {"authentication": {"method": "derivedCredential"}}, "description": "for staff"}"#, fires: true),
            Example(
                "from a derived credential to a password", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#, after: "{}", fires: true),
            Example(
                "one more group", before: #"{"account": {"authentication": {"method": "derivedCredential"}}}"#,
                after: #"{"account": {"authentication": {"method": "derivedCredential"}}, "assignments": {"include": [{"group": "staff"}, {"group": "board"}]}}"#,
                fires: false),
            Example("another description, with a password", before: "{}", after: #"{"description": "for staff"}"#, fires: false),
        ])
}
