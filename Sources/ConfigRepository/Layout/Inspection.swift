import Basics
import Profiles

/// What a folder holds: what has a place there, and what is wrong with the rest.
struct Inspection {
    /// Each name once; what is there twice is left out.
    private(set) var placed: [ConfigEntry] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Names of this folder's own for which something else was meant.
    private(set) var meant: Set<String> = []
    /// Whether an error could be about a policy or an approval.
    private(set) var concernsGates = false

    private let folder: ConfigFolder

    fileprivate init(_ folder: ConfigFolder) { self.folder = folder }

    fileprivate mutating func look(_ entries: [ConfigEntry], _ reader: any ConfigReader) throws {
        var seen: Set<String> = []
        var twice: Set<String> = []
        for entry in entries {
            guard let name = entry.name else {
                if case .root = folder { continue }
                note(Diagnostic(.badFileName, file: folder.path.isEmpty ? "." : String(folder.path.dropLast()), "This folder holds a name that is not valid UTF-8"))
                continue
            }
            if folder.takes(name, entry.kind) {
                if seen.insert(name).inserted { placed.append(entry) } else { twice.insert(name) }
            } else {
                try problem(name, entry, reader)
            }
        }
        for name in twice.sorted() {
            error(.duplicateEntry, name, "Two entries of the folder have this name, so nobody can say which one counts", help: "Run 'git fsck', and write the folder again: git rm --cached, then git add")
            meant.insert(name)
        }
        placed.removeAll { $0.name.map(twice.contains) ?? false }
    }

    /// Notes what is wrong with something that has no place.
    private mutating func problem(_ name: String, _ entry: ConfigEntry, _ reader: any ConfigReader) throws {
        let sort = FileSort(name)
        if folder.folders.contains(name) {
            error(.notARegularFile, name, "'\(name)' must be a folder; links and submodules are not followed", help: "Put the folder itself there")
            return
        }
        if let own = folder.misspeltFolder(name), entry.kind != .file || sort != .documentation {
            if case .root = folder, entry.kind == .file, sort == .unknown { return }
            misplaced(name, entry.kind != .file ? "Rename it to \(folder.path)\(own)/" : FileSort.remedy(name, place: folder.home(of: name)))
            return
        }
        if let own = folder.meant(by: name), sort == .json || sort == .data || (sort == .unknown && !name.contains(".")) {
            meant.insert(String(own.dropFirst(folder.path.count)))
            misplaced(name, FileSort.remedy(name, place: own))
            return
        }
        if case .root = folder { return }
        switch (entry.kind, sort) {
        case (_, .documentation): return
        case (.other, _): error(.notARegularFile, name, "A file or folder is expected; links and submodules are not followed", help: "Put what it leads to there, or remove it")
        case (.file, .unknown):
            note(Diagnostic(.misplaced, severity: .warning, file: folder.path + name, "easel ignores this file", help: "Remove it, or move it out of \(folder.top)/"))
        case (.file, _):
            if case .bases = folder, sort == .json {
                error(.badFileName, name, "No manifest can extend a base of this name", help: "Name it with letters, digits, hyphens and underscores, then .json")
            } else {
                misplaced(name, FileSort.remedy(name, place: folder.home(of: name)))
            }
        case (.folder, _): try folderProblem(name, entry, reader)
        }
    }

    /// A folder that has no place: its files may have been meant for somewhere.
    private mutating func folderProblem(_ name: String, _ entry: ConfigEntry, _ reader: any ConfigReader) throws {
        let inner = try reader.data(below: entry, path: folder.path + name)
        diagnostics += inner.diagnostics
        guard !inner.files.isEmpty else { return }
        if case .tenants = folder {
            let id = name.lowercased()
            error(
                .badFileName, name, "'\(name.prefix(80))' cannot be a tenant id",
                help: StringForm.id.accepts(id) ? "Rename the folder to tenants/\(id)" : "Name the folder with \(StringForm.id.about)")
            return
        }
        for file in inner.files {
            let base = file.split(separator: "/").last.map(String.init) ?? file
            let home = folder.concernsGates(name) ? "approvals/\(base)" : folder.home(of: base)
            error(.misplaced, String(file.dropFirst(folder.path.count)), "This file has no place here: easel would ignore it", help: FileSort.remedy(base, place: home), about: name)
        }
    }

    private mutating func misplaced(_ name: String, _ help: String) { error(.misplaced, name, "This has no place here: easel would ignore it", help: help) }

    /// - Parameter subject: the name in this folder that the error is about.
    private mutating func error(_ code: DiagnosticCode, _ name: String, _ message: String, help: String, about subject: String? = nil) {
        if folder.concernsGates(subject ?? name) { concernsGates = true }
        note(Diagnostic(code, file: folder.path + name, message, help: help))
    }

    /// A folder with that many problems has one cause.
    private mutating func note(_ diagnostic: Diagnostic) { if diagnostics.count < 100 { diagnostics.append(diagnostic) } }
}

extension ConfigFolder {
    /// Finds what of these entries has a place in this folder, and what is wrong with the rest.
    func inspect(_ entries: [ConfigEntry], _ reader: any ConfigReader) throws -> Inspection {
        var inspection = Inspection(self)
        try inspection.look(entries, reader)
        return inspection
    }

    /// The folder at the root that this one is in.
    var top: String { path.split(separator: "/").first.map(String.init) ?? "" }

    /// The folder of this one that a name was meant for.
    func misspeltFolder(_ name: String) -> String? { Self.misspelt(FileSort.stem(name), among: folders) }

    /// Which of the known names a person meant by another one.
    static func misspelt(_ name: String, among known: [String]) -> String? { known.first { isMisspelling(name, of: $0) } }
}

extension ConfigReader {
    /// Files below a folder that somebody may have meant easel to read, by path from the root; the first few.
    fileprivate func data(below folder: ConfigEntry, path: String) throws -> (files: [String], diagnostics: [Diagnostic]) {
        var files: [String] = []
        var diagnostics: [Diagnostic] = []
        var count = 0
        func look(_ folder: ConfigEntry, _ path: String, _ depth: Int) throws {
            for entry in try entries(path, folder, &diagnostics) ?? [] {
                count += 1
                guard files.count < 10, count <= 10_000, let name = entry.name, !name.hasPrefix(".") else { continue }
                let inner = path + "/" + name
                switch (entry.kind, FileSort(name)) {
                case (.folder, _): if depth > 0 { try look(entry, inner, depth - 1) }
                case (_, .json), (_, .data): files.append(inner)
                default: break
                }
            }
        }
        try look(folder, path, 8)
        return (files, diagnostics)
    }
}
