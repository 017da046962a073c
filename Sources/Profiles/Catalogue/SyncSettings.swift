import JSONSource

/// Exchange ActiveSync profile configuration: which services sync. Any change of it deploys a new profile.
extension Catalogue {
    static let syncSettings: [Setting] = [
        Setting(
            "sync", "exchangeData", title: "Exchange data to sync", "The Exchange services that sync on the device.",
            type: .exchangeServices, default: .text("all"), iOS: OSVersion(13),
            graph: GraphMapping(["easServices"]) { value in
                [.property("easServices", .string(ExchangeService.flags(value)))]
            } read: { object, setting in object.value("easServices", setting) },
            apple: AppleMapping(ExchangeService.all.map { "Enable\($0.apple)" }) { value in
                let on = ExchangeService.services(value)
                return ExchangeService.all.map { .bool("Enable\($0.apple)", on.contains($0)) }
            }),
        Setting(
            "sync", "userCanChange", title: "Allow users to change sync settings", "Whether people can turn services on and off themselves.",
            type: .boolean, default: .bool(true), iOS: OSVersion(13), graph: .same("easServicesUserOverrideEnabled"),
            apple: AppleMapping(ExchangeService.all.map { "Enable\($0.apple)UserOverridable" }) { value in
                ExchangeService.all.map { .bool("Enable\($0.apple)UserOverridable", value.bool) }
            }),
    ]
}

extension SettingKey {
    public static let exchangeData = SettingKey("sync.exchangeData")
    public static let syncUserCanChange = SettingKey("sync.userCanChange")
}
