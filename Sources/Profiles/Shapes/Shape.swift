import JSONSource

/// What a file or a value may look like. The validator (`ShapeCheck`) and the JSON Schemas (`JSONSchema`) are both made
/// from it, so that they cannot differ.
public indirect enum Shape: Sendable {
    case object(ObjectShape)
    /// An object whose keys are names that people choose.
    case map(key: StringForm, value: Shape)
    /// `isSet`: no element may stand twice.
    case array(of: Shape, isSet: Bool, minimum: Int = 0, maximum: Int = .max)
    case string(StringForm)
    case integer(ClosedRange<Int>)
    /// One of a few numbers.
    case oneOf([Int])
    case boolean
    /// Any value, null among them.
    case anything
    case choice([Choice])
    /// The value itself, or null for none.
    case nullable(Shape)
    /// A value told apart by its JSON type: a word, or an object.
    case wordOrObject(word: Shape, object: Shape)
    /// A string, or an array of them.
    case stringOrStrings(StringForm)
}

/// One of the words that a setting takes.
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
    /// Groups of keys of which exactly one must be there.
    public var exactlyOne: [[String]] = []
    /// Groups of keys of which at least one must be there.
    public var atLeastOne: [[String]] = []
    /// Key → keys that must be there with it.
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
    /// Whether null takes the field away in a patch; not for what says what the file itself is.
    public let isPatched: Bool
    public let about: String
    public let fallback: JSON?

    public init(
        _ key: StaticString, _ shape: Shape, required: Bool = false, patched: Bool = true, default fallback: JSON? = nil, _ about: String
    ) {
        self.key = key
        self.shape = shape
        self.isRequired = required
        isPatched = patched
        self.about = about
        self.fallback = fallback
    }
}
