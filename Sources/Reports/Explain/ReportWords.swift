import JSONSource

/// The keys of the JSON report and the words that are values in it, found in its schema.
struct ReportWords {
    static let kind = "key of the JSON report"

    private(set) var entries: [Glossary.Entry] = []

    init(_ schema: JSON) { walk(schema, "") }

    private mutating func walk(_ schema: JSON, _ path: String) {
        guard case .object(let members) = schema else { return }
        if case .object(let properties)? = members["properties"] {
            for (key, value) in properties.sorted(by: { JSONWriter.precedes($0.key, $1.key) }) {
                let inner = path.isEmpty ? key : "\(path).\(key)"
                if let about = Self.about(value) {
                    entries.append(Glossary.Entry(key, Term.Meaning(kind: Self.kind, path: inner, about: about.asSentence)))
                    for word in Self.words(value) {
                        entries.append(Glossary.Entry(word, Term.Meaning(kind: "value in the JSON report", path: inner, about: about.asSentence)))
                    }
                }
                walk(value, inner)
            }
        }
        if let items = members["items"] { walk(items, path + "[]") }
        if let values = members["additionalProperties"] { walk(values, path + ".NAME") }
        for key in ["oneOf", "anyOf"] {
            guard case .array(let alternatives)? = members[key] else { continue }
            for alternative in alternatives { walk(alternative, path) }
        }
    }

    private static func words(_ schema: JSON) -> [String] {
        guard case .object(let members) = schema, case .array(let values)? = members["enum"] else { return [] }
        return values.compactMap { if case .string(let word) = $0 { word } else { nil } }
    }

    /// What the schema says of a value, itself or in one of its alternatives.
    private static func about(_ schema: JSON) -> String? {
        guard case .object(let members) = schema else { return nil }
        if case .string(let about)? = members["description"] { return about }
        guard case .array(let alternatives)? = members["anyOf"] else { return nil }
        return alternatives.lazy.compactMap(about).first
    }
}
