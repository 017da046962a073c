import Impact
import JSONSource
import Profiles

/// Everything that `easel explain` explains: for people a list of names and titles, for programs all of it.
public struct ExplanationIndex: CommandView, Sendable {
    public init() {}

    public func text(_ options: ReportOptions = ReportOptions()) -> String {
        let style = TextStyle(color: options.color, width: options.width)
        let settings = Explanation.settings
        var lines = [style.bold("Rules")]
        for rule in Rules.all { lines += style.wrap(rule.title, first: "  \(rule.id)  ") }
        lines += ["", style.bold("Settings")]
        let width = settings.map(\.path.count).max() ?? 0
        for setting in settings { lines += style.wrap(setting.title, first: "  \(setting.path.padded(to: width))  ") }
        lines += ["", style.bold("Diagnostics")]
        for code in Explanation.codes { lines += style.wrap(code.title, first: "  \(code.code.padded(to: 7))  ") }
        for group in Self.groups {
            lines += ["", style.bold(group.title)]
            let width = min(group.entries.map(\.name.count).max() ?? 0, 34)
            for entry in group.entries {
                if entry.name.count > width { lines.append("  \(entry.name)") }
                lines += style.wrap(entry.about, first: "  \((entry.name.count > width ? "" : entry.name).padded(to: width))  ")
            }
        }
        lines += ["", "The values of these keys are explained, too, and the keys of the JSON report: easel explain heldBy"]
        return lines.joined(separator: "\n") + "\n"
    }

    public var json: JSON {
        let codes = Explanation.codes.map { Explanation.diagnostic(code: $0.code, title: $0.title, remedy: $0.remedy).json }
        return [
            "diagnostics": .array(codes), "rules": .array(Rules.all.map { Explanation.rule($0).json }),
            "settings": .array(Explanation.settings.map { Explanation.setting($0).json }),
            "words": .array(words.compactMap { Glossary.term($0)?.json }),
        ]
    }

    /// Every other word, once.
    private var words: [String] {
        var seen: Set<String> = []
        return Glossary.entries.map(\.word).filter { seen.insert($0.lowercased()).inserted }
    }

    /// The other words that are listed, by what they are: not the values of keys, and not the keys of the report, of which there are too many.
    private static var groups: [(title: String, entries: [(name: String, about: String)])] {
        var titles: [String] = []
        var groups: [String: [(name: String, about: String)]] = [:]
        for entry in Glossary.entries {
            let kind = entry.meaning.kind
            let isKey = kind.hasPrefix("key of ")
            guard kind != ReportWords.kind, !kind.hasPrefix("value in ") else { continue }
            if groups[kind] == nil { titles.append(kind) }
            groups[kind, default: []].append((isKey ? entry.meaning.path ?? entry.word : entry.word, entry.meaning.about))
        }
        return titles.map { ($0.hasPrefix("key of ") ? "Keys of " + $0.dropFirst("key of ".count) : $0.capitalizedFirst, groups[$0] ?? []) }
    }
}
