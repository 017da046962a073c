import JSONSource
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
