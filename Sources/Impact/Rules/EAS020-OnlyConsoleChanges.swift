import Profiles

extension Rule {
    static let eas020 = Rule(
        id: "EAS020",
        title: "Only the console changes",
        consequences: [.consoleOnly],
        explanation: """
            The profile's name, description or scope tags change, which only admins see in the Intune console. Nothing changes on \
            devices, except the name and description that a .mobileconfig shows in their settings.
            """,
        remedy: "People need to do nothing. If scope tags change, check which admins should see the profile.",
        basis: .inferred("Intune sends none of the three to devices: Apple's com.apple.eas.account has no key for them"),
        trigger: .change { comparison in
            let changes = comparison.changes(of: .displayName, .description, .roleScopeTagIds)
            // Any edit of a profile with derived credentials notifies people (EAS024).
            if comparison.usesDerivedCredentials { return nil }
            return changes.count == comparison.changes.count ? Firing(on: changes, [.consoleOnly]) : nil
        },
        examples: [
            Example("another description", before: "{}", after: #"{"description": "for staff"}"#, fires: true),
            Example("another name and scope tag", before: "{}", after: #"{"displayName": "Mail", "roleScopeTagIds": ["7"]}"#, fires: true),
            Example("another name, and SSL off", before: "{}", after: #"{"displayName": "Mail", "account": {"ssl": false}}"#, fires: false),
            Example("scope tags in another order", before: #"{"roleScopeTagIds": ["0", "7"]}"#, after: #"{"roleScopeTagIds": ["7", "0"]}"#, fires: false),
        ])
}
