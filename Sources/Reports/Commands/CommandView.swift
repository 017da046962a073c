import JSONSource
import Profiles
import ReportModel

/// The result of a command, in the forms in which it is printed. The commands of the pipeline have reports instead.
public protocol CommandView {
    /// For people. Nothing in it can do anything to a terminal, and it ends in a newline.
    func text(_ options: ReportOptions) -> String
    /// For programs.
    var json: JSON { get }
}

extension CommandView {
    /// An object with `formatVersion`, which grows when a member changes its meaning or goes.
    func result(_ members: [String: JSON]) -> JSON {
        .object(members.merging(["formatVersion": .string(JSONReport.formatVersion)]) { own, _ in own })
    }
}

extension JSON {
    static func strings(_ texts: [String]) -> JSON { .array(texts.map(JSON.string)) }
}

extension Diagnostic {
    /// Through the report's own writer, so that there is one form of diagnostics.
    var reported: JSON {
        var writer = JSONWriter(style: .compact)
        writer.diagnostic(self)
        return JSONDocument(file: "", bytes: writer.finish()).root?.plain ?? .null
    }
}
