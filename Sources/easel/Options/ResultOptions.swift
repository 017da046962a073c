import ArgumentParser
import Basics
import Glibc
import JSONSource
import Reports

/// How the result of a command that writes no report is printed.
struct ResultOptions: ParsableArguments {
    @Option(help: "How the result is printed: text or json.")
    var format = ResultFormat.text
}

enum ResultFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

extension Console {
    /// Prints a command's result on stdout. Commands print nothing else there.
    static func show(_ view: some CommandView, as format: ResultFormat) {
        switch format {
        case .text:
            let color = useColor(STDOUT_FILENO)
            write(harmlessLines(view.text(ReportOptions(color: color, width: width)), keepsColor: color))
        case .json: write(pretty(view.json))
        }
    }
}
