import Git

/// One tenant's new tree for the state branch, with the objects it needs. Workers make it; the one writer writes it.
public struct TenantTree: Sendable {
    /// Nil when the tenant is removed from the state.
    public let id: ObjectID?
    public let objects: [EncodedObject]

    public static let removed = TenantTree(id: nil, objects: [])
}

/// A file's content: new bytes, or a blob that the state already has.
public enum StateFile {
    case bytes([UInt8])
    case blob(ObjectID)
}

/// Encodes tenant trees. Use one per worker.
public struct TenantTreeBuilder {
    private var encoder: ObjectEncoder

    public init() throws { encoder = try ObjectEncoder() }

    /// Encodes a tenant's tree. Its `state.json` gets a digest over everything in the tree.
    ///
    /// - Parameters:
    ///   - files: name → content, at the top of the tenant's folder.
    ///   - folders: name → its files; an empty folder is omitted, since Git has none.
    ///   - known: blobs that the tenant already has in the state; they are not encoded again.
    public mutating func build(files: [String: StateFile], folders: [String: [String: StateFile]], known: Set<ObjectID>) throws -> TenantTree {
        var objects: [EncodedObject] = []
        var files = files
        let state = files.removeValue(forKey: "state.json")
        var entries = entries(files, known, &objects)
        for (name, files) in folders where !files.isEmpty {
            let tree = encoder.encode(.tree, try encodeTree(self.entries(files, known, &objects)))
            objects.append(tree)
            entries.append(TreeEntry(name: name, mode: TreeEntry.treeMode, id: tree.id))
        }
        if case .bytes(let bytes)? = state {
            entries += self.entries(["state.json": .bytes(try Seal.sealed(bytes, over: entries))], known, &objects)
        }
        let tree = encoder.encode(.tree, try encodeTree(entries))
        objects.append(tree)
        return TenantTree(id: tree.id, objects: objects)
    }

    private mutating func entries(_ files: [String: StateFile], _ known: Set<ObjectID>, _ objects: inout [EncodedObject]) -> [TreeEntry] {
        files.map { name, file in
            switch file {
            case .blob(let id): return TreeEntry(name: name, mode: TreeEntry.fileMode, id: id)
            case .bytes(let bytes):
                let id = ObjectEncoder.id(.blob, bytes)
                if !known.contains(id) { objects.append(encoder.encode(.blob, bytes)) }
                return TreeEntry(name: name, mode: TreeEntry.fileMode, id: id)
            }
        }
    }
}
