import JSONSource

/// One setting of the email profile: everything that easel knows about it. The validator, the JSON Schema, the diff, the
/// renderers, `explain` and the docs all read this one value. What depends on the kind of its value alone is in `SettingType`.
///
/// A class, so that loops over the catalogue pass one reference and do not copy a dozen fields.
public final class Setting: Sendable {
    /// Path in a manifest, such as `account.oauth`.
    public let path: String
    public let components: [StaticString]
    /// The path as a JSON Pointer (RFC 6901), such as `/account/oauth`.
    public let pointer: String
    /// Intune's own name, in English.
    public let title: String
    /// What it does, for an admin.
    public let about: String
    public let type: SettingType
    /// The value when no manifest says anything; nil: the setting is required.
    public let fallback: SettingValue?
    /// The first iOS/iPadOS that applies the setting when it is not at its default.
    public let minimumOS: OSVersion?
    /// Where the setting exists at all: it is required there and refused elsewhere. Nil: everywhere.
    public let condition: SettingCondition?
    /// Where the setting has an effect; elsewhere a manifest may say only its default, and a service may keep any value. Nil:
    /// everywhere.
    public let inEffect: SettingCondition?
    public let graph: GraphMapping
    public let apple: AppleMapping
    /// A value that editors offer; nil where the values follow from the type.
    public let example: JSON?

    public init(
        _ components: StaticString..., title: String, _ about: String, type: SettingType, default fallback: SettingValue? = nil,
        iOS minimumOS: OSVersion? = nil, onlyWith condition: SettingCondition? = nil, while inEffect: SettingCondition? = nil,
        graph: GraphMapping = .none, apple: AppleMapping = .none, example: JSON? = nil
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
        self.inEffect = inEffect
        self.graph = graph
        self.apple = apple
        self.example = example
    }

    /// The first component: `account`, `sync`, `smime`, `mail`, or the setting's own name at profile level.
    public var section: String { components[0].description }

    /// The value when nothing is said, or where the setting does not exist.
    public var restingValue: SettingValue { fallback ?? .none }

    /// Whether the setting has an effect beside these values, which reach at least to the setting that decides it.
    public func isInEffect(in values: [SettingValue]) -> Bool { inEffect?.holds(in: values) ?? true }

    /// The nearest value that a manifest can say; nil where there is none, not even a default.
    public func sayable(_ value: SettingValue) -> SettingValue? { type.sayable(value) ?? fallback }
}

/// That another setting has a certain value, such as `account.authentication.method` `certificate`.
public struct SettingCondition: Sendable {
    /// The other setting, as `account.authentication.method`.
    public let path: String
    public let value: SettingValue

    public init(_ path: String, is word: String) { self.init(path, is: .text(word)) }
    public init(_ path: String, is value: SettingValue) {
        self.path = path
        self.value = value
    }

    /// The value as a manifest has it, without quotes.
    public var word: String { value.text ?? value.json.compact }

    /// - Parameter values: by position in `Catalogue.settings`, as far as the other setting.
    public func holds(in values: [SettingValue]) -> Bool { values[SettingKey(path).index] == value }
}

/// How a setting is written in Microsoft Graph's `iosEasEmailProfileConfiguration`.
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
    /// Whether they are navigation properties, which a POST binds and nothing but a `$ref` changes later.
    public let isNavigation: Bool
    /// The value of a property that the setting does not write: what it is without the setting.
    public let neutral: JSON
    /// The value that leaves alone what the service has, while the setting is in effect; nil where there is none.
    public let keeping: SettingValue?
    public let items: @Sendable (SettingValue) -> [Item]
    /// The setting's value in an object of the service: the way back from `items`.
    public let read: @Sendable (GraphObject, Setting) -> GraphObject.Found

    public init(
        _ properties: [String], isNavigation: Bool = false, neutral: JSON = .null, keeping: SettingValue? = nil,
        items: @escaping @Sendable (SettingValue) -> [Item], read: @escaping @Sendable (GraphObject, Setting) -> GraphObject.Found
    ) {
        self.properties = properties
        self.isNavigation = isNavigation
        self.neutral = neutral
        self.keeping = keeping
        self.items = items
        self.read = read
    }

    /// Graph's object does not have the setting.
    public static let none = GraphMapping([]) { _ in [] } read: { _, _ in .unknown }

    /// The property has the setting's own value; it is left out where there is none.
    public static func same(_ property: String) -> GraphMapping {
        GraphMapping([property]) { $0.isNone ? [] : [.property(property, $0.json)] } read: { $0.value(property, $1) }
    }

    /// A `block…` property: true where the setting is false.
    public static func inverted(_ property: String) -> GraphMapping {
        GraphMapping([property]) { [.property(property, .bool(!$0.bool))] } read: { object, setting in
            guard case .value(let value) = object.value(property, setting) else { return .absent }
            return .value(.bool(!value.bool))
        }
    }

    public static func certificate(_ navigation: String) -> GraphMapping {
        GraphMapping([navigation], isNavigation: true) { value in value.reference.map { [.configuration(navigation: navigation, id: $0.id)] } ?? [] } read: { object, _ in
            object.navigation(navigation, .certificateProfiles)
        }
    }
}

/// How a setting is written in Apple's `com.apple.eas.account` payload.
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

    /// The oldest iOS and iPadOS that Intune supports (Microsoft, "Supported operating systems and browsers in Intune").
    public static let oldestSupported = OSVersion(17)

    public static func < (one: OSVersion, other: OSVersion) -> Bool {
        (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
    }

    public var description: String { patch == 0 ? "\(major).\(minor)" : "\(major).\(minor).\(patch)" }
}
