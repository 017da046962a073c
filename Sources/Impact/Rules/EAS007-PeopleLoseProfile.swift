import Profiles

extension Rule {
    static let eas007 = Rule(
        id: "EAS007",
        title: "People lose the profile",
        consequences: [.accountRemoved],
        explanation: """
            The profile is removed, a target is no longer included, a group is excluded, or a filter is added to a target or replaced. \
            Devices of people who lose the profile remove the managed account and its synced mail; that can take 7 hours or more. The \
            mailbox on the server stays.
            """,
        remedy: """
            Make sure that these people get their mail in another way first, or include them in another profile in the same change. \
            People in another included group keep the profile, so the number is an upper bound.
            """,
        basis: .documented(
            "Microsoft Intune, Add email settings to devices using Intune, Remove an email profile, and Monitor device profiles: an email profile that is deleted or no longer assigned is removed from enrolled devices, which can take 7 hours or more", .emailProfiles)
            + .inferred("Whoever is excluded or filtered out is no longer assigned, and the synced mail belongs to the account"),
        trigger: .change { comparison in
            guard comparison.before != nil else { return nil }
            let effects = [Effect(.accountRemoved, .losing)]
            guard comparison.after != nil else { return Firing(changes: Array(comparison.changes.indices), effects: effects) }
            let audience = comparison.audience
            let changes =
                (audience.include.left.isEmpty ? [] : comparison.changes(of: .include))
                + (audience.exclude.joined.isEmpty ? [] : comparison.changes(of: .exclude))
            return changes.isEmpty ? nil : Firing(changes: changes, effects: effects)
        },
        examples: [
            Example("the manifest is deleted", before: "{}", after: nil, fires: true),
            Example("another group instead", before: "{}", after: #"{"assignments": {"include": [{"group": "board"}]}}"#, fires: true),
            Example("a group is excluded", before: "{}", after: #"{"assignments": {"exclude": [{"group": "board"}]}}"#, fires: true),
            Example(
                "a filter is added to a group", before: "{}",
                after: #"{"assignments": {"include": [{"group": "staff", "filter": "corporate", "filterMode": "include"}]}}"#,
                tenantBefore: #"{"filters": {"corporate": "77777777-7777-4777-8777-777777777777"}}"#, fires: true),
            Example(
                "one more group", before: "{}", after: #"{"assignments": {"include": [{"group": "staff"}, {"group": "board"}]}}"#, fires: false),
            Example("a group is no longer excluded", before: #"{"assignments": {"exclude": [{"group": "board"}]}}"#, after: "{}", fires: false),
        ])
}
