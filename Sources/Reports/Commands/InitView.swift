import Importing
import JSONSource
import Profiles
import ReportModel

/// What `easel init` did: `{"formatVersion", "directory", "kept": [path], "written": [path]}`, paths in the directory; and of tenants that
/// exist `"imported"`, as `easel import` shows it, and `"check": {"diagnostics": [..], "profiles": n, "tenants": n}`.
public struct InitView: CommandView {
    public let directory: String
    public let written: [String]
    /// Files that were there before. Nothing changed them.
    public let kept: [String]
    /// Nil where the repository has an example in place of tenants that exist.
    public var own: Own?

    public struct Own {
        let imported: Import.Result
        let check: Check
        /// What they were imported from, as `--live` names it.
        let live: String

        public init(imported: Import.Result, check: Check, live: String) {
            (self.imported, self.check, self.live) = (imported, check, live)
        }
    }

    /// What a validation of the new repository said.
    public struct Check {
        let summary: ReportSummary
        let diagnostics: [Diagnostic]

        public init(summary: ReportSummary, diagnostics: [Diagnostic]) { (self.summary, self.diagnostics) = (summary, diagnostics) }
    }

    /// The folder of Git's hooks, from the directory.
    private let hooksFolder: String

    public init(directory: String, written: [String], kept: [String], hooksFolder: String) {
        self.directory = directory
        self.written = written
        self.kept = kept
        self.hooksFolder = hooksFolder
    }

    /// Whether a tenant could not be imported, or the repository is not valid.
    public var hasErrors: Bool { own.map { ($0.imported.diagnostics + $0.check.diagnostics).contains { $0.severity == .error } } ?? false }

    public func text(_ options: ReportOptions) -> String {
        let files = kept.map { "  kept     \(Words.plain($0))\n" } + written.map { "  written  \(Words.plain($0))\n" }
        if let own { return files.joined() + text(own, options) }
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

    private func text(_ own: Own, _ options: ReportOptions) -> String {
        let imported = ImportView(own.imported)
        var text = imported.findings(options)
        let problems = own.check.diagnostics
        if !problems.isEmpty { text += "\n" + plainText(problems, color: options.color, width: options.width) }
        let errors = problems.count { $0.severity == .error }
        let size = "\(Words.count(own.check.summary.profiles, "profile")) in \(Words.count(own.check.summary.tenants, "tenant"))"
        text += "\n" + imported.outcome + (errors > 0 ? "Not valid: \(Words.count(errors, "error")); \(size) checked.\n" : "Valid: \(size).\n")
        let folder = Words.plain(directory)
        let correct = errors > 0 ? "correct what is named above, " : ""
        return text + """

            Next: \(correct)look at policy.json and CODEOWNERS, then run

              git -C \(folder) config core.hooksPath \(hooksFolder)    # checks what is staged before each commit
              git -C \(folder) add --all && git -C \(folder) commit --message "Email profiles as they are"
              easel adopt --repo \(folder) --live \(Words.plain(own.live))    # records what the tenants have; changes no tenant
              easel plan --repo \(folder)

            """
    }

    public var json: JSON {
        var members: [String: JSON] = ["directory": .string(directory), "kept": .strings(kept), "written": .strings(written)]
        if let own {
            members["imported"] = ImportView(own.imported).json
            members["check"] = [
                "diagnostics": .array(own.check.diagnostics.map(\.reported)), "profiles": .integer(own.check.summary.profiles), "tenants": .integer(own.check.summary.tenants),
            ]
        }
        return result(members)
    }
}
