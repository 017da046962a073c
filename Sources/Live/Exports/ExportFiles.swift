import Basics
import Glibc
import Profiles

/// Files and folders of exports that are all of one tenant.
public struct ExportFiles: LiveSource {
    public let paths: [String]
    public let tenant: String
    public var name: String { paths.joined(separator: ", ") }

    public init(paths: [String], tenant: String) {
        self.paths = paths
        self.tenant = tenant
    }

    /// - Throws: `FileError` where one of the paths does not exist.
    public func tenants() throws -> (ids: [String], diagnostics: [Diagnostic]) {
        for path in paths where kind(of: path, followsLinks: true) == .missing { throw FileError(path: path, operation: "read", code: ENOENT) }
        return ([tenant], [])
    }

    /// Everything in the files, whichever tenant is asked for.
    public func objects(of tenant: LiveTenantQuery) throws -> LiveObjects { try ExportReader.read(paths, of: tenant) }
}
