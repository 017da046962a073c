import Profiles

/// Diagnostics as people read them in a terminal: errors first where there are too many.
public func plainText(_ diagnostics: [Diagnostic], color: Bool, width: Int) -> String {
    TextStyle(color: color, width: width).diagnostics(diagnostics).joined(separator: "\n")
}

extension TextStyle {
    func diagnostics(_ diagnostics: [Diagnostic]) -> [String] {
        let shownAtMost = 200
        guard !diagnostics.isEmpty else { return [] }
        // Errors first, when not all can be shown.
        let shown = diagnostics.count <= shownAtMost
            ? diagnostics[...]
            : (diagnostics.filter { $0.severity == .error } + diagnostics.filter { $0.severity == .warning }).prefix(shownAtMost)
        var lines: [String] = []
        for diagnostic in shown {
            let isError = diagnostic.severity == .error
            let word = isError ? red("error") : yellow("warning")
            let place = bold("\(Words.plain(diagnostic.file)):\(diagnostic.line):\(diagnostic.column):")
            // One line that problem matchers of editors and pipelines know; what helps people follows indented.
            lines.append("\(place) \(word): \(Words.plain(diagnostic.message)) [\(diagnostic.code)]")
            if !diagnostic.pointer.isEmpty { lines.append("    at \(Words.plain(diagnostic.pointer))") }
            if let usedBy = diagnostic.usedBy { lines.append("    used by \(Words.plain(usedBy))") }
            if let help = diagnostic.help { lines += wrap(Words.plain(help), first: "    help: ") }
        }
        let more = diagnostics.count - shown.count
        if more > 0 { lines.append("and \(Words.number(more)) more; the JSON report has them all.") }
        return lines + [""]
    }
}
