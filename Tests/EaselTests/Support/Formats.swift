import Foundation
import JSONSource

/// What released versions of easel have written: `Tests/Formats/record.sh` makes it, and `.github/docs/formats.md` promises to read it.
enum Formats {
    static let folder = Workshop.package + "/Tests/Formats"

    /// The versions whose files are kept.
    static let versions: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.first?.isNumber == true }.sorted()

    /// The forms that have a schema, and whether easel reads them; else it writes them.
    static let schemas = [
        "manifest": true, "tenant": true, "policy": true, "approval": true, "acceptedDrift": true, "results": true, "report": false, "operations": false,
    ]

    /// What a schema breaks of the promise that an earlier one of the same major version made; empty where it keeps it.
    ///
    /// - Parameters:
    ///   - isInput: easel reads the form: what was valid must stay valid. Else programs read it: what was there must stay there.
    ///   - place: where the two are, as a JSON pointer.
    static func broken(_ before: JSON, _ after: JSON, isInput: Bool, at place: String = "") -> [String] {
        switch (before, after) {
        case (.object(let before), .object(let after)):
            // A schema of nothing allows everything.
            if isInput, after.isEmpty { return [] }
            var problems = before.keys.sorted().flatMap { key -> [String] in
                let here = "\(place)/\(key)"
                guard let old = before[key] else { return [] }
                guard let new = after[key] else { return isInput && limits.keys.contains(key) || words.contains(key) ? [] : ["\(here) is gone"] }
                switch key {
                case "properties", "$defs", "patternProperties": return members(old, new, isInput: isInput, at: here)
                case "required": return required(old, new, isInput: isInput, at: here)
                case "enum": return strings(old).subtracting(strings(new)).sorted().map { "\(here) no longer has \($0)" }
                case _ where words.contains(key): return []
                case _ where limits.keys.contains(key): return isInput ? limit(key, old, new, at: here) : []
                default: return broken(old, new, isInput: isInput, at: here)
                }
            }
            if isInput {
                for key in after.keys.sorted() where before[key] == nil {
                    if limits.keys.contains(key) || ["required", "enum", "const", "pattern", "additionalProperties"].contains(key) { problems.append("\(place)/\(key) is new") }
                }
            }
            return problems
        case (.array(let before), .array(let after)):
            guard before.count <= after.count else { return ["\(place) has fewer alternatives"] }
            return zip(before, after).enumerated().flatMap { broken($1.0, $1.1, isInput: isInput, at: "\(place)/\($0)") }
        default: return before == after ? [] : ["\(place) was \(before.compact) and is \(after.compact)"]
        }
    }

    /// What only explains.
    private static let words: Set = ["title", "description", "examples", "default", "enumDescriptions", "markdownDescription", "markdownEnumDescriptions", "$comment", "deprecated"]
    /// What bounds a value, and whether a smaller number allows more.
    private static let limits = ["minimum": true, "minLength": true, "minItems": true, "minProperties": true, "maximum": false, "maxLength": false, "maxItems": false, "maxProperties": false]

    private static func members(_ before: JSON, _ after: JSON, isInput: Bool, at place: String) -> [String] {
        guard case .object(let old) = before, case .object(let new) = after else { return ["\(place) is not an object"] }
        return old.keys.sorted().flatMap { key -> [String] in
            guard let was = old[key], let has = new[key] else { return ["\(place)/\(key) is gone"] }
            return broken(was, has, isInput: isInput, at: "\(place)/\(key)")
        }
    }

    private static func required(_ before: JSON, _ after: JSON, isInput: Bool, at place: String) -> [String] {
        let (old, new) = (strings(before), strings(after))
        return isInput ? new.subtracting(old).sorted().map { "\(place) now asks for \($0)" } : old.subtracting(new).sorted().map { "\(place) no longer has \($0)" }
    }

    private static func limit(_ key: String, _ before: JSON, _ after: JSON, at place: String) -> [String] {
        guard case .integer(let old) = before, case .integer(let new) = after else { return before == after ? [] : ["\(place) is no number"] }
        return (limits[key] == true ? new <= old : new >= old) ? [] : ["\(place) was \(old) and is \(new)"]
    }

    private static func strings(_ list: JSON) -> Set<String> {
        guard case .array(let items) = list else { return [] }
        return Set(items.map(\.compact))
    }
}
