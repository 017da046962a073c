import ArgumentParser
import Reconciler

struct Review: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what a change between two revisions does to people: for a pull request, before the merge.",
        discussion: """
            Needs no applied state, and only credentials to read the repository. BASE...HEAD compares HEAD with the commit where it \
            branched off from BASE, as forges show a pull request; BASE HEAD compares the two revisions directly. With --worktree or --staged, the \
            working or staged files are compared with BASE (default: HEAD). Policies and approvals are those of HEAD; if the change touches them, \
            the report says so first.

              easel review origin/main...HEAD
              easel review --worktree
              easel review --staged
              easel review v1.4 v1.5 --repo https://git.example.com/mail/config.git --format markdown
            """)

    @Argument(help: ArgumentHelp("BASE...HEAD, BASE HEAD, or BASE alone (compared with HEAD): branches, tags or commits.", valueName: "revision"))
    var revisions: [String] = []

    @OptionGroup(title: "Config repository") var source: RepositoryOptions
    @OptionGroup(title: "Gates") var gates: GateOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Flag(help: "Review the working files of a local repository, tracked or not.")
    var worktree = false

    @Flag(help: "Review what is staged in a local repository, exactly as the next commit will have it.")
    var staged = false

    @Flag(help: "Exit with code 2 if profiles, policies or approvals change.")
    var detailedExitcode = false

    func validate() throws { _ = try range() }

    func run() throws {
        var places = try source.places()
        let range = try range()
        places.baseline = .init(ref: range.base, isMergeBase: range.isMergeBase)
        places.ref = range.head
        places.reads = staged ? .staged : worktree ? .files : .commit
        var request = RunRequest(mode: .review, places: places, selection: source.selection, now: Running.moment(gates.now))
        gates.apply(to: &request)
        try Running.run(request, output, detailed: detailedExitcode, waiting: gates.exitCodeWaiting)
    }

    private func range() throws -> (base: String, head: String?, isMergeBase: Bool) {
        let parts = try revisions.flatMap { revision -> [String] in
            guard let dots = revision.firstRange(of: "...") else { return [revision] }
            guard revisions.count == 1 else { throw ValidationError("write BASE...HEAD alone, or BASE and HEAD") }
            let sides = [String(revision[..<dots.lowerBound]), String(revision[dots.upperBound...])]
            return sides.map { $0.isEmpty ? "HEAD" : $0 }
        }
        let isMergeBase = revisions.first?.contains("...") ?? false
        if let bad = parts.first(where: { $0.contains("..") || $0.hasPrefix("-") || $0.isEmpty }) {
            throw ValidationError("'\(bad)' is not a revision; write BASE...HEAD, or BASE and HEAD")
        }
        try WorkTree.checkOne(worktree: worktree, staged: staged, ref: nil)
        switch (parts.count, worktree || staged) {
        case (0, true): return ("HEAD", nil, false)
        case (1, true): return (parts[0], nil, false)
        case (1, false): return (parts[0], "HEAD", false)
        case (2, false): return (parts[0], parts[1], isMergeBase)
        case (0, false): throw ValidationError("name what to compare, for example origin/main...HEAD, or use --worktree or --staged")
        default: throw ValidationError(worktree || staged ? "\(staged ? "--staged reviews what is staged" : "--worktree reviews the working files"): name only BASE" : "name at most two revisions")
        }
    }
}
