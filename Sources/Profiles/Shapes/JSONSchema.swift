import JSONSource

/// Makes JSON Schemas (draft 2020-12) from shapes.
public enum JSONSchema {
    public static let dialect = "https://json-schema.org/draft/2020-12/schema"

    /// The schema of a file.
    public static func document(_ shape: Shape, title: String) -> JSON {
        var members = members(shape, isPatch: false)
        members["$schema"] = .string(dialect)
        members["title"] = .string(title)
        return .object(members)
    }

    /// The schema of a value; `isPatch` as in `Shape.check`.
    public static func members(_ shape: Shape, isPatch: Bool) -> [String: JSON] {
        switch shape {
        case .object(let object): return members(object, isPatch: isPatch)
        case .map(let key, let value):
            return [
                "type": "object",
                "properties": ["$comment": ["type": "string"]],
                "propertyNames": .object(members(key)),
                "additionalProperties": .object(nullableMembers(value, isPatch: isPatch)),
            ]
        case .array(let element, let isSet, let minimum, let maximum):
            var result: [String: JSON] = ["type": "array", "items": .object(members(element, isPatch: false))]
            if isSet { result["uniqueItems"] = true }
            if minimum > 0 { result["minItems"] = .integer(minimum) }
            if maximum < .max { result["maxItems"] = .integer(maximum) }
            return result
        case .string(let form): return members(form)
        case .stringOrStrings(let form):
            return ["anyOf": [.object(members(form)), ["type": "array", "items": .object(members(form))]]]
        case .integer(let range):
            return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .oneOf(let numbers): return ["enum": .array(numbers.map(JSON.integer))]
        case .boolean: return ["type": "boolean"]
        case .anything: return [:]
        case .choice(let choices):
            if choices.count == 1 { return ["const": .string(choices[0].word)] }
            // Not of the standard: editors show what each value means where they offer it.
            return ["enum": .array(choices.map { .string($0.word) }), "enumDescriptions": .array(choices.map { .string($0.meaning.prefix(1).uppercased() + $0.meaning.dropFirst() + ".") })]
        case .nullable(let shape): return ["anyOf": [.object(members(shape, isPatch: isPatch)), ["type": "null"]]]
        case .word(let word, let other):
            return ["anyOf": [.object(members(word, isPatch: isPatch)), .object(members(other, isPatch: isPatch))]]
        }
    }

    /// In a patch, every value may be null.
    private static func nullableMembers(_ shape: Shape, isPatch: Bool) -> [String: JSON] {
        guard isPatch else { return members(shape, isPatch: false) }
        if case .nullable = shape { return members(shape, isPatch: true) }
        return ["anyOf": [.object(members(shape, isPatch: true)), ["type": "null"]]]
    }

    private static func members(_ form: StringForm) -> [String: JSON] {
        var result: [String: JSON] = ["type": "string", "maxLength": .integer(form.length.upperBound)]
        if form.length.lowerBound > 0 { result["minLength"] = .integer(form.length.lowerBound) }
        if let pattern = form.pattern { result["pattern"] = .string(pattern) }
        return result
    }

    private static func members(_ object: ObjectShape, isPatch: Bool) -> [String: JSON] {
        var properties: [String: JSON] = ["$comment": ["type": "string"]]
        if object.isRoot { properties["$schema"] = ["type": "string"] }
        for field in object.fields {
            var schema = nullableMembers(field.shape, isPatch: isPatch && field.isPatched)
            schema["description"] = .string(described(field))
            if let fallback = field.fallback { schema["default"] = fallback }
            // Editors offer them, too.
            if let example = field.example, example != field.fallback { schema["examples"] = [example] }
            properties[field.name] = .object(schema)
        }
        var result: [String: JSON] = [
            "type": "object", "title": .string(object.title), "properties": .object(properties), "additionalProperties": false,
        ]
        if isPatch { return result }
        let required = object.fields.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { result["required"] = .array(required) }
        var all: [JSON] = object.exactlyOne.map { group in ["oneOf": .array(group.map { ["required": [.string($0)]] })] }
        all += object.atLeastOne.map { group in ["anyOf": .array(group.map { ["required": [.string($0)]] })] }
        if !all.isEmpty { result["allOf"] = .array(all) }
        if !object.together.isEmpty { result["dependentRequired"] = .object(object.together.mapValues { .array($0.map(JSON.string)) }) }
        return result
    }

    private static func described(_ field: Field) -> String {
        guard case .choice(let choices) = field.shape, choices.count > 1 else { return field.about }
        return ([field.about] + choices.map { "\($0.word): \($0.meaning)" }).joined(separator: "\n")
    }
}
