import Git
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

    /// The object's id, 40 hex digits; nil for a working file.
    public var id: String? { if case .object(let id) = handle { id.description } else { nil } }

    /// The profile id of a manifest's file; nil for every other file.
    public var manifestID: String? {
        guard let name, name.hasSuffix(".json"), kind != .folder else { return nil }
        let id = String(name.dropLast(5))
        return StringForm.id.accepts(id) ? id : nil
    }
}

extension [ConfigEntry] {
    /// The folder of this name.
    public func folder(_ name: String) -> ConfigEntry? { first { $0.name == name && $0.kind == .folder } }
    /// What has this name, whatever it is.
    public func named(_ name: String) -> ConfigEntry? { first { $0.name == name } }
    /// By name; those whose names are not valid UTF-8 are left out.
    public var byName: [String: ConfigEntry] { Dictionary(compactMap { entry in entry.name.map { ($0, entry) } }, uniquingKeysWith: { first, _ in first }) }
}

/// Whether two revisions differ in an entry. Working files have no ids, so that they always may.
public func differ(_ before: ConfigEntry?, _ after: ConfigEntry?) -> Bool {
    (before == nil) != (after == nil) || before?.id != after?.id || (after != nil && after?.id == nil)
}

/// Reads the config repository: a commit's tree, or working files. One per thread.
public protocol ConfigReader: AnyObject {
    func root() throws -> [ConfigEntry]
    func entries(of folder: ConfigEntry) throws -> [ConfigEntry]
    /// Throws a `GitError` of kind `tooLarge` over `limit` bytes, and of kind `invalid` for what is not a regular file.
    func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8]
}
