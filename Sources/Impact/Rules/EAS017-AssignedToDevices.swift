import Profiles

extension Rule {
    static let eas017 = Rule(
        id: "EAS017",
        title: "The profile is assigned to devices",
        consequences: [.advice],
        explanation: """
            The profile is assigned to all devices or to a group of devices. If it uses a certificate to sign in, sign or encrypt, people \
            may be prompted again and again. Without one, the profile might not be deployed.
            """,
        remedy: "Assign this profile, and every certificate profile that it uses, to groups of users.",
        basis: .documented(
            "Microsoft Intune, Add email settings to devices using Intune, Before you begin: assign email profiles to user groups, or users may be prompted continuously, or the profile may not be deployed", .emailProfiles),
        trigger: .standing { profile, facts in
            profile[.include].targets.contains { $0.audience == .allDevices || facts.kinds[$0.audienceID] == .devices } ? [SettingKey.include.setting.pointer] : []
        },
        examples: [
            Example(
                "all devices sign in with a certificate", before: "{}",
                after:
                    #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}, "assignments": {"include": ["allDevices"]}}"#,
                fires: true),
            Example(
                "nothing new: it was so before", before: #"{"assignments": {"include": ["allDevices"]}}"#,
                after:
                    #"{"assignments": {"include": ["allDevices"]}, "smime": {"enabled": true, "encryption": {"certificate": {"type": "certificate", "profile": "smime-pkcs"}}}}"#,
                fires: false),
            Example(
                "all users sign in with a certificate", before: "{}",
                after:
                    #"{"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}, "assignments": {"include": ["allUsers"]}}"#,
                fires: false),
            Example("all devices, with password", before: "{}", after: #"{"assignments": {"include": ["allDevices"]}}"#, fires: true),
            Example(
                "a group of devices", before: "{}", after: #"{"assignments": {"include": [{"group": "board"}]}}"#,
                tenantBefore: #"{"groups": {"board": {"kind": "devices"}}}"#, fires: true),
            Example("a group of unknown kind", before: "{}", after: #"{"assignments": {"include": [{"group": "board"}]}}"#, fires: false),
        ])
}
