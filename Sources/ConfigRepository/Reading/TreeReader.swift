import Git

/// Reads one commit's tree from the object database; nothing is checked out.
public final class TreeReader: ConfigReader {
    private let repository: Repository
    private let tree: ObjectID
    private let overlay: [ObjectID: [UInt8]]

    /// - Parameter overlay: blobs that are read as if they had this content, to see what would follow from an edit.
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
