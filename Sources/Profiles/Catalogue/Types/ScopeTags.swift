import JSONSource

extension SettingType {
    /// Scope tags by id, or by a name that tenant.json defines: a set, at least one, kept as ids in sorted order.
    static let scopeTags = SettingType(
        shape: .array(of: .string(.name), isSet: true, minimum: 1), section: .scopeTags, samples: [.texts(["1"]), .texts(["2"])],
        declare: { value in texts(value).map { .plain(.texts($0)) } },
        declareParts: { value in texts(value).map { .plain(.texts($0)) } },
        resolve: { value, place, names in
            guard case .plain(.texts(let tags)) = value else { return .none }
            var ids: Set<String> = []
            var unknown: Set<String> = []
            for (tag, place) in zip(tags, place.elements) {
                // Of a list of the wrong form, which has been reported, only the names that have the right one count.
                guard StringForm.name.accepts(tag) else { continue }
                if let id = names.tenant.scopeTags[tag] ?? (StringForm.digits.accepts(tag) ? tag : nil) {
                    ids.insert(id)
                } else if unknown.insert(tag).inserted {
                    names.unresolved(tag, .scopeTags, place)
                }
            }
            return .texts(ids.sorted(by: JSONWriter.precedes))
        },
        read: { value in value.kind == .array ? texts(value).map(SettingValue.texts) : nil },
        live: { object, property, value in
            guard let tags = tags(value) else {
                object.tell(value, .unreadableLiveValue, "\(property) must be a list of strings")
                return .absent
            }
            if value.kind != .array { object.tell(value, .oddLiveValue, "\(property) is not a list; it is read as the ids \(tags.joined(separator: ", "))") }
            var ids: Set<String> = []
            for (tag, place) in zip(tags, value.kind == .array ? Array(value.elements) : tags.map { _ in value }) {
                // IntuneCD writes names in place of ids.
                guard let id = StringForm.digits.accepts(tag) ? tag : object.scopeTag(named: tag) else {
                    object.tell(
                        place, .notInExport, "The id of scope tag \(GraphObject.shown(tag)) is unknown, so the scope tags are not compared",
                        help: "Define this name under scopeTags in tenant.json, or export with ids")
                    return .unknown
                }
                ids.insert(id)
            }
            // A profile without scope tags has the default one.
            return ids.isEmpty ? .absent : .value(.texts(ids.sorted(by: JSONWriter.precedes)))
        })

    /// The tags of a property of the service; nil where it has another form. A text of ids is a list that PowerShell has cut off.
    private static func tags(_ value: JSONValue) -> [String]? {
        guard value.kind == .array else {
            let ids = value.string?.split(separator: " ").map(String.init) ?? []
            return !ids.isEmpty && ids.allSatisfy(StringForm.digits.accepts) ? ids : nil
        }
        let tags = value.elements.compactMap { $0.string ?? $0.integer.map(String.init) }
        return tags.count == value.count ? tags : nil
    }

    /// Nil where an element is no string.
    private static func texts(_ value: JSONValue) -> [String]? {
        let texts = value.elements.compactMap(\.string)
        return texts.count == value.count ? texts : nil
    }
}
