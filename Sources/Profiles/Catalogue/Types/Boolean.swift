import JSONSource

extension SettingType {
    /// true or false.
    static let boolean = SettingType(
        shape: .boolean, samples: [.bool(false), .bool(true)],
        declare: { value in value.bool.map { .plain(.bool($0)) } },
        read: { value in value.bool.map(SettingValue.bool) },
        live: { object, property, value in
            if let bool = value.bool { return .value(.bool(bool)) }
            if let word = value.string?.trimmed.lowercased(), word == "true" || word == "false" {
                object.tell(value, .oddLiveValue, "\(property) is a string; it is read as \(word)")
                return .value(.bool(word == "true"))
            }
            object.tell(value, .unreadableLiveValue, "\(property) must be true or false")
            return .absent
        })
}
