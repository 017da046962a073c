import Basics
import JSONSource

extension Shape {
    /// Checks a value against this shape and reports every problem.
    ///
    /// - Parameter isPatch: the value is a JSON Merge Patch: null removes what the base says, and nothing is required.
    public func check(_ value: JSONValue, isPatch: Bool = false, into diagnostics: inout [Diagnostic]) {
        // A list of its own, since the number of problems is limited per file.
        var found: [Diagnostic] = []
        hold(value, isPatch: isPatch, &found)
        diagnostics += found
    }

    /// A file with that many problems has one cause, and each further problem costs a walk through the file for its place.
    fileprivate static func isEnough(_ diagnostics: [Diagnostic]) -> Bool { diagnostics.count >= JSONLimits.problems }

    fileprivate func hold(_ value: JSONValue, isPatch: Bool, _ diagnostics: inout [Diagnostic]) {
        if Self.isEnough(diagnostics) { return }
        // The parser has reported what is not JSON.
        if value.kind == .invalid { return }
        if value.isNull {
            if isPatch { return }
            switch self {
            case .nullable, .anything: return
            default: break
            }
            diagnostics.append(
                Diagnostic(.nullWithoutBase, at: value, "null is not allowed here; omit the key", help: "Set it to \(expectation), or omit it"))
            return
        }
        switch self {
        case .nullable(let shape):
            shape.hold(value, isPatch: isPatch, &diagnostics)
        case .object(let shape):
            guard value.kind == .object else { return wrongType(value, &diagnostics) }
            shape.check(value, isPatch: isPatch, into: &diagnostics)
        case .map(let key, let shape):
            guard value.kind == .object else { return wrongType(value, &diagnostics) }
            var seen: Set<String> = []
            for member in value.members where !member.key.isString("$comment") {
                if Self.isEnough(diagnostics) { return }
                let name = member.key.string ?? ""
                if !key.accepts(name) {
                    diagnostics.append(Diagnostic(.badFormat, at: member.key, "Name '\(name.prefix(80))' must be \(key.about)"))
                }
                // Two keys in JSON, but one for people and for Swift's dictionaries: é, and e with a combining accent.
                if name.utf8.contains(where: { $0 >= 0x80 }), !seen.insert(name).inserted {
                    diagnostics.append(
                        Diagnostic(.duplicateElement, at: member.key, "Duplicate name '\(name.prefix(80))', written with different code points"))
                }
                shape.hold(member.value, isPatch: isPatch, &diagnostics)
            }
            Self.checkComment(value, &diagnostics)
        case .array(let element, let isSet, let minimum, let maximum):
            guard value.kind == .array else { return wrongType(value, &diagnostics) }
            if value.count < minimum {
                diagnostics.append(Diagnostic(.outOfRange, at: value, "The list needs at least \(minimum) element\(minimum == 1 ? "" : "s")"))
            }
            if value.count > maximum {
                diagnostics.append(Diagnostic(.outOfRange, at: value, "The list takes at most \(maximum) element\(maximum == 1 ? "" : "s")"))
            }
            var seen: [JSON: Int] = [:]
            for (position, item) in value.elements.enumerated() {
                if Self.isEnough(diagnostics) { return }
                // Elements of an array are whole values, also within a patch (RFC 7396).
                element.hold(item, isPatch: false, &diagnostics)
                if isSet, let earlier = seen.updateValue(position, forKey: item.plain) {
                    diagnostics.append(Diagnostic(.duplicateElement, at: item, "The same as element \(earlier) of this list", help: "Remove one of the two"))
                }
            }
        case .string(let form):
            guard let text = value.string else { return wrongType(value, &diagnostics) }
            form.check(text, at: value, &diagnostics)
        case .stringOrStrings(let form):
            if value.kind == .array {
                for item in value.elements { Shape.string(form).hold(item, isPatch: false, &diagnostics) }
            } else {
                guard let text = value.string else { return wrongType(value, &diagnostics) }
                form.check(text, at: value, &diagnostics)
            }
        case .integer(let range):
            guard value.kind == .number else { return wrongType(value, &diagnostics) }
            guard let number = value.integer, range.contains(number) else {
                diagnostics.append(
                    Diagnostic(.outOfRange, at: value, "\(value.sourceText.prefix(40)) is not \(expectation)"))
                return
            }
        case .oneOf(let numbers):
            guard value.kind == .number else { return wrongType(value, &diagnostics) }
            if value.integer.map(numbers.contains) != true {
                diagnostics.append(
                    Diagnostic(.notAllowed, at: value, "\(value.sourceText.prefix(40)) is not allowed here", help: "Set it to \(expectation)"))
            }
        case .boolean:
            if value.bool == nil { wrongType(value, &diagnostics) }
        case .anything: break
        case .choice(let choices):
            guard value.kind == .string else { return wrongType(value, &diagnostics) }
            Self.checkChoice(choices.map(\.word), value, &diagnostics)
        case .word(let word, let other):
            switch (value.kind, other) {
            case (.string, _): word.hold(value, isPatch: isPatch, &diagnostics)
            case (.object, .object), (.array, .array), (.boolean, .boolean): other.hold(value, isPatch: isPatch, &diagnostics)
            default: wrongType(value, &diagnostics)
            }
        }
    }

    private static func checkChoice(_ words: [String], _ value: JSONValue, _ diagnostics: inout [Diagnostic]) {
        guard let text = value.string, !words.contains(text) else { return }
        diagnostics.append(
            Diagnostic(
                .notAllowed, at: value, "'\(text.prefix(80))' is not allowed here\(didYouMean(text, among: words))",
                help: words.count == 1 ? "Set it to '\(words[0])'" : "Use one of: \(words.joined(separator: ", "))"))
    }

    fileprivate static func checkComment(_ object: JSONValue, _ diagnostics: inout [Diagnostic]) {
        if let comment = object["$comment"], comment.kind != .string, comment.kind != .invalid {
            diagnostics.append(Diagnostic(.wrongType, at: comment, "\"$comment\" must be a string, not \(comment.kind.words)"))
        }
    }

    private func wrongType(_ value: JSONValue, _ diagnostics: inout [Diagnostic]) {
        diagnostics.append(Diagnostic(.wrongType, at: value, "Expected \(expectation), not \(value.kind.words)"))
    }

    /// A value of this shape in words, such as "true or false".
    public var expectation: String {
        switch self {
        case .object(let object) where object.exactlyOne.count == 1:
            "an object with \(object.exactlyOne[0].map { "'\($0)'" }.joined(separator: " or "))"
        case .object, .map: "an object"
        case .array: "an array"
        case .string(let form): form.about
        case .stringOrStrings: "a string or an array of strings"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .oneOf(let numbers): "one of \(numbers.map(String.init).joined(separator: ", "))"
        case .boolean: "true or false"
        case .anything: "a value"
        case .choice(let choices): choices.count == 1 ? "'\(choices[0].word)'" : "one of \(choices.map(\.word).joined(separator: ", "))"
        case .nullable(let shape): "\(shape.expectation), or null"
        case .word(let word, let other): "\(other.expectation) or \(word.expectation)"
        }
    }
}

extension ObjectShape {
    func check(_ object: JSONValue, isPatch: Bool, into diagnostics: inout [Diagnostic]) {
        // Keys that an unknown key may have been meant for: they are misspelt, which is reported, and not missing.
        var meant: Set<String> = []
        for member in object.members {
            if Shape.isEnough(diagnostics) { return }
            if let field = fields.first(where: { member.key.isString($0.key) }) {
                field.shape.hold(member.value, isPatch: isPatch && field.isPatched, &diagnostics)
            } else if member.key.isString("$comment") || (isRoot && member.key.isString("$schema")) {
                if member.value.kind != .string, member.value.kind != .invalid {
                    diagnostics.append(
                        Diagnostic(.wrongType, at: member.value, "\"\(member.key.sourceText)\" must be a string, not \(member.value.kind.words)"))
                }
            } else {
                let key = member.key.string ?? ""
                let names = fields.map(\.name)
                let near = nearNames(to: key, among: names)
                meant.formUnion(near)
                diagnostics.append(
                    Diagnostic(
                        .unknownKey, at: member.key, "Unknown key '\(key.prefix(80))'\(didYouMean(near))",
                        help: "Known keys: \(names.joined(separator: ", "))"))
            }
        }
        if isPatch { return }
        for field in fields where field.isRequired && object[field.key] == nil && !meant.contains(field.name) {
            diagnostics.append(missing(field.name, in: object))
        }
        for group in exactlyOne {
            let present = group.filter { object[name: $0] != nil }
            if present.count != 1, !(present.isEmpty && group.contains(where: meant.contains)) {
                diagnostics.append(
                    Diagnostic(
                        present.isEmpty ? .missing : .badCombination, at: object,
                        "Exactly one of \(group.map { "'\($0)'" }.joined(separator: ", ")) is required, \(present.isEmpty ? "none" : "\(present.count)") given"))
            }
        }
        for group in atLeastOne where !group.contains(where: { object[name: $0] != nil || meant.contains($0) }) {
            diagnostics.append(
                Diagnostic(.missing, at: object, "At least one of \(group.map { "'\($0)'" }.joined(separator: ", ")) is required"))
        }
        for (key, others) in together.sorted(by: { $0.key < $1.key }) {
            guard let value = object[name: key] else { continue }
            for other in others where object[name: other] == nil && !meant.contains(other) {
                diagnostics.append(Diagnostic(.missing, at: value, "'\(key)' requires '\(other)'", help: "Add '\(other)' to the same object"))
            }
        }
    }

    private func missing(_ key: String, in object: JSONValue) -> Diagnostic {
        Diagnostic(
            .missing, at: object, "Required key '\(key)' is missing",
            pointer: object.pointer + "/" + escapedForPointer(key))
    }
}

extension StringForm {
    func check(_ text: String, at value: JSONValue, _ diagnostics: inout [Diagnostic]) {
        guard !accepts(text) else { return }
        let count = text.unicodeScalars.count
        if !length.contains(count) {
            let limit =
                length.lowerBound == length.upperBound
                ? "exactly \(length.lowerBound) required"
                : count < length.lowerBound ? "at least \(length.lowerBound) required" : "at most \(length.upperBound) allowed"
            diagnostics.append(
                Diagnostic(.outOfRange, at: value, "The string has \(count) character\(count == 1 ? "" : "s"); \(limit)", help: "Set it to \(about)"))
        } else {
            diagnostics.append(Diagnostic(.badFormat, at: value, "'\(text.prefix(80))' must be \(about)"))
        }
    }
}

extension JSONValue.Kind {
    var words: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .boolean: "a boolean"
        case .null: "null"
        case .invalid: "something that is not JSON"
        }
    }
}
