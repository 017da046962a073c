import JSONSource

extension SettingType {
    /// The name of a host: compared without letter case, and kept in lower case.
    static let hostName = SettingType(
        shape: .string(.hostName), isHost: true, samples: [.text("a"), .text("b")],
        declare: { value in value.string.map { .plain(.text($0.lowercased())) } },
        read: { value in value.string.map(SettingValue.text) },
        live: { object, property, value in
            guard let text = object.text(property) else { return .absent }
            if text.trimmed != text { object.tell(value, .oddLiveValue, "\(property) is \(GraphObject.shown(text)); it is read without the spaces around it") }
            return .value(.text(text.trimmed.lowercased()))
        },
        sayable: { value in value.text.map(StringForm.hostName.accepts) == true ? value : nil })
}
