import JSONSource

extension EffectiveProfile {
    /// The profile as the applied state keeps it: every setting at its path, references as `{"id", "name"}`.
    public func json() -> [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.finish()
    }

    private func write(into writer: inout JSONWriter) {
        writer.beginObject()
        var open: [String] = []
        var wroteKind = false
        for index in Catalogue.sortedIndices {
            let setting = Catalogue.settings[index]
            if setting.type.isFromTenant, values[index].isNone { continue }
            let parents = setting.components.dropLast().map(\.description)
            while !(parents.count >= open.count && Array(parents.prefix(open.count)) == open) {
                open.removeLast()
                writer.endObject()
            }
            if !wroteKind, open.isEmpty, JSONWriter.precedes("kind", setting.section) {
                writer.member("kind", ManifestShape.kind)
                wroteKind = true
            }
            for parent in parents.dropFirst(open.count) {
                writer.key(parent)
                writer.beginObject()
                open.append(parent)
            }
            writer.member(setting.components[setting.components.count - 1].description, values[index].json)
        }
        for _ in open { writer.endObject() }
        writer.endObject()
    }

    /// Reads what `json()` wrote; nil where the file is something else.
    public init?(id: String, _ document: JSONDocument) {
        guard document.problems.isEmpty, let root = document.root, root["kind"]?.isString("iosEmailProfile") == true else { return nil }
        var values: [SettingValue] = []
        values.reserveCapacity(Catalogue.settings.count)
        for setting in Catalogue.settings {
            var value: JSONValue? = root
            for component in setting.components { value = value?[component] }
            guard let value else {
                // An older easel, which did not know the setting, wrote this: the setting had its default.
                guard let fallback = setting.fallback else { return nil }
                values.append(fallback)
                continue
            }
            guard let read = SettingValue(setting, value) else { return nil }
            values.append(read)
        }
        self.init(id: id, values: values)
    }
}

extension SettingValue {
    /// Reads what `json` wrote.
    public init?(_ setting: Setting, _ value: JSONValue) {
        if value.isNull {
            guard let fallback = setting.fallback, fallback.isNone else { return nil }
            self = .none
            return
        }
        guard let read = setting.type.read(value) else { return nil }
        self = read
    }
}

extension Reference {
    /// Reads what `json` wrote.
    init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, let id = value["id"]?.string else { return nil }
        var attachment: Attachment?
        for kind in ["scep", "vpnUUID"] {
            if let digest = value[name: kind + "Digest"]?.string { attachment = Attachment(kind: kind, digest: digest, content: nil) }
        }
        self.init(name: name, id: id, attachment: attachment)
    }
}
