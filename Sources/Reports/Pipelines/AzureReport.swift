import ReportModel

/// Issues on files and lines in Azure DevOps: logging commands in the log of a step (learn.microsoft.com, "Logging
/// commands", task.logissue). What is neither error nor warning is an ordinary line, since Azure knows no third kind.
final class AzureReport: FindingSink {
    override func write(_ findings: [Finding], _ tail: ReportTail) throws {
        for finding in findings { try put(line(finding)) }
        try put("\(Words.plain(gathered.verdict(tail).text))\n")
    }

    private func line(_ finding: Finding) -> String {
        guard finding.level != .notice else {
            let place = finding.place.map { "\(Words.plain($0.file)):\($0.line): " } ?? ""
            return "\(place)\(Words.plain(finding.title)): \(Words.plain(finding.message))\n"
        }
        var properties = ["type=\(finding.level == .error ? "error" : "warning")"]
        if let place = finding.place {
            properties += ["sourcepath=\(Self.property(Words.plain(place.file)))", "linenumber=\(place.line)", "columnnumber=\(place.column)"]
        }
        properties.append("code=\(Self.property(finding.code))")
        return "##vso[task.logissue \(properties.joined(separator: ";"));]\(Self.data("\(finding.title): \(finding.message)"))\n"
    }

    /// The agent takes these escapes back (azure-pipelines-agent, CommandStringConvertor).
    private static func data(_ text: String) -> String { text.escaped(["%": "%AZP25", "\r": "%0D", "\n": "%0A"]) }

    private static func property(_ text: String) -> String {
        text.escaped(["%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"])
    }
}
