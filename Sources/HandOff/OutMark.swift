import Basics
import Git
import JSONSource

/// The file in a folder of `--out` that marks it as easel's, and lists every file that easel has written there. What it does not list is
/// somebody else's, and is never deleted.
struct OutMark {
    static let file = ".easel-out.json"

    /// Tenant → payload → id of its content, as Git's blob.
    var payloads: [String: [String: ObjectID]] = [:]
    /// The paths of reports, of files for the next step alone, and of a deferral.
    var others: Set<String> = []

    init() {}

    /// Nil where there is none, or none that easel has written.
    init?(in folder: String) throws {
        let path = folder + "/" + Self.file
        guard kind(of: path) == .file else { return nil }
        let document = JSONDocument(file: path, bytes: try readFile(path, limit: JSONLimits.ownFileSize), limit: JSONLimits.ownFileSize)
        guard document.problems.isEmpty, let root = document.root, root["formatVersion"]?.integer == 1, let payloads = root["payloads"], let others = root["others"] else { return nil }
        self.others = Set(others.elements.compactMap(\.string))
        for tenant in payloads.members {
            guard let id = tenant.key.string else { continue }
            let files = tenant.value.members.compactMap { file in file.key.string.flatMap { name in file.value.string.flatMap(ObjectID.init(hex:)).map { (name, $0) } } }
            self.payloads[id] = Dictionary(files, uniquingKeysWith: { first, _ in first })
        }
    }

    func write(to folder: String) throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("formatVersion", 1)
            writer.member("others", .array(others.sorted().map(JSON.string)))
            writer.member("payloads", .object(payloads.mapValues { .object($0.mapValues { .string($0.description) }) }))
        }
        try replaceFile(folder + "/" + Self.file, writer.finish())
    }

    /// Every file that it lists, with itself.
    var paths: Set<String> {
        others.union(payloads.flatMap { tenant, files in files.keys.map { Self.path(tenant, $0) } }).union([Self.file, OutPending.file])
    }

    static func path(_ tenant: String, _ payload: String) -> String { "tenants/\(tenant)/payloads/\(payload)" }
}

/// The file in a folder that is not, or no longer, the one of `--out`: a hand-off in the making, or one that was replaced. It names its own
/// folder, so that a copy of it elsewhere means nothing.
struct OutPending {
    static let file = ".easel-pending.json"

    let folder: String
    /// The state commit that this hand-off belongs to; nil as long as it is not complete, or when it was replaced.
    var commit: ObjectID?

    init(folder: String, commit: ObjectID? = nil) {
        self.folder = folder
        self.commit = commit
    }

    /// Nil where the folder is not easel's.
    init?(in path: String) throws {
        let (file, name) = (path + "/" + Self.file, path.split(separator: "/").last.map(String.init) ?? "")
        guard kind(of: file) == .file else { return nil }
        let document = JSONDocument(file: file, bytes: try readFile(file, limit: JSONLimits.fileSize))
        guard let folder = document.root?["folder"]?.string, name == folder || name == folder + OutPlace.replaced else { return nil }
        self.init(folder: folder, commit: document.root?["commit"]?.string.flatMap(ObjectID.init(hex:)))
    }

    func write(to folder: String) throws {
        let json: JSON = ["commit": commit.map { .string($0.description) } ?? .null, "folder": .string(self.folder)]
        try replaceFile(folder + "/" + Self.file, Array(pretty(json).utf8))
    }
}
