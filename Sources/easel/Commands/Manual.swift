import ArgumentParser
import Basics
import ReportModel
import Reports

struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes easel's manual pages, for packages.",
        discussion: """
              easel manual man --date 2026-11-26
            """,
        shouldDisplay: false)

    @Argument(help: ArgumentHelp("Folder for the pages; it is created if needed.", valueName: "dir"), completion: .directory)
    var directory: String

    @Option(help: ArgumentHelp("Date of the release, for the pages' foot.", valueName: "day"))
    var date: String

    @OptionGroup(title: "Output") var result: ResultOptions

    func validate() throws {
        guard date.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil else { throw ValidationError("--date takes a day such as 2026-11-26") }
    }

    func run() throws {
        guard let (program, commands) = CommandTree.read() else { throw Failure("cannot write the manual pages: the argument parser's description of the commands cannot be read") }
        let pages = ManualPage.all(program: program, commands: commands, topics: Topics.all, version: easelVersion, date: date)
        try makeFolder(directory)
        for page in pages { try writeFile("\(directory)/\(page.file)", Array(page.text.utf8)) }
        Console.show(ManualView(directory: directory, pages: pages.map(\.file)), as: result.format)
    }
}
