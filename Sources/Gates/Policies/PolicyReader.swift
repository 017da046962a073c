import Impact
import JSONSource
import Profiles
import Time

/// Reads one policy file and reports every problem in it.
struct PolicyReader {
    let source: PolicySource
    let zones: ZoneStore
    private(set) var diagnostics: [Diagnostic] = []

    init(source: PolicySource, zones: ZoneStore) {
        self.source = source
        self.zones = zones
    }

    /// What could be read; only to be used when there are no errors.
    mutating func read(_ document: JSONDocument) -> Policy? {
        defer {
            if case .tenant(let id, _) = source { for index in diagnostics.indices { diagnostics[index].tenant = id } }
        }
        diagnostics += Diagnostic.problems(of: document)
        guard document.isComplete, let root = document.root else {
            // Gates fail closed, even if the parser were to accept an empty file.
            if diagnostics.isEmpty { diagnostics.append(Diagnostic(.badPolicy, file: document.file, "This file is empty")) }
            return nil
        }
        Policy.shape.check(root, into: &diagnostics)
        guard root.kind == .object else { return nil }
        if let defaults = root["defaults"], !mayHaveDefaults {
            diagnostics.append(
                Diagnostic(
                    .badPolicy, at: defaults, "'defaults' is allowed only in the repository's policy.json",
                    help: "Remove it; other policies can only add gates"))
        }
        if let rings = root["rings"], case .tenant = source {
            diagnostics.append(
                Diagnostic(
                    .badPolicy, at: rings, "'rings' is not allowed in a tenant's policy.json",
                    help: "Remove it, or move it to the repository's policy.json: rings order tenants among each other"))
        }
        return Policy(
            source: source, gates: gates(root["gates"]), limits: limits(root["limits"]), rings: rings(root["rings"]), requireSignedCommits: signatures(root["requireSignedCommits"]),
            defaultsOff: mayHaveDefaults && root["defaults"]?.string == "off")
    }

    private var mayHaveDefaults: Bool { if case .repository = source { true } else { false } }

    private func signatures(_ value: JSONValue?) -> SignatureRequirement {
        if let word = value?.string { return SignatureRequirement(rawValue: word) ?? .none }
        return value?.bool == true ? .tip : .none
    }

    private func limits(_ value: JSONValue?) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: Limits.all.compactMap { limit in value?[limit.key]?.integer.map { (limit.key.description, $0) } })
    }

    private mutating func gates(_ list: JSONValue?) -> [Gate] {
        guard let list else { return [] }
        var gates: [Gate] = []
        var names: Set<String> = []
        for item in list.elements {
            // Read even when there is no name, to report the problems in the rest.
            let when = condition(item["when"])
            let window = item["window"].flatMap { self.window($0) }
            guard let place = item["name"], let name = place.string else { continue }
            if !names.insert(name).inserted {
                diagnostics.append(
                    Diagnostic(.badPolicy, at: place, "Duplicate gate name '\(name.prefix(80))'", help: "Give every gate in this file its own name"))
            }
            if name.hasPrefix(Limits.namePrefix) || name.hasPrefix(Ring.namePrefix) || name == AdoptFirstGate.name || DefaultGates.all.contains(where: { $0.name == name }) {
                diagnostics.append(
                    Diagnostic(
                        .badPolicy, at: place, "'\(name.prefix(80))' is the name of a built-in gate", help: "Give the gate another name"))
            }
            gates.append(Gate(name: name, when: when, require: item["require"]?.string.flatMap(Gate.Requirement.init(rawValue:)), window: window))
        }
        return gates
    }

    private mutating func rings(_ list: JSONValue?) -> [Ring] {
        guard let list else { return [] }
        var rings: [Ring] = []
        for item in list.elements {
            let tenants = item["tenants"].map { globs($0) } ?? []
            guard let place = item["name"], let name = place.string, let hours = item["soakHours"]?.integer else { continue }
            if rings.contains(where: { $0.name == name }) {
                diagnostics.append(Diagnostic(.badPolicy, at: place, "Duplicate ring name '\(name.prefix(80))'", help: "Give every ring in this file its own name"))
            }
            rings.append(Ring(name: name, tenants: tenants, soakHours: hours))
        }
        return rings
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
                        .badFormat, at: item, "'\(text.prefix(80))' cannot match any tenant id",
                        help: "Use lower-case letters, digits and hyphens; * matches any characters, ? matches one"))
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
        // The shape has already reported a text of another length.
        guard let text = value.string, text.unicodeScalars.count == 5 else { return nil }
        let minutes = Window.minutes(text)
        if minutes == nil {
            diagnostics.append(
                Diagnostic(.badFormat, at: value, "'\(text)' is not a time from 00:00 to 23:59", help: "Write it like \"22:00\"; the end of a day is \"00:00\""))
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
