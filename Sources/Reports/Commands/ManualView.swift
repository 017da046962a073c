import JSONSource

/// What `easel manual` wrote: `{"formatVersion", "directory", "pages": [file]}`.
public struct ManualView: CommandView {
    public let directory: String
    public let pages: [String]

    public init(directory: String, pages: [String]) {
        self.directory = directory
        self.pages = pages
    }

    public func text(_ options: ReportOptions) -> String { "Wrote \(pages.count) manual pages to \(Words.plain(directory)).\n" }

    public var json: JSON { result(["directory": .string(directory), "pages": .strings(pages)]) }
}
