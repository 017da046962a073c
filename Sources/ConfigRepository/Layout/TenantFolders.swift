import Profiles

/// A tenant's folder in one revision.
public struct TenantFolder: Sendable {
    /// Nil where only something in its place was found.
    public let entry: ConfigEntry?
    /// What is wrong with the folder itself.
    public let problems: [Diagnostic]

    /// Of its tree, 40 hex digits; nil for working files, and where there are problems.
    public var id: String? { problems.isEmpty ? entry?.id : nil }
}

/// The tenants of one revision: what is in its `tenants` folder.
public struct TenantFolders: Sendable {
    private var found: [String: TenantFolder] = [:]
    /// What is wrong in the folder, of which some is about one tenant.
    public private(set) var diagnostics: [Diagnostic] = []
    /// Whether one of the errors could be about a policy: then nothing may be applied.
    public private(set) var concernsGates = false

    private var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
    public var isSound: Bool { errors.isEmpty }

    /// The ids of those that have a folder.
    public var ids: Set<String> { Set(found.keys) }

    /// Nil where the tenant is gone. Where something in `tenants` is wrong, no tenant is known to be gone: its folder could have been
    /// misplaced, or be what cannot be read.
    public subscript(_ id: String) -> TenantFolder? { found[id] ?? (isSound ? nil : TenantFolder(entry: nil, problems: errors)) }

    /// - Parameter root: the top level.
    init(_ root: [ConfigEntry], _ reader: any ConfigReader) throws {
        guard let folder = root.folder("tenants"), let entries = try reader.entries("tenants", folder, &diagnostics) else { return }
        let inspection = try ConfigFolder.tenants.inspect(entries, reader)
        concernsGates = inspection.concernsGates
        let folders = inspection.placed.byName
        let known = Set(entries.compactMap(\.name)).filter(StringForm.id.accepts)
        var problems: [String: [Diagnostic]] = [:]
        diagnostics = inspection.diagnostics.map { diagnostic in
            guard diagnostic.severity == .error, let id = Self.tenant(of: diagnostic), known.contains(id) else { return diagnostic }
            var diagnostic = diagnostic
            diagnostic.tenant = id
            problems[id, default: []].append(diagnostic)
            return diagnostic
        }
        for id in Set(folders.keys).union(problems.keys) { found[id] = TenantFolder(entry: folders[id], problems: problems[id] ?? []) }
    }

    /// The id that a tenant's folder would have whose place something has taken.
    private static func tenant(of diagnostic: Diagnostic) -> String? {
        let parts = diagnostic.file.split(separator: "/", maxSplits: 2)
        return parts.count > 1 ? FileSort.stem(String(parts[1])).lowercased() : nil
    }
}
