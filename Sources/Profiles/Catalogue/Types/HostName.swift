import JSONSource

extension SettingType {
    /// The name of a host: compared without letter case, and kept in lower case.
    static let hostName = SettingType(
        shape: .string(.hostName), isHost: true, samples: [.text("a"), .text("b")],
        declare: { value in value.string.map { .plain(.text($0.lowercased())) } },
        read: { value in value.string.map(SettingValue.text) },
        live: { object, property, _ in object.text(property).map { .value(.text($0.lowercased())) } ?? .absent },
        sayable: { value in value.text.map(StringForm.hostName.accepts) == true ? value : nil })
}
