import Basics
import JSONSource

/// A word that files and reports use, with everything that it means.
public struct Term: Sendable {
    public let word: String
    /// Not empty.
    public let meanings: [Meaning]

    /// One meaning of a word.
    public struct Meaning: Sendable {
        /// What the word is, such as `consequence` or `key of policy.json`.
        public let kind: String
        /// Where it may be, such as `gates[].when.peopleOver`; nil where it is bound to no place.
        public var path: String?
        /// Sentences.
        public let about: String
        /// The values that it can have, each with its meaning.
        public var values: [(word: String, meaning: String)] = []
        /// What else there is to know, each under a name.
        public var facts: [(name: String, text: String)] = []
        public var isRequired = false
        public var fallback: JSON?
        /// A file with the word in it.
        public var example: JSON?
    }
}

extension Term {
    func lines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        for meaning in meanings {
            if !lines.isEmpty { lines.append("") }
            lines += [style.bold("\(word)  \(meaning.kind)"), ""] + style.wrap(meaning.about, first: "  ")
            let details = meaning.details
            if !details.isEmpty { lines.append("") }
            for detail in details { lines += style.wrap(detail.text, first: "  \(detail.name.padded(to: 9))") }
            guard let example = meaning.example else { continue }
            lines += ["", style.bold("Example")] + pretty(example).split(separator: "\n").map { "  \($0)" }
        }
        return lines
    }

    var json: JSON { ["meanings": .array(meanings.map(\.json)), "word": .string(word)] }
}

extension Term.Meaning {
    fileprivate var details: [(name: String, text: String)] {
        var details: [(name: String, text: String)] = []
        if let path { details.append(("where", path)) }
        for (position, value) in values.enumerated() { details.append((position == 0 ? "values" : "", "\(value.word): \(value.meaning)")) }
        if isRequired { details.append(("required", "yes")) }
        if let fallback { details.append(("default", fallback.compact)) }
        return details + facts
    }

    var json: JSON {
        var members: [String: JSON] = ["about": .string(about), "kind": .string(kind)]
        members["path"] = path.map(JSON.string)
        members["default"] = fallback
        members["example"] = example
        if isRequired { members["isRequired"] = true }
        if !values.isEmpty { members["values"] = .strings(values.map(\.word)) }
        for fact in facts { members[fact.name] = .string(fact.text) }
        return .object(members)
    }
}
