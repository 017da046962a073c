import Profiles

/// The files below `bases`, each with its path from the root. What is wrong with one of them stops only those that extend it.
public struct BaseFiles: Sendable {
    private var files: [String: ConfigEntry] = [:]
    private var problems: [String: Diagnostic] = [:]
    /// Why more files may be there than could be found.
    private var gap: Diagnostic?
    public private(set) var diagnostics: [Diagnostic] = []
    private var count = 0

    /// Folders in folders.
    private static let depthLimit = 8
    /// Names, however deep: a few objects can make a tree of billions of names.
    private static let entryLimit = 100_000

    public var isSound: Bool { !diagnostics.contains { $0.severity == .error } }
    public var paths: [String] { files.keys.sorted() }
    public subscript(_ path: String) -> ConfigEntry? { files[path] }
    /// Path → id of the content; without working files, which have none.
    public var ids: [String: String] { files.compactMapValues(\.id) }

    /// Why a base cannot be used that may well be there.
    func problem(_ path: String) -> Diagnostic? { files[path] == nil ? problems[path] ?? gap : nil }

    /// - Parameter root: the top level.
    init(_ root: [ConfigEntry], _ reader: any ConfigReader) throws {
        if let folder = root.folder("bases") { try look(folder, "bases", Self.depthLimit, reader) }
    }

    private mutating func look(_ folder: ConfigEntry, _ path: String, _ depth: Int, _ reader: any ConfigReader) throws {
        guard gap?.code != DiagnosticCode.outOfRange.rawValue else { return }
        guard let entries = try reader.entries(path, folder, &diagnostics) else {
            gap = gap ?? diagnostics.last
            return
        }
        count += entries.count
        guard count <= Self.entryLimit else {
            let problem = Diagnostic(
                .outOfRange, file: path, "The folder bases holds more than \(Self.entryLimit) files and folders", help: "Nobody needs so many; look for a script that went wrong")
            diagnostics.append(problem)
            gap = problem
            return
        }
        let inspection = try ConfigFolder.bases(path + "/").inspect(entries, reader)
        for problem in inspection.diagnostics {
            if problem.severity == .error { problems[problem.file] = problem }
            note(problem)
        }
        for entry in inspection.placed {
            guard let name = entry.name else { continue }
            let inner = path + "/" + name
            if entry.kind == .file {
                files[inner] = entry
            } else if depth > 0 {
                try look(entry, inner, depth - 1, reader)
            } else {
                let problem = Diagnostic(.outOfRange, file: inner, "Folders in bases are nested more than \(Self.depthLimit) deep, and what is in this one is not read", help: "Move what is needed further up")
                gap = gap ?? problem
                note(problem)
            }
        }
    }

    /// Many such problems have one cause.
    private mutating func note(_ diagnostic: Diagnostic) { if diagnostics.count < 100 { diagnostics.append(diagnostic) } }
}
