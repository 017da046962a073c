import Basics
import Glibc

extension Repository {
    /// The files that the next commit will have, each with its path in place of a name; folders of a sparse index are among them as trees.
    ///
    /// Throws ``GitError/Kind/invalid`` that names the files while there are conflicts, as `git commit` refuses.
    ///
    /// - Parameter file: another index than the repository's own, as `git commit FILE` uses; nil for its own.
    public func stagedFiles(index file: String?) throws -> [TreeEntry] {
        let path = file ?? self.path + "/index"
        let operation = "read the index \(path)"
        let entries: [IndexFile.Entry]
        do {
            entries = try IndexFile(Self.bytes(path)) { try Self.bytes("\(self.path)/\($0)", mustExist: true) }.entries
        } catch is IndexReader.Damage {
            throw GitError(kind: .corrupt, operation: operation, message: "it is damaged", help: "Run git status there to see what Git says about it.")
        } catch let unknown as IndexReader.UnknownExtension {
            throw GitError(
                kind: .unsupported, operation: operation, message: "its form is not known to easel: \(unknown.name)",
                help: "Name a commit with --ref, or read the working files with --worktree.")
        }
        let torn = Set(entries.filter { $0.stage != 0 }.map { String(decoding: $0.file.name, as: UTF8.self) }).sorted()
        guard torn.isEmpty else {
            let shown = 10
            let names = torn.prefix(shown).joined(separator: ", ") + (torn.count > shown ? " and \(torn.count - shown) more" : "")
            throw GitError(
                kind: .invalid, operation: operation, message: "\(torn.count == 1 ? "a file has" : "\(torn.count) files have") conflicts: \(names)",
                help: "Resolve them, then run git add on them.")
        }
        return entries.filter { !$0.isIntended }.map(\.file)
    }

    private static let indexLimit = 1 << 30

    private static func bytes(_ path: String, mustExist: Bool = false) throws -> [UInt8] {
        do { return try readFile(path, limit: indexLimit, followsLinks: true) } catch let error as FileError {
            if !mustExist, case .system = error.reason, kind(of: path) == .missing { return [] }
            throw error
        }
    }
}
