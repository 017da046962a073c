import Profiles

extension Rule {
    static let eas014 = Rule(
        id: "EAS014",
        title: "A setting needs a newer iOS than the oldest in use",
        consequences: [.ignoredOnOlderOS],
        explanation: """
            The setting needs a version of iOS and iPadOS that is newer than the tenant's oldest ("minimumOS" in tenant.json). Older \
            devices ignore it, so people on them may be less protected or restricted than the profile says.
            """,
        remedy: """
            Update the devices, or block old ones with a compliance policy, and raise "minimumOS" in tenant.json. Or leave the setting \
            at its default.
            """,
        basis: .documented(
            "Microsoft Intune, email settings for iOS and iPadOS, the \"applies to\" list under each setting; Apple, schema of com.apple.eas.account, the iOS version that introduced each key", .emailSettings),
        trigger: .standing { profile, facts in
            Catalogue.settings.indices.compactMap { index in
                let setting = Catalogue.settings[index]
                guard let minimum = setting.minimumOS, minimum > facts.minimumOS, profile.values[index] != setting.restingValue else { return nil }
                return setting.pointer
            }
        },
        examples: [
            Example(
                "a VPN on iOS 13", before: "{}", after: #"{"mail": {"vpnProfile": "mail-vpn"}}"#, tenantBefore: #"{"minimumOS": "13.0"}"#, fires: true),
            Example(
                "signing on iOS 10.2", before: "{}", after: #"{"smime": {"enabled": true, "signing": {"enabled": true}}}"#,
                tenantBefore: #"{"minimumOS": "10.2"}"#, fires: true),
            Example(
                "signing on iOS 10.3", before: "{}", after: #"{"smime": {"enabled": true, "signing": {"enabled": true}}}"#,
                tenantBefore: #"{"minimumOS": "10.3"}"#, fires: false),
            Example("a VPN on iOS 15", before: "{}", after: #"{"mail": {"vpnProfile": "mail-vpn"}}"#, fires: false),
            Example(
                "the default, given explicitly, on iOS 13", before: "{}", after: #"{"description": "for staff", "mail": {"vpnProfile": null}}"#,
                tenantBefore: #"{"minimumOS": "13.0"}"#, fires: false),
        ])
}
