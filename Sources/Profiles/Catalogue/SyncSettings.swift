import JSONSource

/// Exchange ActiveSync profile configuration: which services sync. Any change of it deploys a new profile.
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
                [.property("easServices", .string(graphWord(services(value))))]
            } read: { object, setting in
                guard let text = object.text("easServices") else { return .absent }
                func offered(_ word: String) -> String? { setting.type.choices.first { graphWord(services(.text($0.word))) == word }?.word }
                // As Intune writes it.
                if let word = offered(text) { return .value(.text(word)) }
                let members = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
                let on = allServices.filter { service in members.contains { $0.lowercased() == service.graph } }
                guard on.count == members.count || (on.isEmpty && members.map { $0.lowercased() } == ["none"]) else {
                    object.tell("easServices", .inexpressible, "easServices \(GraphObject.shown(text)) names an unknown service, or a service twice")
                    return .value(.text(text))
                }
                // The order of the flags has no meaning, and Intune writes no spaces.
                let word = graphWord(on)
                if text != word, text.contains(where: \.isWhitespace) || text.lowercased() != text {
                    object.tell("easServices", .oddLiveValue, "easServices is \(GraphObject.shown(text)), which Intune writes \"\(word)\"; it is read as that")
                }
                if let choice = offered(word) { return .value(.text(choice)) }
                object.tell("easServices", .inexpressible, "A manifest cannot express easServices \"\(word)\"; Intune's own page does not offer it")
                return .value(.text(word))
            },
            apple: AppleMapping(allServices.map { "Enable\($0.apple)" }) { value in
                let on = services(value).map(\.graph)
                return allServices.map { .bool("Enable\($0.apple)", on.contains($0.graph)) }
            }),
        Setting(
            "sync", "userCanChange", title: "Allow users to change sync settings", "Whether people can turn services on and off themselves.",
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
            case "all": allServices.map(\.graph)
            // A live value that no manifest can express is kept as Graph writes it.
            case let word: (word ?? "").split(separator: ",").map(String.init)
            }
        return allServices.filter { on.contains($0.graph) }
    }

    /// The services as Graph's flags.
    private static func graphWord(_ services: [(graph: String, apple: String)]) -> String {
        services.isEmpty ? "none" : services.map(\.graph).joined(separator: ",")
    }
}

extension SettingKey {
    public static let exchangeData = SettingKey("sync.exchangeData")
    public static let syncUserCanChange = SettingKey("sync.userCanChange")
}
