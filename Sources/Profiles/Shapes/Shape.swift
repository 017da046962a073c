import JSONSource

/// The shape that a file or a value must have. The validator (`ShapeCheck`) and the JSON Schemas (`JSONSchema`) both derive from it, so
/// they cannot differ.
public indirect enum Shape: Sendable {
    case object(ObjectShape)
    /// An object whose keys are names that people choose.
    case map(key: StringForm, value: Shape)
    /// `isSet`: duplicates are refused.
    case array(of: Shape, isSet: Bool, minimum: Int = 0, maximum: Int = .max)
    case string(StringForm)
    case integer(ClosedRange<Int>)
    /// One of a few numbers.
    case oneOf([Int])
    case boolean
    /// Any value, including null.
    case anything
    case choice([Choice])
    /// The value itself, or null for none.
    case nullable(Shape)
    /// A word, or an object or array, distinguished by the JSON type.
    case word(Shape, or: Shape)
    /// A string, or an array of them.
    case stringOrStrings(StringForm)
}

/// One of the words that a setting can have.
public struct Choice: Sendable, Hashable {
    public let word: String
    public let meaning: String

    public init(_ word: String, _ meaning: String) {
        self.word = word
        self.meaning = meaning
    }
}

public struct ObjectShape: Sendable {
    public var title: String
    public var fields: [Field]
    /// Groups of keys, exactly one of which is required.
    public var exactlyOne: [[String]] = []
    /// Groups of keys, at least one of which is required.
    public var atLeastOne: [[String]] = []
    /// Key → keys that are required with it.
    public var together: [String: [String]] = [:]
    /// Whether the top-level `"$schema"` is allowed here.
    public var isRoot = false

    public init(
        _ title: String, _ fields: [Field], exactlyOne: [[String]] = [], atLeastOne: [[String]] = [], together: [String: [String]] = [:],
        isRoot: Bool = false
    ) {
        self.title = title
        self.fields = fields
        self.exactlyOne = exactlyOne
        self.atLeastOne = atLeastOne
        self.together = together
        self.isRoot = isRoot
    }
}

public struct Field: Sendable {
    public let key: StaticString
    public var name: String { key.description }
    public let shape: Shape
    public let isRequired: Bool
    /// Whether null removes the field in a patch; false for keys that say what the file itself is.
    public let isPatched: Bool
    public let about: String
    public let fallback: JSON?
    /// A value that explanations show; nil where one follows from the shape, or where none would help.
    public let example: JSON?

    public init(
        _ key: StaticString, _ shape: Shape, required: Bool = false, patched: Bool = true, default fallback: JSON? = nil, _ about: String,
        example: JSON? = nil
    ) {
        self.key = key
        self.shape = shape
        self.isRequired = required
        isPatched = patched
        self.about = about
        self.fallback = fallback
        self.example = example
    }
}
