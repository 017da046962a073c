import JSONSource

extension SettingType {
    /// A set of texts, at least one, kept in sorted order.
    static func textSet(_ form: StringForm) -> SettingType {
        SettingType(
            shape: .array(of: .string(form), isSet: true, minimum: 1), samples: [.texts(["a"]), .texts(["b"])],
            declare: { value in texts(value).map { .plain(.texts($0.sorted(by: JSONWriter.precedes))) } },
            read: { value in value.kind == .array ? texts(value).map(SettingValue.texts) : nil },
            live: { object, property, value in
                guard value.kind == .array else {
                    object.tell(value, .unreadableLiveValue, "\(property) must be a list of strings")
                    return .absent
                }
                let texts = value.elements.compactMap { $0.string ?? $0.integer.map(String.init) }
                if texts.count != value.count { object.tell(value, .unreadableLiveValue, "\(property) must be a list of strings") }
                // A profile without scope tags has the default one.
                return texts.isEmpty ? .absent : .value(.texts(Set(texts).sorted(by: JSONWriter.precedes)))
            })
    }

    /// Nil where an element is no string.
    private static func texts(_ value: JSONValue) -> [String]? {
        let texts = value.elements.compactMap(\.string)
        return texts.count == value.count ? texts : nil
    }
}
