import JSONSource

/// What a profile says only because its tenant has a target that needs it: tokens for a user's values, and the digests of what a
/// payload carries beside an id. Without the target nothing in the effective profile says them, while devices still have them.
extension EffectiveProfile {
    /// Path of the setting → its value.
    public var targetValues: [String: JSON] {
        var found: [String: JSON] = [:]
        for (setting, value) in zip(Catalogue.settings, values) where Self.isTargetValue(value, of: setting) { found[setting.path] = value.json }
        return found
    }

    private static func isTargetValue(_ value: SettingValue, of setting: Setting) -> Bool {
        if let reference = value.reference { return reference.attachment != nil }
        return setting.type.isFromTenant && !value.isNone
    }

    /// The profile with these values of a target where it has none of its own. What belongs to another id than before is left out.
    public func remembering(_ said: [String: JSON]) -> EffectiveProfile {
        guard !said.isEmpty, let root = JSONDocument(file: "", bytes: Array(JSON.object(said).compact.utf8)).root else { return self }
        var values = values
        for (index, setting) in Catalogue.settings.enumerated() where !Self.isTargetValue(values[index], of: setting) {
            guard let value = root[name: setting.path].flatMap({ SettingValue(setting, $0) }), Self.isTargetValue(value, of: setting) else { continue }
            if let reference = value.reference, reference.id != values[index].reference?.id { continue }
            values[index] = value
        }
        return EffectiveProfile(id: id, values: values)
    }
}
