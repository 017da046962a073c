import JSONSource

/// Email settings.
extension Catalogue {
    static let mailSettings: [Setting] = [
        Setting(
            "mail", "amountToSync", title: "Amount of email to synchronize", "How much mail the device keeps.",
            type: .choice([
                Choice("userDefined", "people choose"),
                Choice("oneDay", "1 day"),
                Choice("threeDays", "3 days"),
                Choice("oneWeek", "1 week"),
                Choice("twoWeeks", "2 weeks"),
                Choice("oneMonth", "1 month"),
                Choice("unlimited", "all mail"),
            ]), default: .text("userDefined"), graph: .same("durationOfEmailToSync"),
            apple: AppleMapping(["MailNumberOfPastDaysToSync"]) { value in
                let days: [String: Int] = ["oneDay": 1, "threeDays": 3, "oneWeek": 7, "twoWeeks": 14, "oneMonth": 31, "unlimited": 0]
                return value.text.flatMap { days[$0] }.map { [.integer("MailNumberOfPastDaysToSync", $0)] } ?? []
            }),
        Setting(
            "mail", "allowMove", title: "Allow messages to be moved to other email accounts",
            "Whether people can move mail to another account on the device.",
            type: .boolean, default: .bool(true), graph: .inverted("blockMovingMessagesToOtherEmailAccounts"), apple: .inverted("PreventMove")),
        Setting(
            "mail", "allowThirdPartyApps", title: "Allow email to be sent from third-party applications",
            "Whether other apps can send mail from this account.",
            type: .boolean, default: .bool(true), graph: .inverted("blockSendingEmailFromThirdPartyApps"), apple: .inverted("PreventAppSheet")),
        Setting(
            "mail", "syncRecentAddresses", title: "Synchronize recently used email addresses",
            "Whether recently used addresses sync with the server.",
            type: .boolean, default: .bool(true), graph: .inverted("blockSyncingRecentlyUsedEmailAddresses"),
            apple: .inverted("disableMailRecentsSyncing")),
        Setting(
            "mail", "vpnProfile", title: "VPN profile for per-account VPN",
            "The name of the tenant's per-app VPN profile for the account's mail; null for none.",
            type: .vpnProfile, default: SettingValue.none, iOS: OSVersion(14),
            graph: GraphMapping(["perAppVPNProfileId"]) { value in
                value.reference.map { [.property("perAppVPNProfileId", .string($0.id))] } ?? []
            } read: { object, _ in object.reference("perAppVPNProfileId", .vpnProfiles) },
            apple: AppleMapping(["VPNUUID"]) { value in
                guard case .string(let uuid)? = value.reference?.attachment?.content else { return [] }
                return [.string("VPNUUID", uuid)]
            }, example: "mail-vpn"),
    ]
}

extension SettingKey {
    public static let allowMove = SettingKey("mail.allowMove")
    public static let allowThirdPartyApps = SettingKey("mail.allowThirdPartyApps")
    public static let vpnProfile = SettingKey("mail.vpnProfile")
}
