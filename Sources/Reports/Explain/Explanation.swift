import Basics
import Impact
import JSONSource
import Profiles

/// One thing that `easel explain` explains: a rule, a setting of the catalogue, a diagnostic code, or any other word of files and reports.
public enum Explanation: CommandView, Sendable {
    case rule(Rule)
    case setting(Setting)
    case diagnostic(code: String, title: String, remedy: String)
    case term(Term)

    /// - Parameter name: `EAS001`, `account.oauth` (also `/account/oauth`), `CFG001`, or a word such as `credentialReentry`, `peopleOver` or
    ///   `when.peopleOver`; letter case does not matter.
    public init?(_ name: String) {
        let wanted = name.lowercased()
        if let rule = Rules.all.first(where: { $0.id.lowercased() == wanted }) {
            self = .rule(rule)
        } else if let setting = Self.settings.first(where: { $0.path.lowercased() == wanted || $0.pointer.lowercased() == wanted }) {
            self = .setting(setting)
        } else if let code = Self.codes.first(where: { $0.code.lowercased() == wanted }) {
            self = .diagnostic(code: code.code, title: code.title, remedy: code.remedy)
        } else if let term = Glossary.term(name) {
            self = .term(term)
        } else {
            return nil
        }
    }

    /// Everything that can be explained, once: rules, settings, diagnostic codes, then the other words.
    public static var names: [String] {
        var seen: Set<String> = []
        return (Rules.all.map(\.id) + settings.map(\.path) + codes.map(\.code) + Glossary.entries.map(\.word)).filter { seen.insert($0).inserted }
    }

    /// Names that the user may have meant: settings whose paths end in this name, or else those that are written like it.
    public static func near(_ name: String) -> [String] {
        let ending = settingsByLastComponent[name.lowercased()] ?? []
        if !ending.isEmpty { return Array(ending.prefix(4)) }
        let names = Set(Self.names)
        var near = nearNames(to: name, among: names.union(settingsByLastComponent.keys))
        near = near.flatMap { names.contains($0) ? [$0] : settingsByLastComponent[$0] ?? [] }
        return Array(near.prefix(3))
    }

    /// The paths of settings by their last component, in lower case.
    private static let settingsByLastComponent = Dictionary(grouping: settings.map(\.path)) { $0.lowercased().split(separator: ".").last.map(String.init) ?? "" }
    static var settings: [Setting] { Catalogue.manifestIndices.map { Catalogue.settings[$0] } }
    static var codes: [(code: String, title: String, remedy: String)] {
        DiagnosticCode.allCases.map { ($0.rawValue, $0.title, $0.remedy) } + JSONProblemCode.allCases.map { ($0.rawValue, $0.title, $0.remedy) }
    }
}

extension Explanation {
    /// For people, wrapped at `options.width`.
    public func text(_ options: ReportOptions = ReportOptions()) -> String {
        let style = TextStyle(color: options.color, width: options.width)
        let lines =
            switch self {
            case .rule(let rule): Self.lines(rule, style)
            case .setting(let setting): Self.lines(setting, style)
            case .diagnostic(let code, let title, let remedy): [style.bold("\(code)  \(title)"), ""] + style.wrap(remedy, first: "  ")
            case .term(let term): term.lines(style) + Self.related(term, style)
            }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The settings whose paths end in a word that has other meanings.
    private static func related(_ term: Term, _ style: TextStyle) -> [String] {
        let paths = settingsByLastComponent[term.word.lowercased()] ?? []
        return paths.isEmpty ? [] : ["", style.bold("Settings of this name")] + paths.map { "  \($0)" }
    }

    private static func lines(_ rule: Rule, _ style: TextStyle) -> [String] {
        var lines = [style.bold("\(rule.id)  \(rule.title)"), ""]
        lines += style.wrap(rule.explanation, first: "  ") + ["", style.bold("What people notice, worst first")]
        for consequence in rule.consequences {
            lines += style.wrap(consequence == .advice ? "for information" : "they \(consequence.words)", first: "  \(consequence.rawValue): ")
        }
        lines += ["", style.bold("What to do")] + style.wrap(rule.remedy, first: "  ")
        // Named, so that nobody takes what is inferred for documented.
        lines += ["", style.bold("How we know")]
        for part in rule.basis.parts { lines += style.wrap(part.sentence, first: "  ") + (part.link.map { ["    \($0)"] } ?? []) }
        return lines
    }

    private static func lines(_ setting: Setting, _ style: TextStyle) -> [String] {
        var lines = [style.bold("\(setting.path)  \(setting.title)"), ""] + style.wrap(setting.about, first: "  ") + [""]
        func line(_ name: String, _ value: String) { lines += style.wrap(value, first: "  \(name.padded(to: 9))") }
        for (position, choice) in setting.type.choices.enumerated() { line(position == 0 ? "values" : "", "\(choice.word): \(choice.meaning)") }
        line("default", setting.fallback.map { $0.isNone ? "none" : $0.json.compact } ?? "none; a manifest must set it")
        if let condition = setting.condition { line("only with", "\(condition.path) \(condition.word)") }
        if let version = setting.minimumOS { line("since", "iOS and iPadOS \(version); older devices ignore it") }
        if !setting.graph.properties.isEmpty { line("Graph", setting.graph.properties.joined(separator: ", ")) }
        if !setting.apple.keys.isEmpty { line("Apple", setting.apple.keys.joined(separator: ", ")) }
        let rules = Rules.firing(on: setting)
        if !rules.isEmpty { lines += ["", style.bold("What a change can do")] }
        for rule in rules { lines += style.wrap(rule.title, first: "  \(rule.id)  ") }
        let others = Glossary.term(setting.path)?.meanings ?? []
        if !others.isEmpty { lines += ["", style.bold("The same word elsewhere")] }
        for other in others { lines += style.wrap("\(other.kind): \(other.about)", first: "  ") }
        return lines
    }

    public var json: JSON {
        switch self {
        case .rule(let rule):
            return .object(rule.json.merging(["id": .string(rule.id)]) { own, _ in own })
        case .setting(let setting):
            var members: [String: JSON] = [
                "about": .string(setting.about), "appleKeys": .array(setting.apple.keys.map(JSON.string)),
                "graphProperties": .array(setting.graph.properties.map(JSON.string)), "isRequired": .bool(setting.fallback == nil),
                "path": .string(setting.path), "pointer": .string(setting.pointer), "rules": .array(Rules.firing(on: setting).map { .string($0.id) }), "title": .string(setting.title),
            ]
            if let fallback = setting.fallback { members["default"] = fallback.json }
            if let version = setting.minimumOS { members["minimumOS"] = .string(version.description) }
            if !setting.type.choices.isEmpty { members["values"] = .array(setting.type.choices.map { .string($0.word) }) }
            if let condition = setting.condition { members["onlyWith"] = ["path": .string(condition.path), "value": .string(condition.word)] }
            return .object(members)
        case .diagnostic(let code, let title, let remedy):
            return ["code": .string(code), "remedy": .string(remedy), "title": .string(title)]
        case .term(let term): return term.json
        }
    }
}
