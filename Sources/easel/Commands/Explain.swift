import ArgumentParser
import Basics
import Reports

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explains an impact rule, a setting, a diagnostic code, or any other word of a report or file.",
        discussion: """
              easel explain EAS001
              easel explain account.oauth
              easel explain credentialReentry
              easel explain peopleOver
            """)

    @Argument(
        help: ArgumentHelp("For example EAS001, account.oauth, CFG001, credentialReentry, tenant-removal or gates.when.peopleOver. Without a name, everything is listed.", valueName: "name"),
        completion: .custom { _, _, _ in Explanation.names })
    var name: String?

    @OptionGroup(title: "Output") var result: ResultOptions

    func run() throws {
        guard let name else { return Console.show(ExplanationIndex(), as: result.format) }
        guard let found = Explanation(name) else {
            let near = didYouMean(Explanation.near(name))
            throw UsageError("easel knows no rule, setting, diagnostic code or other word '\(name)'\(near.isEmpty ? "." : near) Run \"easel explain\" to list them all")
        }
        Console.show(found, as: result.format)
    }
}
