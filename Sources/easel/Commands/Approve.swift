import ArgumentParser
import Basics
import Gates
import Git
import JSONSource
import Profiles
import Reconciler
import ReportModel
import Reports

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes an approval file for changes that a gate holds.",
        discussion: """
            A fingerprint identifies exactly one change of one profile; reports show it next to what is held. The file is written to \
            approvals/ in the config repository. Commit it like any change, so that Git records who approved what.

              easel approve 4b630385c0cbb606 --reason "Announced for Saturday"
              easel approve --report report.json --gate sign-in-storm --reason "Announced" --expires 2027-01-31

            --format json prints {"formatVersion", "written": [{"file", "fingerprints": [..]}], "alreadyApproved": [{"fingerprint", "file"}]}.
            """)

    @Argument(help: ArgumentHelp("Fingerprints of the changes to approve, 16 digits each.", valueName: "fingerprint"))
    var fingerprints: [String] = []

    @Option(help: ArgumentHelp("The config repository: a folder on this machine.", valueName: "path"))
    var repo = "."

    @Option(help: ArgumentHelp("JSON report that shows the changes. A change that is not in it is refused, and the approval file describes what is approved.", valueName: "file"))
    var report: String?

    @Option(name: .customLong("gate"), help: ArgumentHelp("Approve everything that this gate holds in the report. Can be repeated.", valueName: "name"))
    var gates: [String] = []

    @Option(help: ArgumentHelp("Why it may go out.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who approves it (default: GIT_AUTHOR_NAME, or your user name).", valueName: "name"))
    var approvedBy: String?

    @Option(help: ArgumentHelp("The last day on which it is valid (UTC), for example 2027-01-31 (default: no end).", valueName: "day"))
    var expires: String?

    @OptionGroup var result: ResultOptions

    func validate() throws {
        if fingerprints.isEmpty, gates.isEmpty { throw ValidationError("name the fingerprints to approve, or use --report and --gate") }
        if !gates.isEmpty, report == nil { throw ValidationError("--gate needs --report: the report shows what the gate holds") }
        if let bad = fingerprints.first(where: { !Approval.isFingerprint($0) }) {
            throw ValidationError("'\(bad)' is not a fingerprint; write all 16 digits (0-9, a-f), as reports show them")
        }
        if let expires, !Approval.isDay(expires) { throw ValidationError("--expires \(expires) is not a day; write it as 2027-01-31") }
    }

    func run() throws {
        let files = ApprovalFiles(in: try WorkTree.folder(repo, "an approval"), now: Running.moment(nil))
        let statement = ApprovalFiles.Statement(reason: reason ?? "No reason was given.", approvedBy: approvedBy ?? WorkTree.author, expires: expires)
        Console.show(ApproveView(try files.approve(try choose(), statement)), as: result.format)
    }

    /// What is to be approved, each once, in order.
    private func choose() throws -> [ApprovalFiles.Change] {
        var chosen: [String] = []
        var seen: Set<String> = []
        func add(_ fingerprint: String) { if seen.insert(fingerprint).inserted { chosen.append(fingerprint) } }
        fingerprints.forEach(add)
        guard let report else { return chosen.map { ApprovalFiles.Change(fingerprint: $0) } }
        let held = try RecordedReport(file: report).tenants().flatMap { tenant in
            tenant.profiles.compactMap { profile in profile.impact.fingerprint.map { (fingerprint: $0, heldBy: profile.heldBy, words: profile.words(in: tenant.id)) } }
        }
        let words = Dictionary(held.map { ($0.fingerprint, $0.words) }, uniquingKeysWith: { first, _ in first })
        if let stranger = chosen.first(where: { words[$0] == nil }) { throw UsageError("\(report) shows no change with the fingerprint \(stranger)") }
        for gate in gates {
            let found = held.filter { $0.heldBy.contains(gate) }
            guard !found.isEmpty else { throw UsageError("In \(report), no gate '\(gate)' holds anything\(didYouMean(gate, among: Set(held.flatMap(\.heldBy))))") }
            found.map(\.fingerprint).forEach(add)
        }
        return chosen.map { ApprovalFiles.Change(fingerprint: $0, words: words[$0]) }
    }
}
