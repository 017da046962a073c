import CGitSupport

/// A remote of a clone.
public struct Remote: Hashable, Sendable {
    public let name: String
    /// As the clone's own configuration has it; it may contain a secret.
    public let url: String

    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    /// The ref in which a clone keeps what it last fetched of a branch: `refs/remotes/origin/main`; nil for what is not a branch.
    public func trackingRef(of branch: String) -> String? {
        branch.hasPrefix("refs/heads/") ? "refs/remotes/\(name)/\(branch.dropFirst("refs/heads/".count))" : nil
    }
}

extension Repository {
    /// The remotes that the repository's own configuration names, by name. Each has the URL as it stands there: `url.*.insteadOf` does not
    /// count, and neither does `pushurl`.
    public func remotes() throws(GitError) -> [Remote] {
        let operation = "read the remotes of \(workTree ?? path)"
        var config: OpaquePointer?
        try check(git_repository_config_snapshot(&config, handle), operation)
        defer { git_config_free(config) }
        var iterator: OpaquePointer?
        try check(git_config_iterator_glob_new(&iterator, config, #"^remote\..+\.url$"#), operation)
        defer { git_config_iterator_free(iterator) }
        var found: [String: String] = [:]
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator) == 0, let line = entry?.pointee {
            guard let key = line.name, let value = line.value else { continue }
            let name = String(String(cString: key).dropFirst("remote.".count).dropLast(".url".count))
            // Git fetches from the first of several.
            if found[name] == nil { found[name] = String(cString: value) }
        }
        return found.map { Remote(name: $0.key, url: $0.value) }.sorted { $0.name < $1.name }
    }
}
