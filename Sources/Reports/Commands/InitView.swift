import JSONSource

/// What `easel init` did: `{"formatVersion", "directory", "kept": [path], "written": [path]}`, paths in the directory.
public struct InitView: CommandView {
    public let directory: String
    public let written: [String]
    /// Files that were there before. Nothing changed them.
    public let kept: [String]

    /// The folder of Git's hooks, from the directory.
    private let hooksFolder: String

    public init(directory: String, written: [String], kept: [String], hooksFolder: String) {
        self.directory = directory
        self.written = written
        self.kept = kept
        self.hooksFolder = hooksFolder
    }

    public func text(_ options: ReportOptions) -> String {
        let files = kept.map { "  kept     \(Words.plain($0))\n" } + written.map { "  written  \(Words.plain($0))\n" }
        guard !written.isEmpty else { return files.joined() + "\nNothing to write: every file exists already.\n" }
        return files.joined() + """

            Next: enter the ids and groups of your tenants in tenants/, then run

              cd \(Words.plain(directory))
              git config core.hooksPath \(hooksFolder)    # checks what is staged before each commit
              easel validate
              git add --all && git commit --message "Email profiles"
              easel plan

            """
    }

    public var json: JSON { result(["directory": .string(directory), "kept": .strings(kept), "written": .strings(written)]) }
}
