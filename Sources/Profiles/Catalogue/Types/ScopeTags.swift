import JSONSource

extension SettingType {
    /// Scope tags by id, or by a name that tenant.json defines: a set, at least one, kept as ids in sorted order.
    static let scopeTags = SettingType(
        shape: .array(of: .string(.name), isSet: true, minimum: 1), section: .scopeTags, samples: [.texts(["1"]), .texts(["2"])],
        declare: { value in texts(value).map { .plain(.texts($0)) } },
        resolve: { value, place, names in
            guard case .plain(.texts(let tags)) = value else { return .none }
            var ids: Set<String> = []
            for (tag, place) in zip(tags, place.elements) {
                if let id = names.tenant.scopeTags[tag] ?? (StringForm.digits.accepts(tag) ? tag : nil) {
                    ids.insert(id)
                } else {
                    names.unresolved(tag, .scopeTags, place)
                }
            }
            return .texts(ids.sorted(by: JSONWriter.precedes))
        },
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

    /// Nil where an element is no string.
    private static func texts(_ value: JSONValue) -> [String]? {
        let texts = value.elements.compactMap(\.string)
        return texts.count == value.count ? texts : nil
    }
}
