/// Every setting, in the order in which people read them. The list is the registry: a setting that is not in one of its
/// sections does not exist.
public enum Catalogue {
    public static let settings: [Setting] =
        profileSettings + accountSettings + syncSettings + smimeSettings + mailSettings + assignmentSettings + tenantSettings

    /// Positions in `settings` of those that stand in manifests.
    public static let manifestIndices: [Int] = settings.indices.filter { !settings[$0].type.isFromTenant }

    /// Positions in `settings`, by path: the order of sorted keys in JSON.
    public static let sortedIndices: [Int] = settings.indices.sorted { one, other in
        settings[one].components.map(\.description).lexicographicallyPrecedes(settings[other].components.map(\.description))
    }

    /// Positions of settings that mean nothing beside these values, and in which a service may keep anything: those of S/MIME while it
    /// is off.
    public static func withoutEffect(_ values: [SettingValue]) -> [Int] { values[SettingKey.smimeEnabled.index].bool ? [] : smimeIndices }

    private static let smimeIndices = settings.indices.filter { settings[$0].section == "smime" && $0 != SettingKey.smimeEnabled.index }

    static let indexOfPath: [String: Int] = Dictionary(uniqueKeysWithValues: settings.enumerated().map { ($1.path, $0) })

    public static func setting(_ path: String) -> Setting? { indexOfPath[path].map { settings[$0] } }
}

/// A handle on a setting, for code that means one in particular.
public struct SettingKey: Sendable, Hashable {
    public let index: Int

    public init(_ path: String) {
        guard let index = Catalogue.indexOfPath[path] else {
            // A key in easel's own source that names no setting: every test run meets it.
            preconditionFailure("no setting '\(path)'")
        }
        self.index = index
    }

    public var setting: Setting { Catalogue.settings[index] }
}
