import ArgumentParser
import ConfigRepository
import Glibc
import Profiles
import Reconciler

/// Where the config repository is, and which tenants count.
struct RepositoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The config repository: a path, file://, git://, https:// or ssh:// URL.", valueName: "path-or-url"))
    var repo = "."

    @Option(help: ArgumentHelp("Where mirrors of remote repositories are kept (default: $XDG_CACHE_HOME/easel).", valueName: "dir"))
    var cache: String?

    @Flag(help: "Read a local repository that belongs to another user of this machine, as is usual in CI containers.")
    var trustRepositoryOwner = false

    @Option(name: .customLong("tenant"), help: ArgumentHelp("Only this tenant; may repeat.", valueName: "id"))
    var tenants: [TenantID] = []

    @Option(help: ArgumentHelp("Only shard I of N, by a stable hash of the tenant id; I from 1.", valueName: "i/n"))
    var shard: Shard?

    @OptionGroup(title: "Remote repositories") var remote: RemoteOptions

    func places() throws -> Places {
        var places = Places()
        places.repo = repo
        places.trustOwner = trustRepositoryOwner
        places.cache = cache ?? Self.defaultCache
        places.remoteAccess = try remote.access()
        places.isCancelled = { Interruption.hasCome }
        return places
    }

    var selection: Selection {
        var selection = shard?.selection ?? Selection()
        selection.tenants = Set(tenants.map(\.id))
        return selection
    }

    private static var defaultCache: String {
        // The XDG specification: a relative path is to be ignored.
        if let folder = Environment.variable("XDG_CACHE_HOME"), folder.hasPrefix("/") { return folder + "/easel" }
        if let home = Environment.variable("HOME") { return home + "/.cache/easel" }
        // Only remote repositories need one; opening it says what is missing.
        return ".easel-cache"
    }
}

/// What of the config repository is read.
struct SourceOptions: ParsableArguments {
    @OptionGroup var repository: RepositoryOptions

    @Option(help: ArgumentHelp("Branch, tag or commit to read (default: what HEAD means).", valueName: "ref"))
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
            "Where the applied state is: URL or path, with #branch if it is not \(Places.defaultBranch) (default: the config repository).",
            valueName: "url-or-path"))
    var state: String?
}

/// What decides about what goes out.
struct GateOptions: ParsableArguments {
    @Option(name: .customLong("policy"), help: ArgumentHelp("A policy from outside the repository, which can only tighten; may repeat.", valueName: "file"))
    var policies: [String] = []

    @Option(
        help: ArgumentHelp("Who may sign commits: an OpenSSH allowed-signers file, or armored OpenPGP keys; from outside the repository.", valueName: "file"))
    var trustedKeys: String?

    @Flag(help: "The commit must be signed by one of the trusted keys, whatever the policies say.")
    var requireSignedCommits = false

    @Option(help: ArgumentHelp("The moment that gates go by, as 2026-11-25T12:00:00Z (default: now).", valueName: "time"))
    var now: Moment?

    /// Puts what was said into a request.
    func apply(to request: inout RunRequest) {
        request.policies = policies
        request.trustedKeys = trustedKeys
        request.requiresSignedCommit = requireSignedCommits
    }
}
