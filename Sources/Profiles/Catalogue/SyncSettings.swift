import JSONSource

/// Exchange ActiveSync profile configuration: which services sync. Any change deploys a new profile.
extension Catalogue {
    static let syncSettings: [Setting] = [
        Setting(
            "sync", "exchangeData", title: "Exchange data to sync", "The Exchange services that sync on the device.",
            type: .choice([
                Choice("all", "calendar, contacts, mail, notes and reminders"),
                Choice("emailOnly", "mail only"),
                Choice("calendarOnly", "calendar only"),
                Choice("calendarAndContactsOnly", "calendar and contacts only"),
                Choice("contactsOnly", "contacts only"),
            ]), default: .text("all"), iOS: OSVersion(13),
            graph: GraphMapping(["easServices"]) { value in
                [.property("easServices", .string(services(value).map(\.graph).joined(separator: ",")))]
            },
            apple: AppleMapping(allServices.map { "Enable\($0.apple)" }) { value in
                let on = services(value).map(\.graph)
                return allServices.map { .bool("Enable\($0.apple)", on.contains($0.graph)) }
            }),
        Setting(
            "sync", "userCanChange", title: "Allow users to change sync settings", "Whether people may switch services on and off themselves.",
            type: .boolean, default: .bool(true), iOS: OSVersion(13), graph: .same("easServicesUserOverrideEnabled"),
            apple: AppleMapping(allServices.map { "Enable\($0.apple)UserOverridable" }) { value in
                allServices.map { .bool("Enable\($0.apple)UserOverridable", value.bool) }
            }),
    ]

    /// The five services in the order in which Graph writes the flags.
    private static let allServices: [(graph: String, apple: String)] = [
        ("calendars", "Calendars"), ("contacts", "Contacts"), ("email", "Mail"), ("notes", "Notes"), ("reminders", "Reminders"),
    ]

    private static func services(_ value: SettingValue) -> [(graph: String, apple: String)] {
        let on: [String] =
            switch value.text {
            case "emailOnly": ["email"]
            case "calendarOnly": ["calendars"]
            case "calendarAndContactsOnly": ["calendars", "contacts"]
            case "contactsOnly": ["contacts"]
            default: allServices.map(\.graph)
            }
        return allServices.filter { on.contains($0.graph) }
    }
}

extension SettingKey {
    public static let exchangeData = SettingKey("sync.exchangeData")
    public static let syncUserCanChange = SettingKey("sync.userCanChange")
}
