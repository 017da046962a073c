import ArgumentParser
import Basics
import Reports

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explains an impact rule, a setting or a diagnostic code.",
        discussion: """
              easel explain EAS001
              easel explain account.oauth
            """)

    @Argument(help: ArgumentHelp("For example EAS001, account.oauth or CFG001. Without a name, everything is listed.", valueName: "name"))
    var name: String?

    @OptionGroup var result: ResultOptions

    func run() throws {
        guard let name else { return Console.show(ExplanationIndex(), as: result.format) }
        guard let found = Explanation(name) else {
            let near = didYouMean(Explanation.near(name))
            throw UsageError("'\(name)' is not a rule, a setting or a diagnostic code\(near.isEmpty ? "." : near) Run \"easel explain\" to list them all")
        }
        Console.show(found, as: result.format)
    }
}
