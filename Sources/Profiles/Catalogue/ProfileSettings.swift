extension Catalogue {
    static let profileSettings: [Setting] = [
        Setting(
            "displayName", title: "Name", "The name of the profile in the Intune console. It must be unique in the tenant.",
            type: .text(.line(1...200)), graph: .same("displayName"), example: "Staff mail"),
        Setting(
            "description", title: "Description", "A note for admins in the Intune console.",
            type: .text(.text(0...1000)), default: .text(""), graph: .same("description"), example: "Managed in Git."),
        Setting(
            "roleScopeTagIds", title: "Scope tags", "The scope tags, which decide which admins see the profile: names that tenant.json defines under scopeTags, or ids. Their order has no meaning.",
            type: .scopeTags, default: .texts(["0"]), graph: .same("roleScopeTagIds"), example: ["0", "service-desk"]),
    ]

    static let assignmentSettings: [Setting] = [
        Setting(
            "assignments", "include", title: "Included groups", "The groups that get the profile. Their order has no meaning.",
            type: .includeTargets, default: .targets([]), example: [["group": "staff"]]),
        Setting(
            "assignments", "exclude", title: "Excluded groups", "Groups whose members do not get the profile even if another of their groups is included.",
            type: .excludeTargets, default: .targets([]), example: [["group": "leavers"]]),
    ]

    /// Values that come from the tenant. No manifest says them, but devices notice when they change.
    static let tenantSettings: [Setting] = [
        Setting(
            "fromTenant", "derivedCredentials", title: "Derived credential issuer",
            "The tenant's derived credential issuer, if the profile uses derived credentials.",
            type: .fromTenant(.reference), default: SettingValue.none,
            graph: GraphMapping(["derivedCredentialSettings"], isNavigation: true) { value in
                value.reference.map { [.derivedCredential(navigation: "derivedCredentialSettings", id: $0.id)] } ?? []
            } read: { object, _ in object.navigation("derivedCredentialSettings", nil) }),
        Setting(
            "fromTenant", "userName", title: "User name in the .mobileconfig",
            "The token that the MDM server replaces with the user name.",
            type: .fromTenant(.text), default: SettingValue.none, apple: .string("UserName")),
        Setting(
            "fromTenant", "emailAddress", title: "Email address in the .mobileconfig",
            "The token that the MDM server replaces with the email address.",
            type: .fromTenant(.text), default: SettingValue.none, apple: .string("EmailAddress")),
    ]
}

extension SettingKey {
    public static let displayName = SettingKey("displayName")
    public static let description = SettingKey("description")
    public static let roleScopeTagIds = SettingKey("roleScopeTagIds")
    public static let include = SettingKey("assignments.include")
    public static let exclude = SettingKey("assignments.exclude")
    public static let derivedCredentials = SettingKey("fromTenant.derivedCredentials")
    public static let tenantUserName = SettingKey("fromTenant.userName")
    public static let tenantEmailAddress = SettingKey("fromTenant.emailAddress")
}
