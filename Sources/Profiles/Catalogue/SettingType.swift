import JSONSource

/// A kind of value that settings take: everything that depends on the kind and not on the setting. Each kind describes itself in
/// one file of `Types/`; no other code asks which kind it has before it.
///
/// A class of closures that are made once, with the catalogue: reading a manifest calls them and allocates nothing for them.
public final class SettingType: Sendable {
    /// What a manifest may say: the validator and the JSON Schema read it.
    public let shape: Shape
    /// The words of a kind that takes one of a few; empty for any other.
    public let choices: [Choice]
    /// Whether the value follows from the tenant and the other settings, so that no manifest says it.
    public let isFromTenant: Bool
    /// Whether its values name hosts or domains, which reports never cut: what counts is at their end.
    public let isHost: Bool
    /// The list in tenant.json that defines the names that it takes; nil where it takes none, or names of several lists.
    public let section: TenantSection?
    /// Whether null is one of its values; of any other kind, null only removes what a base says.
    let takesNull: Bool
    /// Made-up values that stand for all it can have: at least two, so that each kind of change between them can be tried.
    public let samples: [SettingValue]

    /// The value in a manifest, names not yet resolved; nil where it does not have the shape.
    let declare: @Sendable (JSONValue) -> DeclaredValue?
    /// What can be read of a value that does not have the shape, for a kind whose parts have names; nil where nothing can be.
    let declareParts: @Sendable (JSONValue) -> DeclaredValue?
    /// Puts a value over the one of the base, for a kind whose value is an object, into which a JSON Merge Patch merges member by
    /// member. The base's value is nil where the base removes it. Nil for any other kind: a value replaces the base's.
    let merge: (@Sendable (DeclaredValue, DeclaredValue?) -> DeclaredValue)?
    /// The value in a tenant; problems with its names go into the resolution.
    let resolve: @Sendable (DeclaredValue, JSONValue, inout NameResolution) -> SettingValue
    /// Reads what `SettingValue.json` wrote, null aside; nil where it is something else.
    let read: @Sendable (JSONValue) -> SettingValue?
    /// Reads a property of the service that holds the setting's own value. The property is there and not null.
    let live: @Sendable (GraphObject, _ property: String, JSONValue) -> GraphObject.Found
    /// The nearest value that a manifest can say; nil where there is none.
    public let sayable: @Sendable (SettingValue) -> SettingValue?
    /// The references in a value, each with the list of tenant.json that defines its name.
    public let references: @Sendable (SettingValue) -> [(section: TenantSection, reference: Reference)]

    /// Whether a manifest's value is merged into the base's and does not replace it.
    public var merges: Bool { merge != nil }

    init(
        shape: Shape, isFromTenant: Bool = false, isHost: Bool = false, section: TenantSection? = nil, samples: [SettingValue],
        declare: @escaping @Sendable (JSONValue) -> DeclaredValue?,
        declareParts: @escaping @Sendable (JSONValue) -> DeclaredValue? = { _ in nil },
        merge: (@Sendable (DeclaredValue, DeclaredValue?) -> DeclaredValue)? = nil,
        resolve: @escaping @Sendable (DeclaredValue, JSONValue, inout NameResolution) -> SettingValue = { value, _, _ in value.plain },
        read: @escaping @Sendable (JSONValue) -> SettingValue?,
        live: @escaping @Sendable (GraphObject, _ property: String, JSONValue) -> GraphObject.Found = { object, property, _ in
            object.text(property).map { .value(.text($0)) } ?? .absent
        },
        sayable: @escaping @Sendable (SettingValue) -> SettingValue? = { $0 },
        references: @escaping @Sendable (SettingValue) -> [(section: TenantSection, reference: Reference)] = { _ in [] }
    ) {
        self.shape = shape
        choices = if case .choice(let choices) = shape { choices } else { [] }
        takesNull = if case .nullable = shape { true } else { false }
        self.isFromTenant = isFromTenant
        self.isHost = isHost
        self.section = section
        self.samples = samples
        self.declare = declare
        self.declareParts = declareParts
        self.merge = merge
        self.resolve = resolve
        self.read = read
        self.live = live
        self.sayable = sayable
        self.references = references
    }
}
