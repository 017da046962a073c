import Basics
import Git
import Glibc

/// Reads the files of a work tree, tracked or not; what `.gitignore` names is not there. What a sparse checkout leaves out of the folder is
/// read as the index has it: nobody has removed it.
public final class WorktreeReader: ConfigReader {
    private let repository: Repository?
    private let folder: String
    /// What is not in the folder, but in the index: folder with a slash at its end, or nothing for the root → name → entry.
    private let skipped: [String: [String: ConfigEntry]]

    /// - Parameter repository: nil for a folder that is not a repository.
    public init(repository: Repository?, folder: String) throws {
        self.repository = repository
        self.folder = folder
        skipped = Self.byFolder(try repository?.skippedFiles() ?? [])
    }

    private static func byFolder(_ files: [TreeEntry]) -> [String: [String: ConfigEntry]] {
        var found: [String: [String: ConfigEntry]] = [:]
        for file in files {
            guard let path = file.nameText else { continue }
            var prefix = ""
            let parts = path.split(separator: "/").map(String.init)
            for part in parts.dropLast() {
                found[prefix, default: [:]][part] = ConfigEntry(name: part, kind: .folder, handle: .path(prefix + part))
                prefix += part + "/"
            }
            let isFile = file.kind == .blob || file.kind == .executable
            if let name = parts.last { found[prefix, default: [:]][name] = ConfigEntry(name: name, kind: isFile ? .file : .other, handle: .object(file.id)) }
        }
        return found
    }

    public func root() throws -> [ConfigEntry] { try entries(at: "") }

    public func entries(of folder: ConfigEntry) throws -> [ConfigEntry] {
        guard case .path(let path) = folder.handle else { return [] }
        return try entries(at: path + "/")
    }

    private func entries(at prefix: String) throws -> [ConfigEntry] {
        let found = try present(at: prefix)
        guard let absent = skipped[prefix] else { return found }
        let there = Set(found.compactMap(\.name))
        return (found + absent.values.filter { entry in entry.name.map { !there.contains($0) } ?? false }).sorted { ($0.name ?? "") < ($1.name ?? "") }
    }

    /// What is in the folder itself.
    private func present(at prefix: String) throws -> [ConfigEntry] {
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
            guard let name = String(validating: bytes, as: UTF8.self) else {
                found.append(ConfigEntry(name: nil, kind: .other, handle: .path(prefix)))
                continue
            }
            let kind: ConfigEntry.Kind
            switch Basics.kind(of: folder + "/" + prefix + name) {
            case .missing: continue
            case .file: kind = .file
            case .folder: kind = .folder
            case .other: kind = .other
            }
            if let repository, try repository.isIgnored(prefix + name + (kind == .folder ? "/" : "")) { continue }
            found.append(ConfigEntry(name: name, kind: kind, handle: .path(prefix + name)))
        }
        return found.sorted { ($0.name ?? "") < ($1.name ?? "") }
    }

    public func read(_ file: ConfigEntry, limit: Int) throws -> [UInt8] {
        let path: String
        switch file.handle {
        case .path(let found): path = found
        case .object(let id): return try repository?.withBlob(id, limit: limit) { [UInt8]($0) } ?? []
        }
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
