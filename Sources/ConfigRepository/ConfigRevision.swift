import Git
import Profiles
import Synchronization
import Time

/// Where a revision of the config repository is read.
public enum ConfigSource: Sendable {
    /// A commit, in the repository at this path.
    case commit(repository: String, id: ObjectID, tree: ObjectID, trustOwner: Bool)
    /// Working files; `repository` is nil in a folder that is not a repository.
    case worktree(folder: String, repository: String?, trustOwner: Bool)
    /// What is staged, in the repository at this path.
    case index(repository: String, files: IndexedFiles, trustOwner: Bool)

    /// A reader for one thread.
    public func reader() throws -> any ConfigReader {
        switch self {
        case .commit(let path, _, let tree, let trust): TreeReader(repository: try Repository.open(path: path, trustOwner: trust), tree: tree)
        case .worktree(let folder, let path, let trust):
            try WorktreeReader(repository: try path.map { try Repository.open(path: $0, trustOwner: trust) }, folder: folder)
        case .index(let path, let files, let trust): IndexedReader(repository: try Repository.open(path: path, trustOwner: trust), files: files)
        }
    }

    /// The repository with the objects of this and earlier revisions, opened anew; nil in a folder that is none.
    public func repository() throws -> Repository? {
        switch self {
        case .commit(let path, _, _, let trust), .index(let path, _, let trust): try Repository.open(path: path, trustOwner: trust)
        case .worktree(_, let path, let trust): try path.map { try Repository.open(path: $0, trustOwner: trust) }
        }
    }

    public var commit: ObjectID? { if case .commit(_, let id, _, _) = self { id } else { nil } }
}

/// One revision of the config repository, opened: its top level, its bases, and loaders for its tenants. Every command that
/// looks at tenants starts from one.
///
/// What is shared by threads is read once; a reader or loader belongs to one thread.
public final class ConfigRevision: Sendable {
    public let source: ConfigSource
    /// What has a place at the top level.
    public let root: [ConfigEntry]
    /// What is wrong at the top level: then nothing below it can be relied on.
    public let problems: [Diagnostic]
    /// Every base of this revision, each parsed once.
    public let bases = Bases()
    /// The time zones of its policies.
    public let zones: ZoneStore
    private let files = Mutex<BaseFiles?>(nil)
    private let folders = Mutex<TenantFolders?>(nil)

    public convenience init(_ source: ConfigSource, zones: ZoneStore = ZoneStore()) throws { try self.init(source.reader(), of: source, zones: zones) }

    /// - Parameter reader: another one than the source's, for what the config repository would be after an edit.
    public init(_ reader: any ConfigReader, of source: ConfigSource, zones: ZoneStore = ZoneStore()) throws {
        self.source = source
        self.zones = zones
        let top = try ConfigFolder.root.inspect(reader.root(), reader)
        (root, problems) = (top.placed, top.diagnostics)
    }

    /// Ids of the trees of these folders, 40 hex digits; nil where there is no such folder, and for working files.
    public var tenantsTree: String? { root.folder("tenants")?.id }
    public var basesTree: String? { root.folder("bases")?.id }

    /// Every file below `bases`.
    public func baseFiles() throws -> BaseFiles {
        try files.withLock { files in
            if let files { return files }
            let found = try BaseFiles(root, source.reader())
            files = found
            return found
        }
    }

    /// The folders of tenants.
    public func tenantFolders() throws -> TenantFolders {
        try folders.withLock { folders in
            if let folders { return folders }
            let found = try TenantFolders(root, source.reader())
            folders = found
            return found
        }
    }

    /// A loader of tenants, for one thread.
    public func loader() throws -> TenantLoader { try loader(source.reader()) }

    /// A loader of tenants over a reader of the caller's own.
    public func loader(_ reader: any ConfigReader) throws -> TenantLoader {
        TenantLoader(reader: reader, bases: bases, baseFiles: try baseFiles(), zones: zones)
    }

    /// What is wrong with any base, also with those that no manifest extends.
    public func checkBases() throws -> [Diagnostic] {
        try bases.checkAll(baseFiles().paths, reader: loader().baseSource)
    }
}
