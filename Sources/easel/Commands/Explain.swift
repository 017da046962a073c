import ArgumentParser
import Basics
import Glibc
import JSONSource
import Reconciler
import Reports

struct Explain: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    static let configuration = CommandConfiguration(
        abstract: "Tells about an impact rule, a setting or a diagnostic code.",
        discussion: """
              easel explain EAS001
              easel explain account.oauth
            """)

    @Argument(help: ArgumentHelp("EAS001, account.oauth, CFG001 …; without it, the list of all.", valueName: "name"))
    var name: String?

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let options = ReportOptions(color: Console.useColor(STDOUT_FILENO), width: Console.width)
        guard let name else { return print(text: Explanation.overview(options), json: Explanation.all) }
        guard let found = Explanation(name) else {
            let near = Explanation.near(name)
            throw UsageError(
                "'\(name)' is no rule, setting or diagnostic code" + (near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")
                    + ". \"easel explain\" lists them all.")
        }
        print(text: found.text(options), json: found.json)
    }

    private func print(text: String, json: JSON) {
        switch format {
        case .text: Console.write(text)
        case .json: Console.write(pretty(json))
        }
    }
}
