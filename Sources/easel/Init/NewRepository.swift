import Basics
import Git
import Reports

/// Makes a config repository to start from, or completes one that exists. Nothing that exists is overwritten.
struct NewRepository {
    /// New, empty, or a config repository.
    let directory: String

    /// With the example only where nobody has tenants or bases yet. The result says which files were written and which existed.
    func make() throws -> InitView {
        let directory = withoutTrailingSlashes(directory)
        guard !directory.isEmpty else { throw UsageError("the name of the folder is empty") }
        // Links are followed here: somebody may keep repositories behind one.
        if kind(of: directory + "/.") == .missing, kind(of: directory) != .missing { throw UsageError("\(directory) is not a folder; name a folder") }
        try makeFolder(directory)
        let folder = GuardedFolder(directory)
        let isNew = Self.isNew(directory)
        var written: [String] = []
        var kept: [String] = []
        for file in (isNew ? Starter.example : []) + Starter.editing + Starter.hooks {
            let path = directory + "/" + file.path
            guard kind(of: path) == .missing else {
                kept.append(file.path)
                continue
            }
            try folder.write(file.path, Array(file.text.utf8), isProgram: file.isProgram)
            written.append(file.path)
        }
        try Self.initialize(directory)
        return InitView(directory: directory, written: written, kept: kept, hooksFolder: Starter.hooksFolder)
    }

    /// Whether a folder has nothing of a config repository yet.
    static func isNew(_ directory: String) -> Bool { kind(of: directory + "/tenants") == .missing && kind(of: directory + "/bases") == .missing }

    /// Path → text of the schemas and editor settings that a folder does not have yet.
    static func missingSchemas(_ directory: String) -> [(String, [UInt8])] {
        Starter.editing.filter { kind(of: directory + "/" + $0.path) == .missing }.map { ($0.path, Array($0.text.utf8)) }
    }

    /// Makes it a Git repository, unless it is one.
    static func initialize(_ directory: String) throws {
        if kind(of: directory + "/.git") == .missing { _ = try Repository.initialize(path: directory, bare: false, initialBranch: "main") }
    }
}
