import Git

/// Files that an index lists by their paths, as folders.
public struct IndexedFiles: Sendable {
    /// Folder with a slash at its end, or nothing for the root → what is in it, by name.
    private let folders: [String: [ConfigEntry]]

    /// - Parameter files: with paths in place of names; a tree stands for all that is below it.
    init(_ files: [TreeEntry]) {
        var found: [String: [ConfigEntry]] = [:]
        var known: Set<String> = []
        for file in files {
            let parts = file.name.split(separator: UInt8(ascii: "/"))
            var prefix = ""
            for (position, part) in parts.enumerated() {
                let isLast = position == parts.count - 1
                guard let name = String(validating: part, as: UTF8.self) else {
                    found[prefix, default: []].append(ConfigEntry(name: nil, kind: .other, handle: .path(prefix)))
                    break
                }
                if isLast {
                    let kind: ConfigEntry.Kind =
                        switch file.kind {
                        case .blob, .executable: .file
                        case .tree: .folder
                        case .symlink, .submodule: .other
                        }
                    found[prefix, default: []].append(ConfigEntry(name: name, kind: kind, handle: .object(file.id)))
                } else if known.insert(prefix + name).inserted {
                    found[prefix, default: []].append(ConfigEntry(name: name, kind: .folder, handle: .path(prefix + name)))
                }
                prefix += name + "/"
            }
        }
        folders = found.mapValues { $0.sorted { ($0.name ?? "") < ($1.name ?? "") } }
    }

    /// - Parameter prefix: the folder, with a slash at its end; nothing for the root.
    func entries(at prefix: String) -> [ConfigEntry] { folders[prefix] ?? [] }

    /// The id of a file's content; nil where there is no such file.
    public func blob(_ path: String) -> ObjectID? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard let found = folders[String(path.dropLast(name.count))]?.first(where: { $0.name == name }), case .object(let id) = found.handle, found.kind == .file else { return nil }
        return id
    }
}

/// Reads what is staged: the files as the next commit will have them.
public final class IndexedReader: ConfigReader {
    private let files: IndexedFiles
    /// For the folders that a sparse index does not list.
    private let trees: TreeReader

    public init(repository: Repository, files: IndexedFiles) {
        self.files = files
        trees = TreeReader(repository: repository, tree: .zero)
    }

    public func root() throws -> [ConfigEntry] { files.entries(at: "") }

    public func entries(of folder: ConfigEntry) throws -> [ConfigEntry] {
        guard case .path(let path) = folder.handle else { return try trees.entries(of: folder) }
        return files.entries(at: path + "/")
    }

    public func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8] { try trees.read(file, limit: limit) }
}
