import JSONSource

/// What `easel version` says: `{"formatVersion", "formats": {name: version}, "libgit2", "platform", "version"}`.
public struct VersionView: CommandView {
    public let version: String
    /// Such as `linux-x86_64`.
    public let platform: String
    /// Of the library that this process has loaded.
    public let libgit2: String
    /// The versions of the forms that easel writes, by name.
    public let formats: [String: JSON]

    public init(version: String, platform: String, libgit2: String, formats: [String: JSON]) {
        self.version = version
        self.platform = platform
        self.libgit2 = libgit2
        self.formats = formats
    }

    public func text(_ options: ReportOptions) -> String { "easel \(version) (\(platform), libgit2 \(libgit2))\n" }

    public var json: JSON {
        result(["formats": .object(formats), "libgit2": .string(libgit2), "platform": .string(platform), "version": .string(version)])
    }
}
