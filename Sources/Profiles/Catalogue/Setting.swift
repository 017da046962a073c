import JSONSource

/// One setting of the email profile: everything that easel knows about it. The validator, the JSON Schema, the diff, the
/// renderers, `explain` and the docs all read this one value.
///
/// A class, so that loops over the catalogue hand on one reference instead of copying a dozen fields.
public final class Setting: Sendable {
    /// Path in a manifest, as `account.oauth`.
    public let path: String
    public let components: [StaticString]
    /// RFC 6901, as `/account/oauth`.
    public let pointer: String
    /// Intune's own name, in English.
    public let title: String
    /// What it does, for an admin.
    public let about: String
    public let type: SettingType
    /// What holds when no manifest says anything; nil: a manifest must say something.
    public let fallback: SettingValue?
    /// The first iOS/iPadOS that heeds the setting away from its default.
    public let minimumOS: OSVersion?
    /// Where the setting has a meaning at all: it is required there and refused elsewhere.
    public let condition: SettingCondition?
    public let graph: GraphMapping
    public let apple: AppleMapping

    public init(
        _ components: StaticString..., title: String, _ about: String, type: SettingType, default fallback: SettingValue? = nil,
        iOS minimumOS: OSVersion? = nil, onlyWith condition: SettingCondition? = nil, graph: GraphMapping = .none,
        apple: AppleMapping = .none
    ) {
        self.components = components
        path = components.map(\.description).joined(separator: ".")
        pointer = "/" + components.map(\.description).joined(separator: "/")
        self.title = title
        self.about = about
        self.type = type
        self.fallback = fallback
        self.minimumOS = minimumOS
        self.condition = condition
        self.graph = graph
        self.apple = apple
    }

    /// The first component: `account`, `sync`, `smime`, `mail`, or the setting's own name at profile level.
    public var section: String { components[0].description }

    /// What holds when nothing is said, or nothing applies.
    public var restingValue: SettingValue { fallback ?? .none }
}

public enum SettingType: Sendable {
    case boolean
    case choice([Choice])
    case text(StringForm)
    /// Compared without letter case, kept in lower case.
    case hostName
    case userDomain
    case certificateProfile
    case vpnProfile
    /// A set of texts; at least one.
    case textSet(StringForm)
    case includeTargets
    case excludeTargets
    /// Not in manifests: it follows from the tenant and the other settings (`Resolution`).
    case fromTenant(TenantFact)

    public enum TenantFact: Sendable { case text, reference }

    public var isFromTenant: Bool { if case .fromTenant = self { true } else { false } }
}

/// "Only with `account.authentication.method` `certificate`".
public struct SettingCondition: Sendable {
    public let path: String
    public let word: String

    public init(_ path: String, is word: String) {
        self.path = path
        self.word = word
    }
}

/// How a setting stands in Microsoft Graph's `iosEasEmailProfileConfiguration`.
public struct GraphMapping: Sendable {
    public enum Item: Hashable, Sendable {
        case property(String, JSON)
        /// A navigation property that names a device configuration; `@odata.bind` in a POST, `$ref` later.
        case configuration(navigation: String, id: String)
        /// The same for `deviceManagement/derivedCredentials`.
        case derivedCredential(navigation: String, id: String)
    }

    /// The properties that it writes.
    public let properties: [String]
    public let items: @Sendable (SettingValue) -> [Item]
    /// The setting's value in an object of the service: the way back from `items`.
    public let read: @Sendable (GraphObject, Setting) -> GraphObject.Found

    public init(
        _ properties: [String], items: @escaping @Sendable (SettingValue) -> [Item],
        read: @escaping @Sendable (GraphObject, Setting) -> GraphObject.Found
    ) {
        self.properties = properties
        self.items = items
        self.read = read
    }

    /// Not in Graph's object: nothing can be said of it there.
    public static let none = GraphMapping([]) { _ in [] } read: { _, _ in .unknown }

    /// The value as it is; nothing where there is none.
    public static func same(_ property: String) -> GraphMapping {
        GraphMapping([property]) { $0.isNone ? [] : [.property(property, $0.json)] } read: { $0.value(property, $1) }
    }

    /// A `block…` property: true where the setting says false.
    public static func inverted(_ property: String) -> GraphMapping {
        GraphMapping([property]) { [.property(property, .bool(!$0.bool))] } read: { object, setting in
            guard case .value(let value) = object.value(property, setting) else { return .absent }
            return .value(.bool(!value.bool))
        }
    }

    public static func certificate(_ navigation: String) -> GraphMapping {
        GraphMapping([navigation]) { value in value.reference.map { [.configuration(navigation: navigation, id: $0.id)] } ?? [] } read: { object, _ in
            object.navigation(navigation, .certificateProfiles)
        }
    }
}

/// How a setting stands in Apple's `com.apple.eas.account` payload.
public struct AppleMapping: Sendable {
    public enum Item: Sendable {
        case string(String, String)
        case bool(String, Bool)
        case integer(String, Int)
        /// A key that holds the UUID of the certificate payload in the same profile.
        case certificate(String, Reference)
    }

    public let keys: [String]
    public let items: @Sendable (SettingValue) -> [Item]

    public init(_ keys: [String], items: @escaping @Sendable (SettingValue) -> [Item]) {
        self.keys = keys
        self.items = items
    }

    public static let none = AppleMapping([]) { _ in [] }
    public static func bool(_ key: String) -> AppleMapping { AppleMapping([key]) { [.bool(key, $0.bool)] } }
    public static func inverted(_ key: String) -> AppleMapping { AppleMapping([key]) { [.bool(key, !$0.bool)] } }
    public static func string(_ key: String) -> AppleMapping {
        AppleMapping([key]) { value in value.text.map { [.string(key, $0)] } ?? [] }
    }
    public static func certificate(_ key: String) -> AppleMapping {
        AppleMapping([key]) { value in value.reference.map { [.certificate(key, $0)] } ?? [] }
    }
}

/// A version of iOS and iPadOS.
public struct OSVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let major: Int
    public let minor: Int
    public let patch: Int

    public init(_ major: Int, _ minor: Int = 0, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// `13`, `13.0` or `13.0.1`.
    public init?(_ text: String) {
        guard StringForm.osVersion.accepts(text) else { return nil }
        let parts = text.split(separator: ".").compactMap { Int($0) }
        self.init(parts[0], parts.count > 1 ? parts[1] : 0, parts.count > 2 ? parts[2] : 0)
    }

    public static func < (one: OSVersion, other: OSVersion) -> Bool {
        (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
    }

    public var description: String { patch == 0 ? "\(major).\(minor)" : "\(major).\(minor).\(patch)" }
}
