/// Changes files of a tree without a work tree. New trees and blobs go into a pack; folders that become empty are removed.
public struct TreeEditor {
    private let repository: Repository
    private let pack: PackWriter
    private var encoder: ObjectEncoder

    public init(repository: Repository) throws(GitError) {
        self.repository = repository
        pack = try PackWriter(repository: repository)
        encoder = try ObjectEncoder()
    }

    /// The root tree with these files, by path, written (bytes) or removed (nil). Everything else in it stays as it is.
    public mutating func edit(_ root: ObjectID, _ files: [String: [UInt8]?]) throws(GitError) -> ObjectID {
        var edits: [([Substring], [UInt8]?)] = []
        for (path, bytes) in files { edits.append((path.split(separator: "/"), bytes)) }
        if let tree = try edit(root, edits[...]) { return tree }
        return try add(.tree, [])
    }

    /// Nil when the tree has become empty.
    private mutating func edit(_ tree: ObjectID?, _ edits: ArraySlice<([Substring], [UInt8]?)>) throws(GitError) -> ObjectID? {
        var entries = try tree.map { id throws(GitError) in try repository.entries(ofTree: id) } ?? []
        var below: [String: [([Substring], [UInt8]?)]] = [:]
        for (path, bytes) in edits {
            guard let first = path.first else { continue }
            if path.count > 1 {
                below[String(first), default: []].append((Array(path.dropFirst()), bytes))
                continue
            }
            let mode = entries.first { $0.nameText == String(first) }.flatMap { $0.kind == .executable ? $0.mode : nil } ?? TreeEntry.fileMode
            entries.removeAll { $0.nameText == String(first) }
            if let bytes { entries.append(TreeEntry(name: String(first), mode: mode, id: try add(.blob, bytes))) }
        }
        for (name, edits) in below {
            let old = entries.first { $0.nameText == name && $0.kind == .tree }?.id
            let new = try edit(old, edits[...])
            entries.removeAll { $0.nameText == name }
            if let new { entries.append(TreeEntry(name: name, mode: TreeEntry.treeMode, id: new)) }
        }
        return entries.isEmpty ? nil : try add(.tree, encodeTree(entries))
    }

    /// Adds an object of any kind, such as the commit that names the tree.
    public mutating func add(_ kind: ObjectKind, _ bytes: [UInt8]) throws(GitError) -> ObjectID {
        let object = encoder.encode(kind, bytes)
        try pack.append(object)
        return object.id
    }

    /// Makes everything part of the repository. Call it once.
    public func finish() throws(GitError) {
        _ = try pack.finish()
        repository.refresh()
    }
}
