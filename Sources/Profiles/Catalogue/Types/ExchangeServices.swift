import JSONSource

/// One of the services of Exchange ActiveSync that an account can sync.
struct ExchangeService: Sendable, Hashable {
    /// The flag in Graph's `easServices`, which manifests use too.
    let flag: String
    /// The end of Apple's keys, as in `EnableMail`.
    let apple: String

    /// In the order in which Graph writes the flags.
    static let all = [
        ExchangeService(flag: "calendars", apple: "Calendars"), ExchangeService(flag: "contacts", apple: "Contacts"),
        ExchangeService(flag: "email", apple: "Mail"), ExchangeService(flag: "notes", apple: "Notes"),
        ExchangeService(flag: "reminders", apple: "Reminders"),
    ]

    /// The combinations that Intune's own page offers, by the words for them.
    private static let named: [(word: String, flags: [String])] = [
        ("all", all.map(\.flag)), ("emailOnly", ["email"]), ("calendarOnly", ["calendars"]), ("calendarAndContactsOnly", ["calendars", "contacts"]),
        ("contactsOnly", ["contacts"]),
    ]

    /// The services of a setting's value, in Graph's order.
    static func services(_ value: SettingValue) -> [ExchangeService] {
        let flags: [String] =
            switch value {
            case .texts(let flags): flags
            // A live value that no manifest can express is kept as Graph writes it.
            case .text(let word): named.first { $0.word == word }?.flags ?? word.split(separator: ",").map(String.init)
            default: []
            }
        return all.filter { flags.contains($0.flag) }
    }

    /// A set of services as a value: its word where it has one, else the flags in Graph's order.
    static func value(_ flags: some Sequence<String>) -> SettingValue {
        let flags = Set(flags)
        let sorted = all.map(\.flag).filter(flags.contains)
        return named.first { $0.flags == sorted }.map { .text($0.word) } ?? .texts(sorted)
    }

    /// The services as Graph's flags.
    static func flags(_ value: SettingValue) -> String {
        let services = services(value)
        return services.isEmpty ? "none" : services.map(\.flag).joined(separator: ",")
    }
}

extension SettingType {
    /// The services that sync: a word for a usual combination, or a set of services. A set that a word stands for is that word.
    static let exchangeServices = SettingType(
        shape: .word(
            .choice([
                Choice("all", "calendar, contacts, mail, notes and reminders"), Choice("emailOnly", "mail only"), Choice("calendarOnly", "calendar only"),
                Choice("calendarAndContactsOnly", "calendar and contacts only"), Choice("contactsOnly", "contacts only"),
            ]),
            or: .array(
                of: .choice([
                    Choice("calendars", "calendars"), Choice("contacts", "contacts"), Choice("email", "mail"), Choice("notes", "notes"),
                    Choice("reminders", "reminders"),
                ]), isSet: true, minimum: 1)),
        samples: [.text("all"), .text("emailOnly"), .texts(["calendars", "email"])],
        declare: { value in value.string.map { .plain(.text($0)) } ?? .plain(ExchangeService.value(value.elements.compactMap(\.string))) },
        read: { value in
            guard value.kind == .array else { return value.string.map(SettingValue.text) }
            let flags = value.elements.compactMap(\.string)
            return flags.count == value.count ? ExchangeService.value(flags) : nil
        },
        live: { object, property, value in
            guard let text = object.text(property) else { return .absent }
            let members = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed.lowercased() }
            guard members != ["none"] else {
                object.tell(value, .inexpressible, "A manifest cannot express \(property) \"none\": the account would sync nothing")
                return .value(.text("none"))
            }
            guard Set(members).count == members.count, members.allSatisfy({ member in ExchangeService.all.contains { $0.flag == member } }) else {
                object.tell(value, .inexpressible, "\(property) \(GraphObject.shown(text)) names an unknown service, or a service twice")
                return .value(.text(text))
            }
            // The order of the flags has no meaning, and Intune writes no spaces.
            let services = ExchangeService.value(members)
            if text.contains(where: \.isWhitespace) || text.lowercased() != text {
                object.tell(
                    value, .oddLiveValue, "\(property) is \(GraphObject.shown(text)), which Intune writes \"\(ExchangeService.flags(services))\"; it is read as that")
            }
            return .value(services)
        },
        sayable: { value in
            switch value {
            case .texts(let flags) where !flags.isEmpty: value
            case .text(let word) where word != "none" && ExchangeService.value(ExchangeService.services(value).map(\.flag)) == value: .text(word)
            default: nil
            }
        })
}
