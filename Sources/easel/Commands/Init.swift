import ArgumentParser

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Creates a working config repository to start from.",
        discussion: """
            It has one example tenant, JSON Schemas, settings that make editors use the schemas, and a hook that checks what is staged before \
            each commit; "git config core.hooksPath .githooks" switches it on in a clone. Existing files are not changed, so you can also run it in an \
            existing config repository to add what is missing.

              easel init mail-config

            --format json prints {"formatVersion", "directory", "written": [path], "kept": [path]}.
            """)

    @Argument(help: ArgumentHelp("Folder of the repository; it may exist.", valueName: "dir"), completion: .directory)
    var directory: String

    @OptionGroup(title: "Output") var result: ResultOptions

    func run() throws { Console.show(try NewRepository(directory: directory).make(), as: result.format) }
}
