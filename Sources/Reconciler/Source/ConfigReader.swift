import Files
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
    var id: String { if case .object(let id) = handle { id.description } else { "" } }
}

/// Reads the config repository: a commit's tree, or the files as they lie. One per thread.
protocol ConfigReader: AnyObject {
    func root() throws -> [ConfigEntry]
    func entries(of folder: ConfigEntry) throws -> [ConfigEntry]
    /// Throws `GitError.tooLarge` over `limit` bytes.
    func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8]
}

extension ConfigReader {
    /// Every file below a folder, by path from the root; links and submodules are not followed.
    func files(below folder: ConfigEntry, path: String, depth: Int = 8) throws -> [String: ConfigEntry] {
        var found: [String: ConfigEntry] = [:]
        for entry in try entries(of: folder) {
            guard let name = entry.name else { continue }
            switch entry.kind {
            case .file: found[path + "/" + name] = entry
            case .folder where depth > 0: found.merge(try files(below: entry, path: path + "/" + name, depth: depth - 1)) { first, _ in first }
            default: break
            }
        }
        return found
    }
}

/// Reads one commit's tree out of the object database; nothing is checked out.
final class TreeReader: ConfigReader {
    private let repository: Repository
    private let tree: ObjectID
    private let overlay: [ObjectID: [UInt8]]

    /// - Parameter overlay: blobs that are read as if they had this content: for what would follow from an edit.
    init(repository: Repository, tree: ObjectID, overlay: [ObjectID: [UInt8]] = [:]) {
        self.repository = repository
        self.tree = tree
        self.overlay = overlay
    }

    func root() throws -> [ConfigEntry] { try entries(ofTree: tree) }

    func entries(of folder: ConfigEntry) throws -> [ConfigEntry] {
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

    func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8] {
        guard case .object(let id) = file.handle else { return [] }
        if let bytes = overlay[id] { return bytes }
        return try repository.withBlob(id, limit: limit) { [UInt8]($0) }
    }
}

/// Reads the files of a work tree as they lie, tracked or not; what `.gitignore` names is not there.
final class WorktreeReader: ConfigReader {
    private let repository: Repository?
    private let folder: String

    /// - Parameter repository: nil for a folder that is no repository.
    init(repository: Repository?, folder: String) {
        self.repository = repository
        self.folder = folder
    }

    func root() throws -> [ConfigEntry] { try entries(at: "") }

    func entries(of folder: ConfigEntry) throws -> [ConfigEntry] {
        guard case .path(let path) = folder.handle else { return [] }
        return try entries(at: path + "/")
    }

    private func entries(at prefix: String) throws -> [ConfigEntry] {
        guard let directory = opendir(folder + "/" + prefix) else {
            if errno == ENOENT { return [] }
            throw FileError(path: folder + "/" + prefix, operation: "list", code: errno)
        }
        defer { closedir(directory) }
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

    func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8] {
        guard case .path(let path) = file.handle else { return [] }
        return try readFile(folder + "/" + path, limit: limit)
    }
}
