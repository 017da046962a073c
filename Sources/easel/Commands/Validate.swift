import ArgumentParser
import Reconciler

struct Validate: ParsableCommand, WatchedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks every manifest, tenant, base, policy and approval.",
        discussion: """
            Reports every problem in every file in one run, each with its file, line and column. Reads the working files, tracked or \
            not, unless --ref names a commit or the repository has no working files.

              easel validate
              easel validate --staged
              easel validate --repo https://git.example.com/mail/config.git --ref main --report problems.json
            """)

    @OptionGroup(title: "Config repository") var source: SourceOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Flag(help: "Read the working files, tracked or not. This is the default, unless --ref names a commit.")
    var worktree = false

    @Flag(help: "Read what is staged, exactly as the next commit will have it.")
    var staged = false

    @Option(name: .customLong("policy"), help: ArgumentHelp("Also check this policy from outside the repository. Can be repeated.", valueName: "file"), completion: .file())
    var policies: [String] = []

    func validate() throws {
        try WorkTree.checkOne(worktree: worktree, staged: staged, ref: source.ref)
    }

    func run() throws {
        var places = try source.places()
        places.reads = staged ? .staged : worktree ? .files : source.ref == nil ? .filesIfAny : .commit
        var request = RunRequest(mode: .validate, places: places, selection: source.selection, now: Running.moment(nil))
        request.gates.policies = policies
        try Running.run(request, output)
    }
}
