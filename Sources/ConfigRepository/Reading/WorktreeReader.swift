import Basics
import Git
import Glibc

/// Reads the files of a work tree, tracked or not; what `.gitignore` names is not there. What a sparse checkout leaves out of the folder is
/// read as the index has it: nobody has removed it.
public final class WorktreeReader: ConfigReader {
    private let repository: Repository?
    private let folder: String
    /// What is not in the folder, but in the index.
    private let skipped: IndexedFiles

    /// - Parameter repository: nil for a folder that is not a repository.
    public init(repository: Repository?, folder: String) throws {
        self.repository = repository
        self.folder = folder
        skipped = IndexedFiles(try repository?.skippedFiles() ?? [])
    }

    public func root() throws -> [ConfigEntry] { try entries(at: "") }

    public func entries(of folder: ConfigEntry) throws -> [ConfigEntry] {
        guard case .path(let path) = folder.handle else { return [] }
        return try entries(at: path + "/")
    }

    private func entries(at prefix: String) throws -> [ConfigEntry] {
        let found = try present(at: prefix)
        let absent = skipped.entries(at: prefix)
        guard !absent.isEmpty else { return found }
        let there = Set(found.compactMap(\.name))
        return (found + absent.filter { entry in entry.name.map { !there.contains($0) } ?? false }).sorted { ($0.name ?? "") < ($1.name ?? "") }
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
