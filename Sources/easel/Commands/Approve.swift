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
        let folder = try WorkTree.folder(repo, "an approval")
        let chosen = try choose()
        let approved = try existing(folder)
        let new = chosen.fingerprints.filter { approved[$0] == nil }
        let known = chosen.fingerprints.compactMap { fingerprint in approved[fingerprint].map { ApproveView.Known(fingerprint: fingerprint, path: "approvals/\($0)") } }
        var written: [ApproveView.File] = []
        if !new.isEmpty { try makeFolder(folder + "/approvals") }
        for start in stride(from: 0, to: new.count, by: Self.fingerprintsPerFile) {
            let part = Array(new[start..<min(start + Self.fingerprintsPerFile, new.count)])
            written.append(ApproveView.File(path: try write(part, chosen.changes, folder), fingerprints: part))
        }
        Console.show(ApproveView(written: written, alreadyApproved: known), as: result.format)
    }

    /// As many as a file that easel reads has room for, and to spare.
    private static let fingerprintsPerFile = 20_000
    /// Changes that the file's comment names.
    private static let changesNamed = 50

    /// Writes one approval file and gives its path.
    private func write(_ fingerprints: [String], _ changes: [RecordedReport.Change], _ folder: String) throws -> String {
        let wanted = Set(fingerprints)
        let named = changes.filter { wanted.contains($0.fingerprint) }.map(\.words)
        let more = named.count > Self.changesNamed ? "; and \(named.count - Self.changesNamed) more" : ""
        let file = Approval.file(
            fingerprints: fingerprints, reason: reason ?? "No reason was given.", approvedBy: approvedBy ?? WorkTree.author, expires: expires,
            comment: named.isEmpty ? nil : named.prefix(Self.changesNamed).joined(separator: "; ") + more)
        let bytes = Array(pretty(file).utf8)
        // What easel would refuse to read must not be written, nor what counts no more.
        let (approval, diagnostics) = Approval.read(JSONDocument(file: "approval", bytes: bytes))
        if let problem = diagnostics.first {
            throw UsageError("this makes no valid approval: \(problem.message)\(problem.help.map { "; \($0)" } ?? "")")
        }
        if let expires, approval?.isValid(at: Running.moment(nil)) == false { throw UsageError("--expires \(expires) is over: nothing would be approved") }
        // One that has expired may have the name: what it says stays on record.
        let names = [""] + (2...1000).map { "-\($0)" }
        guard let path = names.lazy.map({ "approvals/\(fingerprints[0])\($0).json" }).first(where: { kind(of: folder + "/" + $0) == .missing }) else {
            throw UsageError("\(folder)/approvals has a thousand files of this name; take some away first")
        }
        try replaceFile(folder + "/" + path, bytes)
        return path
    }

    /// What is to be approved, each once, in order.
    private func choose() throws -> (fingerprints: [String], changes: [RecordedReport.Change]) {
        var chosen: [String] = []
        var seen: Set<String> = []
        func add(_ fingerprint: String) { if seen.insert(fingerprint).inserted { chosen.append(fingerprint) } }
        fingerprints.forEach(add)
        guard let report else { return (chosen, []) }
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
        let wanted = Set(chosen)
        return (chosen, recorded.changes.filter { wanted.contains($0.fingerprint) })
    }

    /// Fingerprint → file of the approvals that are there, can be read and count today, and as long as the new one is to count.
    private func existing(_ folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try list(folder + "/approvals") where name.hasSuffix(".json") {
            let document = JSONDocument(file: name, bytes: try readFile(folder + "/approvals/" + name, limit: JSONLimits.fileSize))
            guard let approval = Approval.read(document).approval, approval.isValid(at: Running.moment(nil)) else { continue }
            if let end = approval.expires, expires.map({ end < $0 }) ?? true { continue }
            for fingerprint in approval.fingerprints { found[fingerprint] = name }
        }
        return found
    }
}
