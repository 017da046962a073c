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
        return lines.joined(separator: "\n") + "\n"
    }

    public var json: JSON {
        let codes = Explanation.codes.map { Explanation.diagnostic(code: $0.code, title: $0.title, remedy: $0.remedy).json }
        return [
            "diagnostics": .array(codes), "rules": .array(Rules.all.map { Explanation.rule($0).json }),
            "settings": .array(Explanation.settings.map { Explanation.setting($0).json }),
        ]
    }
}
