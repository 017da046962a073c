/// Every setting, in the order in which people read them. This list is the registry: a setting that is in none of its sections
/// does not exist.
public enum Catalogue {
    public static let settings: [Setting] =
        profileSettings + accountSettings + syncSettings + smimeSettings + mailSettings + assignmentSettings + tenantSettings

    /// Positions in `settings` of those that a manifest can say.
    public static let manifestIndices: [Int] = settings.indices.filter { !settings[$0].type.isFromTenant }

    /// Positions in `settings`, by path: the order of sorted keys in JSON.
    public static let sortedIndices: [Int] = settings.indices.sorted { one, other in
        settings[one].components.map(\.description).lexicographicallyPrecedes(settings[other].components.map(\.description))
    }

    /// Positions of the settings that have no effect beside these values, and of which a service may keep any value.
    public static func withoutEffect(_ values: [SettingValue]) -> [Int] {
        var result: [Int] = []
        for group in conditional where values[group.condition] != group.value {
            // One array as it is, since there is only one such group today.
            result = result.isEmpty ? group.settings : result + group.settings
        }
        return result
    }

    /// Settings that have an effect only while another one, at position `condition`, has this value.
    private static let conditional: [(condition: Int, value: SettingValue, settings: [Int])] = {
        var groups: [(condition: Int, value: SettingValue, settings: [Int])] = []
        for (index, setting) in settings.enumerated() {
            guard let inEffect = setting.inEffect else { continue }
            let condition = SettingKey(inEffect.path).index
            if let known = groups.firstIndex(where: { $0.condition == condition && $0.value == inEffect.value }) {
                groups[known].settings.append(index)
            } else {
                groups.append((condition, inEffect.value, [index]))
            }
        }
        return groups
    }()

    /// Positions of the settings for which these values leave alone what the service has: those that say so, and those that only apply
    /// with another value of such a one.
    public static func leftAlone(_ values: [SettingValue]) -> [Int] {
        var result: [Int] = []
        for (index, decider) in keepable where values[decider] == settings[decider].graph.keeping && settings[decider].isInEffect(in: values) {
            result.append(index)
        }
        // What is there may use the tenant's issuer.
        let issuer = SettingKey.derivedCredentials.index
        if !result.isEmpty, values[issuer].isNone { result.append(issuer) }
        return result
    }

    /// Settings that can be left alone, and the setting whose value decides it.
    private static let keepable: [(index: Int, decider: Int)] = settings.enumerated().compactMap { index, setting in
        let decider = setting.condition.map { SettingKey($0.path).index } ?? index
        return settings[decider].graph.keeping == nil ? nil : (index, decider)
    }

    static let indexOfPath: [String: Int] = Dictionary(uniqueKeysWithValues: settings.enumerated().map { ($1.path, $0) })

    public static func setting(_ path: String) -> Setting? { indexOfPath[path].map { settings[$0] } }
}

/// A handle on a setting, for code that means one in particular.
public struct SettingKey: Sendable, Hashable {
    public let index: Int

    public init(_ path: String) {
        guard let index = Catalogue.indexOfPath[path] else {
            // A key in easel's own source that names no setting: every test run finds it.
            preconditionFailure("no setting '\(path)'")
        }
        self.index = index
    }

    public var setting: Setting { Catalogue.settings[index] }
}
