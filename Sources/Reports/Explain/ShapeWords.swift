import JSONSource
import Profiles

/// The words of one kind of file, found in its shape: a key or value that is added to the shape is explained without more.
struct ShapeWords {
    /// Such as `policy.json`.
    let file: String
    /// Paths of keys that are explained elsewhere.
    let known: Set<String>
    private(set) var entries: [Glossary.Entry] = []

    init(_ file: String, _ shape: Shape, known: Set<String> = []) {
        self.file = file
        self.known = known
        walk(shape, "") { $0 }
    }

    /// - Parameters:
    ///   - base: members that an object of the shape has in examples.
    ///   - wrap: puts a value of the shape into a file; nil where no file can be made up.
    private mutating func walk(_ shape: Shape, _ path: String, base: [String: JSON] = [:], _ wrap: @escaping (JSON) -> JSON?) {
        switch shape {
        case .object(let object):
            for field in object.fields {
                let inner = path.isEmpty ? field.name : "\(path).\(field.name)"
                let wrapped = { (value: JSON) in Self.sample(object, base.merging([field.name: value]) { $1 }).flatMap(wrap) }
                if !known.contains(inner) { entries.append(entry(field, inner, wrapped)) }
                let element: JSON? = if case .array(let elements)? = field.example { elements.first } else { nil }
                let members: [String: JSON] = if case .object(let members)? = element { members } else { [:] }
                walk(field.shape, inner, base: members) { value in
                    // The names in a map are those of its example.
                    guard case .map = field.shape, case .object(let example)? = field.example, let name = example.keys.min() else { return wrapped(value) }
                    return wrapped([name: value])
                }
            }
        case .map(_, let value): walk(value, path + ".NAME", wrap)
        case .array(let element, _, _, _): walk(element, path + "[]", base: base) { wrap([$0]) }
        case .nullable(let shape): walk(shape, path, wrap)
        case .word(let one, let other):
            walk(one, path, wrap)
            walk(other, path, wrap)
        case .choice(let choices):
            for choice in choices {
                entries.append(
                    Glossary.Entry(
                        choice.word,
                        Term.Meaning(kind: "value in \(file)", path: path, about: choice.meaning.asSentence, example: wrap(.string(choice.word)))))
            }
        case .string, .stringOrStrings, .integer, .oneOf, .boolean, .anything: break
        }
    }

    private func entry(_ field: Field, _ path: String, _ wrap: (JSON) -> JSON?) -> Glossary.Entry {
        Glossary.Entry(
            field.name,
            Term.Meaning(
                kind: "key of \(file)", path: path, about: field.about.asSentence, values: Self.choices(field.shape).map { ($0.word, $0.meaning) },
                isRequired: field.isRequired, fallback: field.fallback, example: Self.sample(field).flatMap(wrap)))
    }

    /// The words that a value, or an element of it, can be.
    private static func choices(_ shape: Shape) -> [Choice] {
        switch shape {
        case .choice(let choices): choices
        case .array(let element, _, _, _): choices(element)
        case .nullable(let shape): choices(shape)
        case .word(let one, let other): choices(one) + choices(other)
        default: []
        }
    }

    // MARK: Samples

    private static func sample(_ field: Field) -> JSON? { field.example ?? sample(field.shape) }

    /// A value of the shape; nil where only the field could give one.
    private static func sample(_ shape: Shape) -> JSON? {
        switch shape {
        case .object(let object): sample(object, [:])
        case .array(let element, _, _, _): sample(element).map { [$0] }
        case .nullable(let shape), .word(let shape, _): sample(shape)
        case .choice(let choices): choices.first.map { .string($0.word) }
        case .integer(let range): .integer(range.lowerBound)
        case .oneOf(let numbers): numbers.first.map(JSON.integer)
        case .boolean, .anything: true
        case .map, .string, .stringOrStrings: nil
        }
    }

    /// An object with these members and all that it must have beside them.
    private static func sample(_ object: ObjectShape, _ given: [String: JSON]) -> JSON? {
        var members = given
        func add(_ name: String) -> Bool {
            guard members[name] == nil else { return true }
            members[name] = object.fields.first { $0.name == name }.flatMap(sample)
            return members[name] != nil
        }
        for field in object.fields where field.isRequired { guard add(field.name) else { return nil } }
        // What one key requires can require another.
        for _ in object.together {
            for name in object.together.keys.sorted() where members[name] != nil {
                for other in object.together[name] ?? [] { guard add(other) else { return nil } }
            }
        }
        for group in object.exactlyOne + object.atLeastOne where !group.contains(where: { members[$0] != nil }) {
            guard let first = group.first, add(first) else { return nil }
        }
        return .object(members)
    }
}
