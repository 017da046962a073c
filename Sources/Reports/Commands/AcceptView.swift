import JSONSource

/// What `easel accept` did: `{"formatVersion", "accepted": [{"path", "profile", "tenant"}], "written": [path]}`, files by their path in
/// the config repository.
public struct AcceptView: CommandView {
    /// The file with the accepted drift.
    public let file: String
    public let tenant: String
    public let profile: String
    /// JSON pointers of settings; the empty one for the profile as a whole.
    public let paths: [String]

    public init(file: String, tenant: String, profile: String, paths: [String]) {
        self.file = file
        self.tenant = tenant
        self.profile = profile
        self.paths = paths
    }

    public func text(_ options: ReportOptions) -> String {
        "  written  \(Words.plain(file))\n\nCommit it: git add \(Words.plain(file)) && git commit\n"
    }

    public var json: JSON {
        result([
            "accepted": .array(paths.map { ["path": .string($0), "profile": .string(profile), "tenant": .string(tenant)] }), "written": .strings([file]),
        ])
    }
}
