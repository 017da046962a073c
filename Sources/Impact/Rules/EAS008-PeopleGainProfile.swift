import Profiles

extension Rule {
    static let eas008 = Rule(
        id: "EAS008",
        title: "People get the profile for the first time",
        consequences: [.credentialReentry, .firstInstall],
        explanation: """
            The profile is new, a target is newly included, a group is no longer excluded, or a filter is removed from a target or \
            replaced. The account appears on the devices of people who gain the profile. If they sign in with a password, OAuth or a \
            derived credential, they are asked for it for the first time. Their mail is downloaded (inferred: the account starts empty). \
            Whoever has set up the same account by hand does not get the profile until they delete that account, and Company Portal \
            reports their device as not compliant.
            """,
        remedy: """
            Tell people which account will appear and what they must enter. People who already have the profile through another group \
            notice nothing, so the number is an upper bound.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, Authentication method: with user name and password, users must enter both", .emailSettings)
            + .documented(
                "Microsoft Intune, Use derived credentials: people must enrol before they can sign in", .derivedCredentials)
            + .documented(
                "Microsoft Intune, Add email settings to devices using Intune, How Intune handles existing email accounts: an account that people set up themselves blocks the profile",
                .emailProfiles)
            + .inferred("Exclusions and filters work like the assignment of groups"),
        trigger: .change { comparison in
            guard let after = comparison.after else { return nil }
            let asks = after.signsIn || after[.method].text == "derivedCredential"
            let effects = [Effect(.firstInstall, .gaining)] + (asks ? [Effect(.credentialReentry, .gaining)] : [])
            guard comparison.before != nil else { return Firing(changes: Array(comparison.changes.indices), effects: effects) }
            let audience = comparison.audience
            // People in a group that is no longer excluded also gain the profile, if another group of theirs is included.
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
                "a filter is removed from a group",
                before: #"{"assignments": {"include": [{"group": "staff", "filter": "corporate", "filterMode": "include"}]}}"#, after: "{}",
                tenantBefore: #"{"filters": {"corporate": "77777777-7777-4777-8777-777777777777"}}"#, fires: true),
            Example("a group is excluded", before: "{}", after: #"{"assignments": {"exclude": [{"group": "board"}]}}"#, fires: false),
            Example(
                "the groups in another order", before: #"{"assignments": {"include": [{"group": "staff"}, {"group": "board"}]}}"#,
                after: #"{"assignments": {"include": [{"group": "board"}, {"group": "staff"}]}}"#, fires: false),
        ])
}
