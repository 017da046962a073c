import Impact
import JSONSource
import Profiles
import Time

/// Reads one policy file, and tells all that is wrong with it.
struct PolicyReader {
    let source: PolicySource
    let zones: ZoneStore
    private(set) var diagnostics: [Diagnostic] = []

    init(source: PolicySource, zones: ZoneStore) {
        self.source = source
        self.zones = zones
    }

    /// What could be read; to be used only if there are no errors.
    mutating func read(_ document: JSONDocument) -> Policy? {
        defer {
            if case .tenant(let id, _) = source { for index in diagnostics.indices { diagnostics[index].tenant = id } }
        }
        diagnostics += Diagnostic.problems(of: document)
        guard document.isComplete, let root = document.root else {
            // Fail closed, even should a file be empty without the parser minding.
            if diagnostics.isEmpty { diagnostics.append(Diagnostic(.badPolicy, file: document.file, "there is nothing in this file")) }
            return nil
        }
        Policy.shape.check(root, into: &diagnostics)
        guard root.kind == .object else { return nil }
        if let defaults = root["defaults"], !mayHaveDefaults {
            diagnostics.append(
                Diagnostic(
                    .badPolicy, at: defaults, "'defaults' may stand only in the policy of the repository",
                    help: "a policy for one tenant, or from outside, only ever adds gates"))
        }
        return Policy(
            source: source, gates: gates(root["gates"]), limits: limits(root["limits"]), requireSignedCommits: root["requireSignedCommits"]?.bool ?? false,
            defaultsOff: mayHaveDefaults && root["defaults"]?.string == "off")
    }

    private var mayHaveDefaults: Bool { if case .repository = source { true } else { false } }

    private func limits(_ value: JSONValue?) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: Limits.all.compactMap { limit in value?[limit.key]?.integer.map { (limit.key.description, $0) } })
    }

    private mutating func gates(_ list: JSONValue?) -> [Gate] {
        guard let list else { return [] }
        var gates: [Gate] = []
        var names: Set<String> = []
        for item in list.elements {
            // Read even where there is no name, to tell what is wrong with the rest.
            let when = condition(item["when"])
            let window = item["window"].flatMap { self.window($0) }
            guard let place = item["name"], let name = place.string else { continue }
            if !names.insert(name).inserted {
                diagnostics.append(
                    Diagnostic(.badPolicy, at: place, "this file has a gate '\(name.prefix(80))' already", help: "reports tell gates apart by name"))
            }
            if name.hasPrefix(Limits.namePrefix) || DefaultGates.all.contains(where: { $0.name == name }) {
                diagnostics.append(
                    Diagnostic(
                        .badPolicy, at: place, "'\(name.prefix(80))' is the name of a gate that easel has by itself", help: "give the gate another name"))
            }
            gates.append(Gate(name: name, when: when, require: item["require"]?.string.flatMap(Gate.Requirement.init(rawValue:)), window: window))
        }
        return gates
    }

    private mutating func condition(_ value: JSONValue?) -> Condition {
        guard let value else { return Condition() }
        func set<Element: Hashable>(_ list: JSONValue?, _ read: (String) -> Element?) -> Set<Element>? {
            list.map { Set($0.elements.compactMap { $0.string.flatMap(read) }) }
        }
        return Condition(
            consequences: set(value["consequences"], Consequence.init(rawValue:)), actions: set(value["actions"], Action.init(rawValue:)),
            rules: set(value["rules"]) { $0 }, tenants: value["tenants"].map { globs($0) }, peopleOver: value["peopleOver"]?.integer)
    }

    private mutating func globs(_ list: JSONValue) -> [Glob] {
        var globs: [Glob] = []
        for item in list.elements {
            guard let text = item.string, !text.isEmpty else { continue }
            if let glob = Glob(text) {
                globs.append(glob)
            } else {
                diagnostics.append(
                    Diagnostic(
                        .badFormat, at: item, "'\(text.prefix(80))' can match no tenant",
                        help: "ids are lower-case letters, digits and hyphens; * stands for any characters, ? for one"))
            }
        }
        return globs
    }

    private mutating func window(_ value: JSONValue) -> Window? {
        guard value.kind == .object else { return nil }
        let days = value["days"].map { Set($0.elements.compactMap { $0.string.flatMap(Weekday.init(rawValue:)) }) }
        let from = value["from"].flatMap { clock($0) } ?? 0
        let to = value["to"].flatMap { clock($0) } ?? 0
        return zone(value["timeZone"]).map { Window(days: days ?? Set(Weekday.allCases), from: from, to: to, zone: $0) }
    }

    private mutating func clock(_ value: JSONValue) -> Int? {
        // Of a text with another length the shape has told.
        guard let text = value.string, text.unicodeScalars.count == 5 else { return nil }
        let minutes = Window.minutes(text)
        if minutes == nil {
            diagnostics.append(
                Diagnostic(.badFormat, at: value, "'\(text)' must be a time from 00:00 to 23:59, as \"22:00\"", help: "the end of a day is 00:00"))
        }
        return minutes
    }

    private mutating func zone(_ value: JSONValue?) -> TimeZoneData? {
        guard let value else { return .utc }
        guard let name = value.string, !name.isEmpty else { return nil }
        do {
            return try zones.zone(name)
        } catch {
            diagnostics.append(Diagnostic(.badPolicy, at: value, error.message, help: error.help))
            return nil
        }
    }
}
