import Basics
import Git
import JSONSource
import Profiles

/// Reads in which one file or folder that cannot be used is a diagnostic and stops nothing else.
extension ConfigReader {
    /// A JSON file; nil where it cannot be read, which becomes a diagnostic.
    func document(_ path: String, _ entry: ConfigEntry, _ diagnostics: inout [Diagnostic]) throws -> JSONDocument? {
        try bytes(path, entry, &diagnostics).map { JSONDocument(file: path, bytes: $0) }
    }

    /// A file's bytes; nil where they cannot be read, which becomes a diagnostic.
    func bytes(_ path: String, _ entry: ConfigEntry, _ diagnostics: inout [Diagnostic]) throws -> [UInt8]? {
        guard entry.kind == .file else {
            diagnostics.append(.notAFile(path))
            return nil
        }
        // Above the limit of JSON files, so that the size of a file that is a little too large can be reported.
        guard let bytes = try reading(path, &diagnostics, { try read(entry, limit: JSONLimits.fileSize * 4) }) else { return nil }
        guard !bytes.starts(with: "version https://git-lfs.github.com/spec/".utf8) else {
            diagnostics.append(
                Diagnostic(.lfsPointer, file: path, "This is a Git LFS pointer, not the file itself", help: "Take it out of Git LFS (git lfs untrack, then git add --renormalize), and commit it again"))
            return nil
        }
        return bytes
    }

    /// A folder's entries; nil where it cannot be read, which becomes a diagnostic.
    func entries(_ path: String, _ folder: ConfigEntry, _ diagnostics: inout [Diagnostic]) throws -> [ConfigEntry]? {
        try reading(path, &diagnostics) { try entries(of: folder) }
    }

    private func reading<Value>(_ path: String, _ diagnostics: inout [Diagnostic], _ read: () throws -> Value) throws -> Value? {
        do {
            return try read()
        } catch let error as GitError where error.kind == .tooLarge {
            diagnostics.append(
                Diagnostic(code: JSONProblemCode.tooLarge.rawValue, message: "The file has more than \(JSONLimits.fileSize) bytes", help: "Split it: one profile per file", file: path))
        } catch let error as GitError where error.isOfOneObject {
            diagnostics.append(Diagnostic(.unreadable, file: path, "Cannot \(error.operation): \(error.message)", help: error.help ?? "Run 'git fsck' on the repository"))
        } catch let error as FileError {
            diagnostics.append(Diagnostic(.unreadable, file: path, error.description))
        }
        return nil
    }
}

extension Diagnostic {
    /// Something that must be a regular file and is a link, a submodule or a folder.
    static func notAFile(_ path: String) -> Diagnostic {
        Diagnostic(.notARegularFile, file: path, "A regular file is expected; links and submodules are not followed")
    }
}
