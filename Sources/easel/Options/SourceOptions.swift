import ArgumentParser
import ConfigRepository
import Gates
import Glibc
import Profiles
import Reconciler

/// Where the config repository is, and which tenants are selected.
struct RepositoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The config repository: a path, or a file://, git://, https:// or ssh:// URL.", valueName: "path-or-url"), completion: .directory)
    var repo = "."

    @Option(help: ArgumentHelp("Folder for mirrors of remote repositories (default: $XDG_CACHE_HOME/easel).", valueName: "dir"), completion: .directory)
    var cache: String?

    @Flag(help: "Read a local repository that belongs to another user of this machine, as is common in CI containers.")
    var trustRepositoryOwner = false

    @Option(name: .customLong("tenant"), help: ArgumentHelp("Only this tenant. Can be repeated.", valueName: "id"))
    var tenants: [TenantID] = []

    @Option(help: ArgumentHelp("Only shard I of N, chosen by a stable hash of the tenant id; I starts at 1.", valueName: "i/n"))
    var shard: Shard?

    @OptionGroup(title: "Remote repositories") var remote: RemoteOptions

    func places() throws -> Places {
        var places = Places()
        places.repo = repo
        places.trustOwner = trustRepositoryOwner
        places.hook = .init(indexFile: Environment.variable("GIT_INDEX_FILE"), gitDirectory: Environment.variable("GIT_DIR"))
        places.cache = cache ?? Self.defaultCache
        places.remoteAccess = try remote.access()
        places.isCancelled = { Interruption.hasCome }
        places.warn = { Console.warn($0) }
        places.note = { Console.say(.notice, [$0]) }
        return places
    }

    var selection: Selection {
        var selection = shard?.selection ?? Selection()
        selection.tenants = Set(tenants.map(\.id))
        return selection
    }

    static var defaultCache: String {
        // The XDG specification: a relative path is to be ignored.
        if let folder = Environment.variable("XDG_CACHE_HOME"), folder.hasPrefix("/") { return folder + "/easel" }
        if let home = Environment.variable("HOME") { return home + "/.cache/easel" }
        // Only remote repositories need a cache; opening one says what is missing.
        return ".easel-cache"
    }
}

/// Which revision of the config repository is read.
struct SourceOptions: ParsableArguments {
    @OptionGroup var repository: RepositoryOptions

    @Option(help: ArgumentHelp("Branch, tag or commit to read (default: the repository's HEAD).", valueName: "ref"))
    var ref: String?

    func places() throws -> Places {
        var places = try repository.places()
        places.ref = ref
        return places
    }

    var selection: Selection { repository.selection }
}

/// The applied state.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Where the applied state is: a URL, a path, or a remote of the clone that --repo names, with #branch if the branch is not \(Places.defaultBranch) \
            (default: the config repository).
            """, valueName: "url-or-path-or-remote"), completion: .directory)
    var state: String?
}

/// Which commits a pipeline wants signed.
enum SignedCommits: String, ExpressibleByArgument, CaseIterable {
    case tip, all

    var requirement: SignatureRequirement {
        switch self {
        case .tip: .tip
        case .all: .all
        }
    }
}

/// What gates need beside the config repository.
struct GateOptions: ParsableArguments {
    @Option(name: .customLong("policy"), help: ArgumentHelp("A policy from outside the repository. It can only tighten. Can be repeated.", valueName: "file"), completion: .file())
    var policies: [String] = []

    @Option(
        help: ArgumentHelp("Keys that may sign commits: an OpenSSH allowed-signers file or armored OpenPGP keys, from outside the repository.", valueName: "file"), completion: .file())
    var trustedKeys: String?

    @Option(
        defaultAsFlag: .tip, parsing: .next,
        help: ArgumentHelp(
            "Require that trusted keys signed the commit (tip), or every commit since the one recorded last (all), whatever the policies say. Without a value: tip.",
            valueName: "tip|all"))
    var requireSignedCommits: SignedCommits?

    @Option(
        name: .customLong("accept-tenant-id"),
        help: ArgumentHelp("Accept that the tenantId or cloud of this tenant differs from what is recorded, because that was wrong. Can be repeated.", valueName: "tenant"))
    var acceptedTenantIDs: [TenantID] = []

    @Option(
        help: ArgumentHelp(
            "Keys of those who may approve, as --trusted-keys. An approval then counts only when the commit that last changed its file is signed by one of them and changes nothing outside approvals/.",
            valueName: "file"), completion: .file())
    var approverKeys: String?

    @Option(help: ArgumentHelp("Time used to evaluate windows and expiry, for example 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    @Option(help: ArgumentHelp("Exit code where all that is held only waits its turn (a window, a limit): 3, as for everything held, or 0.", valueName: "0|3"))
    var exitCodeWaiting: Int32 = 3

    func validate() throws {
        if ![0, 3].contains(exitCodeWaiting) { throw ValidationError("--exit-code-waiting takes 0 or 3, not \(exitCodeWaiting)") }
    }

    /// Copies the options into a request.
    func apply(to request: inout RunRequest) {
        request.acceptedTenantIDs = Set(acceptedTenantIDs.map(\.id))
        request.gates.policies = policies
        request.gates.trustedKeys = trustedKeys
        request.gates.signatures = requireSignedCommits?.requirement ?? .none
        request.gates.approverKeys = approverKeys
    }
}
