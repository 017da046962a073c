import ArgumentParser
import Basics
import ConfigRepository
import Gates
import Profiles
import Reconciler
import Reports

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes an approval file for changes that a gate holds.",
        discussion: """
            A fingerprint identifies exactly one change of one profile; reports show its beginning next to what is held. easel looks it up in \
            a plan of the working files and of HEAD, or in a report. The file is written to approvals/ in the config repository. Commit it \
            like any change, so that Git records who approved what; on its own, where a policy given with --policy asks for it.

              easel approve fdb884be20e5 --reason "Announced for Saturday"
              easel approve --report report.json --gate sign-in-storm --reason "Announced" --expires 2027-01-31

            --format json prints {"formatVersion", "written": [{"file", "fingerprints": [..]}], "alreadyApproved": [{"fingerprint", "file"}]}.
            """)

    @Argument(help: ArgumentHelp("Fingerprints of the changes to approve, or as many of their first digits as only one change has.", valueName: "fingerprint"))
    var fingerprints: [String] = []

    @Option(help: ArgumentHelp("The config repository: a folder on this machine.", valueName: "path"), completion: .directory)
    var repo = "."

    @OptionGroup(title: "Applied state") var state: StateOptions

    @Option(name: .customLong("policy"), help: ArgumentHelp("For the plan: a policy from outside the repository. Can be repeated.", valueName: "file"), completion: .file())
    var policies: [String] = []

    @Option(help: ArgumentHelp("JSON report that shows the changes, in place of a plan.", valueName: "file"), completion: .file())
    var report: String?

    @Flag(help: "Approve whole fingerprints that no report or plan shows.")
    var unseen = false

    @Option(
        name: .customLong("gate"),
        help: ArgumentHelp("Approve for this gate only: the fingerprints given or, without any, everything that the gate holds. Can be repeated.", valueName: "name"))
    var gates: [String] = []

    @Option(help: ArgumentHelp("Why it may go out.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who approves it (default: Git's user.name and user.email).", valueName: "name"))
    var approvedBy: String?

    @Option(help: ArgumentHelp("The last day on which it is valid (UTC), for example 2027-01-31 (default: no end).", valueName: "day"))
    var expires: String?

    @OptionGroup(title: "Remote repositories") var remote: RemoteOptions
    @OptionGroup(title: "Output") var result: ResultOptions

    func validate() throws {
        if fingerprints.isEmpty, gates.isEmpty { throw ValidationError("name the fingerprints to approve, or a gate with --gate") }
        if let bad = fingerprints.first(where: { !Fingerprint.isBeginning($0) }) {
            throw ValidationError("'\(bad)' is not a fingerprint; write its digits (0-9, a-f) as reports show them")
        }
        if unseen, report != nil || !gates.isEmpty { throw ValidationError("--unseen looks nothing up: it does not go with --report or --gate") }
        if unseen, let short = fingerprints.first(where: { !Fingerprint.isWhole($0) }) {
            throw ValidationError("'\(short)' is not a whole fingerprint; with --unseen, write all \(Fingerprint.digits) digits")
        }
        if let expires, !Approval.isDay(expires) { throw ValidationError("--expires \(expires) is not a day; write it as 2027-01-31") }
    }

    func run() throws {
        let folder = try WorkTree.folder(repo, "an approval")
        let statement = ApprovalFiles.Statement(
            gates: gates, reason: reason ?? "No reason was given.", approvedBy: try approvedBy ?? WorkTree.author(repo), expires: expires)
        let shown = try unseen ? nil : look()
        let chosen = try shown.map(choose) ?? fingerprints.map { ApprovalFiles.Change(fingerprint: $0) }
        let outcome = try ApprovalFiles(in: folder, now: Running.moment(nil)).approve(chosen, statement) { shown?.saysUsed($0) ?? false }
        Console.show(ApproveView(outcome), as: result.format)
    }

    /// Where the changes are looked up: in the report, or in the first of two plans that shows them all.
    private func look() throws -> ShownChanges {
        if let report { return try ShownChanges(report: report) }
        let files = try ShownChanges(plan: plan(.files))
        let isThere = fingerprints.allSatisfy { beginning in files.changes.contains { $0.fingerprint.hasPrefix(beginning) } }
            && gates.allSatisfy { gate in files.gates.contains { $0.name == gate } }
        return isThere ? files : try ShownChanges(plan: plan(.commit))
    }

    private func plan(_ reads: Places.Reads) throws -> RunRequest {
        var places = Places()
        (places.cache, places.remoteAccess) = (RepositoryOptions.defaultCache, try remote.access())
        (places.repo, places.state, places.reads, places.trustOwner) = (repo, state.state, reads, true)
        var request = RunRequest(mode: .plan, places: places, selection: Selection(), now: Running.moment(nil))
        request.gates.policies = policies
        return request
    }

    /// What is to be approved, in order.
    private func choose(_ shown: ShownChanges) throws -> [ApprovalFiles.Change] {
        var chosen = try fingerprints.map(shown.change)
        for gate in gates {
            let held = try shown.changes(heldBy: gate)
            if fingerprints.isEmpty { chosen += held }
        }
        return chosen.map { ApprovalFiles.Change(fingerprint: $0.fingerprint, words: $0.words) }
    }
}
