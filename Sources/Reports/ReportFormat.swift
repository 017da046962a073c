import ReportModel

/// The formats of a report.
public enum ReportFormat: String, CaseIterable, Sendable {
    case text, json, markdown, html, github, azure, gitlab, sarif, junit

    /// Endings of file names, and the format that each selects; the first that fits counts.
    public static let endings: [(ending: String, format: ReportFormat)] = [
        (".codequality.json", .gitlab), (".junit.xml", .junit), (".json", .json), (".md", .markdown), (".html", .html), (".sarif", .sarif),
    ]

    /// The format that a file's ending selects; nil for other endings.
    public static func of(fileName: String) -> ReportFormat? {
        let name = fileName.lowercased()
        return endings.first { name.hasSuffix($0.ending) }?.format
    }

    /// - Parameter out: takes the report in pieces.
    public func sink(options: ReportOptions = ReportOptions(), to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink {
        switch self {
        case .text: TextReport(options: options, to: out)
        case .json: JSONReport(to: out)
        case .markdown: MarkdownReport(to: out)
        case .html: HTMLReport(to: out)
        case .github: GitHubReport(to: out)
        case .azure: AzureReport(to: out)
        case .gitlab: GitLabReport(to: out)
        case .sarif: SARIFReport(to: out)
        case .junit: JUnitReport(to: out)
        }
    }
}

extension ReportFormat {
    /// The report as a file of its own, `report.md` or `report.html`, for the state branch and for `--out`.
    public var document: ReportDocument {
        let ending = Self.endings.first { $0.format == self }?.ending ?? ".txt"
        return ReportDocument(name: "report\(ending)") { sink(to: $0) }
    }
}

/// How the text for a terminal or a log looks.
public struct ReportOptions: Sendable {
    /// With ANSI colours.
    public var color: Bool
    /// Columns at which prose is wrapped.
    public var width: Int
    /// Groups of changes shown in detail; the milder ones after them are counted.
    public var detail: Int

    public init(color: Bool = false, width: Int = 100, detail: Int = 40) {
        self.color = color
        self.width = width
        self.detail = detail
    }
}
