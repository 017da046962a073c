import Profiles

extension Rule {
    static let eas025 = Rule(
        id: "EAS025",
        title: "Users and devices are on different sides of the assignment",
        consequences: [.advice],
        explanation: """
            The profile includes users and excludes a group of devices, or includes devices and excludes a group of users. Intune does not \
            support that mix, so the exclusion may not happen.
            """,
        remedy: "Include and exclude groups of the same kind. To exclude some devices of the included users, use a filter.",
        basis: .documented(
            "Microsoft Intune, Assign device profiles, support matrix for excluding groups: mixing user and device groups is not supported", .assignments),
        trigger: .standing { profile, facts in
            func kind(_ target: AssignmentTarget) -> Tenant.GroupKind? {
                switch target.audience {
                case .allUsers: .users
                case .allDevices: .devices
                case .group(let group): facts.kinds[group.id]
                }
            }
            let included = Set(profile[.include].targets.compactMap(kind))
            let excluded = Set(profile[.exclude].targets.compactMap(kind))
            let isMixed = (included.contains(.users) && excluded.contains(.devices)) || (included.contains(.devices) && excluded.contains(.users))
            return isMixed ? [SettingKey.exclude.setting.pointer] : []
        },
        examples: [
            Example(
                "users are included, devices excluded", before: "{}", after: #"{"assignments": {"exclude": [{"group": "board"}]}}"#,
                tenantBefore: #"{"groups": {"staff": {"kind": "users"}, "board": {"kind": "devices"}}}"#, fires: true),
            Example(
                "all devices are included, users excluded", before: "{}",
                after: #"{"assignments": {"include": ["allDevices"], "exclude": [{"group": "board"}]}}"#,
                tenantBefore: #"{"groups": {"board": {"kind": "users"}}}"#, fires: true),
            Example(
                "users on both sides", before: "{}", after: #"{"assignments": {"exclude": [{"group": "board"}]}}"#,
                tenantBefore: #"{"groups": {"staff": {"kind": "users"}, "board": {"kind": "users"}}}"#, fires: false),
            Example(
                "unknown kinds", before: "{}", after: #"{"assignments": {"exclude": [{"group": "board"}]}}"#, fires: false),
        ])
}
