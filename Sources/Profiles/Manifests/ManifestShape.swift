import JSONSource

/// The shape of a manifest and of a base, made from the settings catalogue.
public enum ManifestShape {
    public static let kind = "iosEmailProfile"

    /// The keys of a manifest that are not settings.
    private static let heads = [
        Field("kind", .choice([Choice("iosEmailProfile", "an iOS/iPadOS email profile")]), required: true, patched: false, "Says what this file is."),
        Field("extends", .string(.basePath), patched: false, "The base that this manifest extends, as a JSON Merge Patch (RFC 7396).", example: "bases/exchange-online.json"),
    ]

    public static let shape: Shape = {
        let settings = Catalogue.manifestIndices.map { Catalogue.settings[$0] }
        guard case .object(var root) = object(of: settings, depth: 0, title: "manifest") else { return .boolean }
        root.fields = heads + root.fields
        root.isRoot = true
        return .object(root)
    }()

    private static func object(of settings: [Setting], depth: Int, title: String) -> Shape {
        var fields: [Field] = []
        var done: Set<String> = []
        for setting in settings {
            let key = setting.components[depth]
            guard done.insert(key.description).inserted else { continue }
            if setting.components.count == depth + 1 {
                fields.append(
                    Field(
                        key, setting.type.shape, required: setting.fallback == nil,
                        default: setting.fallback.flatMap { $0.isNone ? nil : $0.json }, setting.about, example: setting.example))
            } else {
                let inner = settings.filter { $0.components.count > depth + 1 && $0.components[depth].description == key.description }
                // An object is required if something in it is.
                fields.append(
                    Field(
                        key, object(of: inner, depth: depth + 1, title: key.description),
                        required: inner.contains { $0.fallback == nil }, "\(key) settings"))
            }
        }
        return .object(ObjectShape(title, fields))
    }

    /// The JSON Schema of a manifest: a patch when it extends a base, whole when it does not.
    public static var schema: JSON {
        [
            "$schema": .string(JSONSchema.dialect),
            "title": "easel manifest: an iOS/iPadOS email profile, or a base for several",
            "type": "object",
            "if": ["required": ["extends"]],
            "then": .object(JSONSchema.members(shape, isPatch: true)),
            // A base need not be complete, and a schema cannot know whether a file is one.
            "else": .object(JSONSchema.members(withoutRequired(shape), isPatch: false)),
        ]
    }

    /// A manifest of which a base may say any part.
    public static let partialShape = withoutRequired(shape)

    static func withoutRequired(_ shape: Shape) -> Shape {
        guard case .object(var object) = shape, object.exactlyOne.isEmpty, object.together.isEmpty else { return shape }
        object.fields = object.fields.map { Field($0.key, withoutRequired($0.shape), patched: $0.isPatched, default: $0.fallback, $0.about, example: $0.example) }
        return .object(object)
    }
}
