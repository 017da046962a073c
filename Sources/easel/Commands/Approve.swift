import ArgumentParser
import Basics
import Gates
import ReportModel

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes an approval file for changes that a gate holds.",
        discussion: """
            A fingerprint names exactly one change of one profile; reports show it beside what is held. The file goes into approvals/ of
            the config repository; commit it like any change, so that Git says who approved what.

              easel approve 4b630385c0cbb606 --reason "Announced for Saturday"
              easel approve --report report.json --gate sign-in-storm --reason "Announced" --expires 2027-01-31
            """)

    @Argument(help: ArgumentHelp("Of the changes to approve, 16 digits each.", valueName: "fingerprint"))
    var fingerprints: [String] = []

    @Option(help: ArgumentHelp("The config repository: a folder on this machine.", valueName: "path"))
    var repo = "."

    @Option(help: ArgumentHelp("A JSON report that shows the changes: what is not in it is refused, and the file says what is approved.", valueName: "file"))
    var report: String?

    @Option(name: .customLong("gate"), help: ArgumentHelp("Everything that this gate holds in the report; may repeat.", valueName: "name"))
    var gates: [String] = []

    @Option(help: ArgumentHelp("Why it may go out.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who says so (default: GIT_AUTHOR_NAME, or the user's name).", valueName: "name"))
    var approvedBy: String?

    @Option(help: ArgumentHelp("The last day on which it counts (UTC), as 2027-01-31 (default: no end).", valueName: "day"))
    var expires: String?

    func validate() throws {
        if fingerprints.isEmpty, gates.isEmpty { throw ValidationError("name the fingerprints to approve, or --report and --gate") }
        if !gates.isEmpty, report == nil { throw ValidationError("--gate needs the --report in which it holds something") }
        if let bad = fingerprints.first(where: { !Approval.isFingerprint($0) }) {
            throw ValidationError("'\(bad)' is no fingerprint: 16 of the digits 0-9 and a-f, as reports show them")
        }
        if let expires, !Approval.isDay(expires) { throw ValidationError("--expires \(expires) is no day; write it as 2027-01-31") }
    }

    func run() throws {
        let files = ApprovalFiles(in: try WorkTree.folder(repo, "an approval"), now: Running.moment(nil))
        let statement = ApprovalFiles.Statement(
            reason: reason ?? "No reason was given.", approvedBy: approvedBy ?? WorkTree.author, expires: expires)
        let outcome = try files.approve(try choose(), statement)
        for approved in outcome.approvedAlready { Console.write("  \(approved.fingerprint) is approved already, in \(approved.file)\n") }
        guard !outcome.written.isEmpty else { return }
        Console.write(outcome.written.map { "  written  \($0)\n" }.joined())
        Console.write("\nCommit \(outcome.written.count == 1 ? "it" : "them"): git add approvals && git commit\n")
    }

    /// What is to be approved, each once, in order.
    private func choose() throws -> [ApprovalFiles.Change] {
        var chosen: [String] = []
        var seen: Set<String> = []
        func add(_ fingerprint: String) { if seen.insert(fingerprint).inserted { chosen.append(fingerprint) } }
        fingerprints.forEach(add)
        guard let report else { return chosen.map { ApprovalFiles.Change(fingerprint: $0) } }
        let recorded = try RecordedReport(file: report, bytes: readFile(report, limit: RecordedReport.sizeLimit))
        let known = Set(recorded.changes.map(\.fingerprint))
        if let stranger = chosen.first(where: { !known.contains($0) }) { throw UsageError("\(report) shows no change with the fingerprint \(stranger)") }
        for gate in gates {
            let held = recorded.changes.filter { $0.heldBy.contains(gate) }
            guard !held.isEmpty else {
                let near = nearNames(to: gate, among: Set(recorded.changes.flatMap(\.heldBy)))
                throw UsageError("in \(report) no gate '\(gate)' holds anything" + (near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))"))
            }
            held.map(\.fingerprint).forEach(add)
        }
        let words = Dictionary(recorded.changes.map { ($0.fingerprint, $0.words) }, uniquingKeysWith: { first, _ in first })
        return chosen.map { ApprovalFiles.Change(fingerprint: $0, words: words[$0]) }
    }
}
