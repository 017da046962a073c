import AppliedState
import ConfigRepository
import Git
import Live
import Profiles

/// The config repository, the applied state, and what SSH needs to reach them.
struct RepositoryChecks {
    private let places: Places
    let checks: [Check]
    private let revision: ConfigRevision?

    init(_ places: Places) {
        self.places = places
        // One connection brings both. Only where that fails, it is asked which of the two is at fault.
        let (both, problem) = Self.result { try places.open(.read, isReproducible: false) }
        let (alone, ownProblem) = both == nil ? Self.result { try places.open(.none, isReproducible: false) } : (both, nil)
        let (revision, reading) = alone.map { opened in Self.result { try ConfigRevision(opened.source) } } ?? (nil, nil)
        self.revision = revision
        let state: Check =
            if let both { Self.state(both) }
            else if alone == nil { Check("applied state", .skipped, "Not looked at, since the config repository cannot be opened") }
            else { Self.failed("applied state", problem) }
        checks = [alone.map { Self.config($0, revision, reading) } ?? Self.failed("config repository", ownProblem), state] + Self.ssh(places)
    }

    // MARK: The config repository

    private static func config(_ opened: OpenedPlaces, _ revision: ConfigRevision?, _ problem: (any Error)?) -> Check {
        let name = "config repository"
        guard let revision else { return failed(name, problem) }
        let commit = opened.source.commit.map { " at \($0.short)" } ?? ""
        if let first = revision.problems.first(where: { $0.severity == .error }) {
            return Check(name, .failed, "\(first.file): \(first.message)", fix: first.help ?? "Run easel validate")
        }
        let (folders, reading) = result { try revision.tenantFolders() }
        guard let folders else { return failed(name, reading) }
        let place = (opened.head.repository ?? "the repository") + (opened.head.ref.map { ", \($0)" } ?? "") + commit
        guard !folders.ids.isEmpty else { return Check(name, .warning, "\(place) has no tenants", fix: "Check --repo and --ref, or start with easel init or easel import") }
        return Check(name, .ok, "\(place), with \(folders.ids.count) tenant\(folders.ids.count == 1 ? "" : "s")")
    }

    // MARK: The applied state

    private static func state(_ opened: OpenedPlaces) -> Check {
        let name = "applied state"
        let (root, problem) = result { () -> (RootState, String)? in
            guard let store = opened.store, let tip = store.tip else { return nil }
            let repository = try Repository.openBare(path: store.store.repositoryPath)
            let root = try StateSnapshot(repository: repository, tip: tip, home: store.home).rootState()
            return (root, "\(store.fetchedName ?? store.branch.replacing("refs/heads/", with: "")) at \(tip.short)")
        }
        if let problem { return failed(name, problem) }
        guard let (root, place) = root ?? nil else { return Check(name, .ok, "There is none yet: the first easel reconcile or easel adopt begins it") }
        let tenants = root.shards.values.reduce(0) { $0 + $1.tenantCount }
        return Check(name, .ok, "\(place), as easel left it, with \(tenants) tenant\(tenants == 1 ? "" : "s")")
    }

    // MARK: SSH

    private static func ssh(_ places: Places) -> [Check] {
        var seen: Set<String> = []
        let setups = [places.repo, places.statePlace].compactMap(\.self).compactMap { text -> SSHSetup? in
            guard case .remote(let url) = Location(text), let setup = SSHSetup(url: url, access: places.remoteAccess), seen.insert(setup.host).inserted else { return nil }
            return setup
        }
        guard !setups.isEmpty else { return [Check("SSH", .skipped, "Neither the config repository nor the applied state is reached over SSH")] }
        return setups.flatMap { [hostKeys($0), key($0)] }
    }

    static func hostKeys(_ setup: SSHSetup) -> Check {
        let name = "SSH host key of \(setup.host)"
        if setup.isHostKnown { return Check(name, .ok, "Known") }
        let files = setup.knownHosts.isEmpty ? "there is no known_hosts file that can be read" : "not in \(setup.knownHosts.joined(separator: ", "))"
        return Check(name, .failed, "Not known: \(files)", fix: "Add the key that the server's operator publishes to a file for --known-hosts, or give its fingerprint with --host-key")
    }

    static func key(_ setup: SSHSetup) -> Check {
        let name = "SSH key for \(setup.host)"
        switch setup.key {
        case .file(let path, let problem):
            return problem.map { Check(name, .failed, "\(path) cannot be read: \($0)", fix: "Check the path given with --ssh-key and the permissions of the file") } ?? Check(name, .ok, path)
        case .agent(let socket, let problem):
            return problem.map { Check(name, .failed, "The agent at \(socket) cannot be reached: \($0)", fix: "Start an SSH agent, or give a key with --ssh-key") }
                ?? Check(name, .ok, "Those of the agent at \(socket)")
        case .none: return Check(name, .failed, "None was given, and no agent is running", fix: "Give a key with --ssh-key FILE, or start an SSH agent (SSH_AUTH_SOCK)")
        }
    }

    // MARK: Tenants

    struct Query {
        let query: LiveTenantQuery
        /// False where `tenant.json` cannot be understood.
        let isReadable: Bool
    }

    /// The tenants that are selected, by id; none where the config repository cannot be read.
    func tenants(_ selection: Selection) -> [Query] {
        guard let revision, let folders = try? revision.tenantFolders(), let loader = try? revision.loader() else { return [] }
        return folders.ids.filter(selection.contains).sorted().map { id in
            let tenant = folders[id].flatMap { try? loader.load(id, $0) }?.tenant
            return Query(query: LiveTenantQuery(id: id, tenantID: tenant?.knownTenantID, cloud: tenant?.cloud), isReadable: tenant != nil)
        }
    }

    // MARK: Errors

    private static func result<T>(_ work: () throws -> T) -> (T?, (any Error)?) {
        do { return (try work(), nil) } catch { return (nil, error) }
    }

    private static func failed(_ name: String, _ error: (any Error)?) -> Check {
        guard let error = error as? GitError else { return Check(name, .failed, error.map { "\($0)" } ?? "It cannot be read", fix: "Correct what the message names, then look again") }
        var plain = error
        plain.help = nil
        return Check(name, .failed, "\(plain)", fix: error.help ?? "Check --repo, --ref and --state")
    }
}
