import CGitSupport

extension Repository {
    /// Who Git would name as the author of a commit here: "Ann <ann@example.com>", from the environment or from `user.name` and `user.email`.
    /// Nil when neither names anybody.
    ///
    /// Only these two values are read from the user's own configuration, which decides nothing else.
    ///
    /// - Parameter variable: an environment variable's value.
    public func author(_ variable: (String) -> String?) -> String? {
        func given(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        var files = [(GIT_CONFIG_LEVEL_LOCAL, commonPath + "/config")]
        if let global = given("GIT_CONFIG_GLOBAL") {
            files.append((GIT_CONFIG_LEVEL_GLOBAL, global))
        } else if let home = given("HOME") {
            files.append((GIT_CONFIG_LEVEL_GLOBAL, home + "/.gitconfig"))
            files.append((GIT_CONFIG_LEVEL_XDG, (given("XDG_CONFIG_HOME") ?? home + "/.config") + "/git/config"))
        }
        if given("GIT_CONFIG_NOSYSTEM") == nil { files.append((GIT_CONFIG_LEVEL_SYSTEM, "/etc/gitconfig")) }
        let found = Self.values(["user.name", "user.email"], in: files)
        guard let name = given("GIT_AUTHOR_NAME") ?? found["user.name"] else { return nil }
        return (given("GIT_AUTHOR_EMAIL") ?? found["user.email"]).map { "\(name) <\($0)>" } ?? name
    }

    private static func values(_ keys: [String], in files: [(git_config_level_t, String)]) -> [String: String] {
        var config: OpaquePointer?
        guard git_config_new(&config) == 0 else { return [:] }
        defer { git_config_free(config) }
        // A file that is missing or cannot be read names nobody.
        for (level, path) in files { _ = git_config_add_file_ondisk(config, path, level, nil, 0) }
        var snapshot: OpaquePointer?
        guard git_config_snapshot(&snapshot, config) == 0 else { return [:] }
        defer { git_config_free(snapshot) }
        var found: [String: String] = [:]
        for key in keys {
            var value: UnsafePointer<CChar>?
            if git_config_get_string(&value, snapshot, key) == 0, let value { found[key] = String(cString: value) }
        }
        return found
    }
}
