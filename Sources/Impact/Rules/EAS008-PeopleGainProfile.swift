import Profiles

extension Rule {
    static let eas008 = Rule(
        id: "EAS008",
        title: "People get the profile for the first time",
        consequences: [.credentialReentry, .firstInstall],
        explanation: """
            The account appears on the devices of those who gain the profile: it is new, a group joins those included, a group is no \
            longer excluded, or a filter goes from a group. Where the method is user name and password, they are asked for both \
            for the first time. Their mail is downloaded (inferred: the account starts empty).
            """,
        remedy: """
            Tell people what will appear and what they will be asked. Whoever had the profile through another group notices \
            nothing; the number is therefore at most.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, Authentication method: with user name and password, users are asked to enter both"
        ),
        trigger: .change { comparison in
            guard let after = comparison.after else { return nil }
            let effects =
                [Effect(.firstInstall, .gaining)] + (after.usesPassword ? [Effect(.credentialReentry, .gaining)] : [])
            guard comparison.before != nil else { return Firing(changes: Array(comparison.changes.indices), effects: effects) }
            let audience = comparison.audience
            // A group that is no longer excluded gets the profile, too, as far as its people are in a group included.
            let changes =
                (audience.include.joined.isEmpty ? [] : comparison.changes(of: .include))
                + (audience.exclude.left.isEmpty ? [] : comparison.changes(of: .exclude))
            return changes.isEmpty ? nil : Firing(changes: changes, effects: effects)
        },
        examples: [
            Example("a new manifest", before: nil, after: "{}", fires: true),
            Example("one more group", before: "{}", after: #"{"assignments": {"include": [{"group": "staff"}, {"group": "board"}]}}"#, fires: true),
            Example("a group is no longer excluded", before: #"{"assignments": {"exclude": [{"group": "board"}]}}"#, after: "{}", fires: true),
            Example(
                "a filter goes from a group",
                before: #"{"assignments": {"include": [{"group": "staff", "filter": "corporate", "filterMode": "include"}]}}"#, after: "{}",
                tenantBefore: #"{"filters": {"corporate": "77777777-7777-4777-8777-777777777777"}}"#, fires: true),
            Example("a group is excluded", before: "{}", after: #"{"assignments": {"exclude": [{"group": "board"}]}}"#, fires: false),
            Example(
                "the groups in another order", before: #"{"assignments": {"include": [{"group": "staff"}, {"group": "board"}]}}"#,
                after: #"{"assignments": {"include": [{"group": "board"}, {"group": "staff"}]}}"#, fires: false),
        ])
}
