import ReportModel

/// Annotations on files and lines in a GitHub pull request: workflow commands in the log of a step
/// (docs.github.com, "Workflow commands for GitHub Actions", setting an error, warning or notice message).
final class GitHubReport: FindingSink {
    /// GitHub shows as many of each level for a step, and drops the rest.
    private static let shown = 10

    override func write(_ findings: [Finding], _ tail: ReportTail) throws {
        for level in [Finding.Level.error, .warning, .notice] {
            let some = findings.filter { $0.level == level }
            let written = some.count > Self.shown ? Self.shown - 1 : some.count
            for finding in some.prefix(written) { try put(command(finding)) }
            if some.count > written {
                try put("::\(level.word) title=More::\(Self.data("\(Words.count(some.count - written, "more \(level.word)")) in the report"))\n")
            }
        }
        try put("\(Words.plain(gathered.verdict(tail).text))\n")
    }

    private func command(_ finding: Finding) -> String {
        var properties: [String] = []
        if let place = finding.place {
            properties += ["file=\(Self.property(Words.plain(place.file)))", "line=\(place.line)", "col=\(place.column)"]
        }
        properties.append("title=\(Self.property(finding.title))")
        return "::\(finding.level.word) \(properties.joined(separator: ","))::\(Self.data(finding.message))\n"
    }

    /// As `@actions/core` escapes a message.
    private static func data(_ text: String) -> String { text.escaped(["%": "%25", "\r": "%0D", "\n": "%0A"]) }

    /// As `@actions/core` escapes a property.
    private static func property(_ text: String) -> String {
        text.escaped(["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }
}

extension String {
    /// With scalars replaced; scalars, since to Swift a carriage return and a line feed together are one character.
    func escaped(_ escapes: [Unicode.Scalar: String]) -> String {
        var result = UnicodeScalarView()
        for scalar in unicodeScalars {
            if let escape = escapes[scalar] { result.append(contentsOf: escape.unicodeScalars) } else { result.append(scalar) }
        }
        return String(result)
    }
}

extension Finding.Level {
    fileprivate var word: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .notice: "notice"
        }
    }
}
