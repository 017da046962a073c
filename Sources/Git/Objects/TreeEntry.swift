/// One entry of a tree object: a name, its mode, and the id of its content.
public struct TreeEntry: Hashable, Sendable {
    /// What an entry is, according to its mode.
    public enum Kind: Sendable {
        case blob, executable, symlink, tree, submodule
    }

    /// The bytes of the name, any but NUL and "/"; not always UTF-8.
    public var name: [UInt8]
    /// `0o100644`, `0o100755`, `0o120000` (symbolic link), `0o040000` (tree) or `0o160000` (submodule).
    public var mode: UInt32
    public var id: ObjectID

    public init(name: [UInt8], mode: UInt32, id: ObjectID) {
        self.name = name
        self.mode = mode
        self.id = id
    }

    public init(name: String, mode: UInt32, id: ObjectID) {
        self.init(name: Array(name.utf8), mode: mode, id: id)
    }

    /// The mode of an ordinary file.
    public static let fileMode: UInt32 = 0o100644
    /// The mode of a folder.
    public static let treeMode: UInt32 = 0o040000

    /// The name as text; `nil` when it is not valid UTF-8.
    public var nameText: String? { String(validating: name, as: UTF8.self) }

    public var kind: Kind {
        switch mode & 0o170000 {
        case 0o040000: .tree
        case 0o120000: .symlink
        case 0o160000: .submodule
        default: mode & 0o100 != 0 ? .executable : .blob
        }
    }
}
