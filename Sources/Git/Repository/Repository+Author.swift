import CGitSupport

extension Repository {
    /// Who Git would name as the author of a commit here: "Ann <ann@example.com>", from the environment, from `author.name` and
    /// `author.email`, or from `user.name` and `user.email`. Nil when none of them names anybody.
    ///
    /// Only these values are read from the user's own configuration, which decides nothing else.
    ///
    /// - Parameter variable: an environment variable's value.
    public func author(_ variable: (String) -> String?) -> String? {
        func given(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        var files = [(GIT_CONFIG_LEVEL_LOCAL, commonPath + "/config")]
        if let global = given("GIT_CONFIG_GLOBAL") {
            files.append((GIT_CONFIG_LEVEL_GLOBAL, global))
        } else {
            let home = given("HOME")
            if let home { files.append((GIT_CONFIG_LEVEL_GLOBAL, home + "/.gitconfig")) }
            if let folder = given("XDG_CONFIG_HOME") ?? home.map({ $0 + "/.config" }) { files.append((GIT_CONFIG_LEVEL_XDG, folder + "/git/config")) }
        }
        if !isTrue(given("GIT_CONFIG_NOSYSTEM")) { files.append((GIT_CONFIG_LEVEL_SYSTEM, given("GIT_CONFIG_SYSTEM") ?? "/etc/gitconfig")) }
        let found = Self.values(["author.name", "author.email", "user.name", "user.email"], in: files)
        guard let name = given("GIT_AUTHOR_NAME") ?? found["author.name"] ?? found["user.name"] else { return nil }
        return (given("GIT_AUTHOR_EMAIL") ?? found["author.email"] ?? found["user.email"] ?? given("EMAIL")).map { "\(name) <\($0)>" } ?? name
    }

    /// A boolean as Git writes it in the environment.
    private func isTrue(_ text: String?) -> Bool {
        guard let text else { return false }
        var value: Int32 = 0
        return git_config_parse_bool(&value, text) == 0 && value != 0
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
