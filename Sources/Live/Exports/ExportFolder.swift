import Basics
import Glibc
import JSONSource
import Profiles

/// A folder of exports, one sub-folder per tenant id: `deviceConfigurations` as Graph returns them (one object, a list, or pages
/// with `value`; any file names, any depth), or as IntuneCD writes them.
public struct ExportFolder: LiveSource {
    public let path: String
    public var name: String { path }

    public init(path: String) { self.path = withoutTrailingSlashes(path) }

    /// - Throws: `FileError` where there is no such folder.
    public func tenants() throws -> (ids: [String], diagnostics: [Diagnostic]) {
        let found = kind(of: path, followsLinks: true)
        guard found == .folder else { throw FileError(path: path, operation: "read the exports in", code: found == .missing ? ENOENT : ENOTDIR) }
        let names = try list(path).filter { !$0.hasPrefix(".") }
        let folders = names.filter { exportKind(of: path + "/" + $0) == .folder }
        var diagnostics = names.filter { exportKind(of: path + "/" + $0) == .other }.map { name in
            Diagnostic(.unreadable, severity: .warning, file: path + "/" + name, "The export is ignored: it is not a folder, and links are not followed", help: "Put the folder itself here, or remove it")
        }
        diagnostics += folders.filter { !StringForm.id.accepts($0) }.map { name in
            Diagnostic(.badFileName, severity: .warning, file: path + "/" + name, "The export is ignored: '\(name.prefix(80))' cannot be a tenant id", help: "A tenant id has \(StringForm.id.about)")
        }
        return (folders.filter(StringForm.id.accepts), diagnostics)
    }

    public func objects(of tenant: LiveTenantQuery) throws -> LiveObjects {
        let folder = path + "/" + tenant.id
        guard exportKind(of: folder) == .folder else {
            var result = LiveObjects(.export)
            result.diagnostics.append(
                Diagnostic(
                    .noExport, file: folder, kind(of: folder) == .missing ? "Tenant \(tenant.id) has no export" : "The export of tenant \(tenant.id) is not a folder; links are not followed",
                    help: "Export deviceConfigurations with $expand=assignments into a folder with this name"))
            return result
        }
        return try ExportReader.read([folder], of: tenant)
    }
}

/// What is at a path in a folder of exports. A link is `other`, except those of a volume that Kubernetes mounts: there every name is
/// a link into the folder `..data`, and names that begin with a dot are ignored.
func exportKind(of path: String) -> FileKind {
    let found = kind(of: path)
    guard found == .other else { return found }
    var target = [CChar](repeating: 0, count: 7)
    guard readlink(path, &target, 7) == 7, target.map(UInt8.init(bitPattern:)) == Array("..data/".utf8) else { return found }
    return kind(of: path, followsLinks: true)
}

extension LiveWording {
    /// Files that somebody has exported.
    static let export = LiveWording(
        noun: "the export",
        remedies: [
            .assignments: "Export with $expand=assignments (IntuneCD: without -e assignments)", .certificates: "Export with $expand=identityCertificate,smimeSigningCertificate,smimeEncryptionCertificate",
            .issuer: "Export with $expand=derivedCredentialSettings",
        ])
}
