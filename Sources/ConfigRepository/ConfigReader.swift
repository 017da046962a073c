import Basics
import Git
import Glibc
import Profiles

/// A file or folder of the config repository.
public struct ConfigEntry: Sendable {
    public enum Kind: Sendable { case file, folder, other }
    enum Handle: Sendable {
        case object(ObjectID)
        case path(String)
    }

    /// Nil where the name is not valid UTF-8.
    public let name: String?
    public let kind: Kind
    let handle: Handle

    /// The object's id; nothing for a file as it lies.
    public var id: String { if case .object(let id) = handle { id.description } else { "" } }
}

/// Reads the config repository: a commit's tree, or the files as they lie. One per thread.
public protocol ConfigReader: AnyObject {
    func root() throws -> [ConfigEntry]
    func entries(of folder: ConfigEntry) throws -> [ConfigEntry]
    /// Throws `GitError.tooLarge` over `limit` bytes.
    func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8]
}

extension ConfigReader {
    /// Tenant id → its folder; what else lies there is left out.
    public func tenantFolders(in root: [ConfigEntry]) throws -> [String: ConfigEntry] {
        guard let folder = root.first(where: { $0.name == "tenants" && $0.kind == .folder }) else { return [:] }
        let folders = try entries(of: folder).filter { $0.kind == .folder && $0.name.map(StringForm.id.accepts) == true }
        return Dictionary(folders.map { ($0.nameOrEmpty, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Every file below a folder, by path from the root; links and submodules are not followed. Throws `GitError.tooLarge` where
    /// there are too many: a few objects can be a tree of billions of names.
    public func files(below folder: ConfigEntry, path: String) throws -> [String: ConfigEntry] {
        var found: [String: ConfigEntry] = [:]
        var looked = 0
        func look(_ folder: ConfigEntry, _ path: String, _ depth: Int) throws {
            for entry in try entries(of: folder) {
                looked += 1
                guard looked <= entryLimit else {
                    throw GitError(
                        kind: .tooLarge, operation: "read the folder \(path)", message: "there are more than \(entryLimit) files and folders in it",
                        help: "Nobody needs so many; look for a script that went wrong.")
                }
                guard let name = entry.name else { continue }
                switch entry.kind {
                case .file: found[path + "/" + name] = entry
                case .folder:
                    guard depth > 0 else {
                        throw GitError(
                            kind: .tooLarge, operation: "read the folder \(path)", message: "folders lie in each other more than \(depthLimit) deep",
                            help: "Move what is needed further up.")
                    }
                    try look(entry, path + "/" + name, depth - 1)
                case .other: break
                }
            }
        }
        try look(folder, path, depthLimit)
        return found
    }
}

/// Folders in a folder that is read whole.
private let depthLimit = 8

/// Names in a folder that is read whole, however deep.
private let entryLimit = 100_000

/// Reads one commit's tree out of the object database; nothing is checked out.
public final class TreeReader: ConfigReader {
    private let repository: Repository
    private let tree: ObjectID
    private let overlay: [ObjectID: [UInt8]]

    /// - Parameter overlay: blobs that are read as if they had this content: for what would follow from an edit.
    public init(repository: Repository, tree: ObjectID, overlay: [ObjectID: [UInt8]] = [:]) {
        self.repository = repository
        self.tree = tree
        self.overlay = overlay
    }

    public func root() throws -> [ConfigEntry] { try entries(ofTree: tree) }

    public func entries(of folder: ConfigEntry) throws -> [ConfigEntry] {
        guard case .object(let id) = folder.handle else { return [] }
        return try entries(ofTree: id)
    }

    private func entries(ofTree id: ObjectID) throws -> [ConfigEntry] {
        try repository.entries(ofTree: id).map { entry in
            let kind: ConfigEntry.Kind =
                switch entry.kind {
                case .blob, .executable: .file
                case .tree: .folder
                default: .other
                }
            return ConfigEntry(name: entry.nameText, kind: kind, handle: .object(entry.id))
        }
    }

    public func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8] {
        guard case .object(let id) = file.handle else { return [] }
        if let bytes = overlay[id] { return bytes }
        return try repository.withBlob(id, limit: limit) { [UInt8]($0) }
    }
}

/// Reads the files of a work tree as they lie, tracked or not; what `.gitignore` names is not there.
public final class WorktreeReader: ConfigReader {
    private let repository: Repository?
    private let folder: String

    /// - Parameter repository: nil for a folder that is no repository.
    public init(repository: Repository?, folder: String) {
        self.repository = repository
        self.folder = folder
    }

    public func root() throws -> [ConfigEntry] { try entries(at: "") }

    public func entries(of folder: ConfigEntry) throws -> [ConfigEntry] {
        guard case .path(let path) = folder.handle else { return [] }
        return try entries(at: path + "/")
    }

    private func entries(at prefix: String) throws -> [ConfigEntry] {
        guard let directory = opendir(folder + "/" + prefix) else {
            if errno == ENOENT { return [] }
            throw FileError(path: folder + "/" + prefix, operation: "list", code: errno)
        }
        defer { closedir(directory) }
        // libgit2 would wait for ever for somebody to write into a pipe of this name.
        guard kind(of: folder + "/" + prefix + ".gitignore") != .other else { throw FileError(path: folder + "/" + prefix + ".gitignore", operation: "read", code: EINVAL) }
        var found: [ConfigEntry] = []
        while let item = readdir(directory) {
            let bytes = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard bytes != Array(".".utf8), bytes != Array("..".utf8), bytes != Array(".git".utf8) else { continue }
            let name = String(validating: bytes, as: UTF8.self)
            guard let name else {
                found.append(ConfigEntry(name: nil, kind: .other, handle: .path(prefix)))
                continue
            }
            var status = stat()
            guard lstat(folder + "/" + prefix + name, &status) == 0 else { continue }
            let kind: ConfigEntry.Kind =
                switch status.st_mode & S_IFMT {
                case S_IFREG: .file
                case S_IFDIR: .folder
                default: .other
                }
            if let repository, try repository.isIgnored(prefix + name + (kind == .folder ? "/" : "")) { continue }
            found.append(ConfigEntry(name: name, kind: kind, handle: .path(prefix + name)))
        }
        return found.sorted { ($0.name ?? "") < ($1.name ?? "") }
    }

    public func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8] {
        guard case .path(let path) = file.handle else { return [] }
        do {
            return try readFile(folder + "/" + path, limit: limit)
        } catch let error as FileError {
            // The same kinds as a commit's objects have, so that a caller need not know which it reads.
            switch error.reason {
            case .tooLarge: throw GitError(kind: .tooLarge, operation: "read \(error.path)", message: error.why)
            case .link, .notRegular: throw GitError(kind: .invalid, operation: "read \(error.path)", message: error.why)
            case .system: throw error
            }
        }
    }
}
