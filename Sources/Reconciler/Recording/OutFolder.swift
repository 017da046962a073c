import AppliedState
import Basics
import CGitSupport
import Deferral
import Glibc
import JSONSource
import Profiles
import ReportModel

/// The folder for the next pipeline step: payloads of every selected tenant, and this run's reports.
///
/// A reader sees all of one run or all of another: the new content is put together beside the folder and exchanged with
/// it in one step. Files of tenants that did not change are linked, not written again.
final class OutFolder {
    let sinks: [any ReportSink]
    private let path: String
    private let staging: String
    private let files: [StagedFile]
    private let reports: Set<String>
    private let claim: FolderClaim

    /// Marks easel's own folders, and says which payloads are in them.
    private static let marker = ".easel-out.json"

    /// - Parameter documents: reports beside `report.json`.
    init(path: String, documents: [ReportDocument]) throws {
        let path = withoutTrailingSlashes(path)
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try makeFolder(parent.isEmpty ? "/" : parent)
        self.path = path
        try Self.check(path)
        let name = path.split(separator: "/").last.map(String.init) ?? "out"
        let beside = parent.isEmpty ? "" : parent + "/"
        // What killed runs left beside the folder.
        for other in try list(parent.isEmpty ? "/" : parent) where other.hasPrefix(".\(name).easel-") { try FolderClaim.removeUnclaimed(beside + other) }
        claim = try FolderClaim(making: beside + ".\(name).easel-")
        staging = claim.path
        let all = [ReportDocument(name: "report.json") { JSONReport(to: $0) }] + documents
        let made = try all.map { [staging] document in (document, file: try StagedFile(staging + "/" + document.name)) }
        files = made.map(\.file)
        sinks = made.map { document, file in document.sink(file.write) }
        reports = Set(all.map(\.name))
    }

    deinit { try? removeTree(staging) }  // What is left of a run that failed; its own error is the one that counts.

    /// A folder with somebody else's files is not touched.
    private static func check(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw UsageError("--out \(path) is not a folder") }
        guard access(path + "/" + marker, F_OK) != 0 else { return }
        if let stranger = try list(path).first {
            throw UsageError("--out \(path) holds files that easel did not write ('\(stranger)'); name a new or empty folder")
        }
    }

    /// Puts the folder together and exchanges it with the old one.
    ///
    /// - Parameter deferral: what a confirmation reads; nil where nothing is deferred.
    func finish(_ tail: ReportTail, snapshot: StateSnapshot, selection: Selection, steps: StepFiles?, deferral: Deferral?) throws {
        for sink in sinks { try sink.end(tail) }
        for file in files { try file.close() }
        let old = try readMarker()
        let made = modificationTime(path + "/" + Self.marker)
        var trees: [String: String] = [:]
        for id in snapshot.tenantIDs.filter(selection.contains).sorted() {
            guard let tenant = try snapshot.tenant(id), let tree = tenant.payloadsTree else { continue }
            let folder = staging + "/tenants/\(id)/payloads"
            try makeFolder(folder)
            let own = steps?.byTenant[id] ?? [:]
            let isSame = old[id] == tree.description
            for (name, blob) in try tenant.files("payloads") {
                let target = folder + "/" + name
                let written = path + "/tenants/\(id)/payloads/" + name
                if isSame, !isNewer(written, than: made), link(written, target) == 0 { continue }
                try writeFile(target, try tenant.bytes(blob))
            }
            for (name, bytes) in own { try writeFile(folder + "/" + name, bytes) }
            trees[id] = tree.description
        }
        let deferred = "\(staging)/\(Deferral.folder)"
        if let deferral { try deferral.write(to: deferred, leaving: steps?.leaving ?? [:]) } else if tail.isDeferred { try Deferral.writeNothing(to: deferred) }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("formatVersion", 1)
            writer.member("payloads", .object(trees.mapValues(JSON.string)))
        }
        try writeFile(staging + "/" + Self.marker, writer.finish())
        try exchange()
    }

    /// Whether somebody has written to the file since the folder was made: then it is not linked, but written again.
    private func isNewer(_ file: String, than made: timespec?) -> Bool {
        guard let made, let time = modificationTime(file) else { return true }
        return (time.tv_sec, time.tv_nsec) > (made.tv_sec, made.tv_nsec)
    }

    private func modificationTime(_ file: String) -> timespec? {
        var status = stat()
        return lstat(file, &status) == 0 ? status.st_mtim : nil
    }

    private func readMarker() throws -> [String: String] {
        guard access(path + "/" + Self.marker, F_OK) == 0 else { return [:] }
        let limit = JSONLimits.ownFileSize
        let document = JSONDocument(file: Self.marker, bytes: try readFile(path + "/" + Self.marker, limit: limit), limit: limit)
        var trees: [String: String] = [:]
        for member in document.root?["payloads"].map({ Array($0.members) }) ?? [] {
            if let id = member.key.string, let tree = member.value.string { trees[id] = tree }
        }
        return trees
    }

    private func exchange() throws {
        if mkdir(path, 0o755) == 0 || (errno == EEXIST && access(path + "/" + Self.marker, F_OK) != 0) {
            // New or empty: a plain rename replaces it.
            if rename(staging, path) == 0 { return }
        }
        guard easel_exchange_paths(staging, path) == 0 else {
            let help = errno == EBUSY ? " (a mount point; name a folder below it)" : ""
            throw FileError(path: path + help, operation: "exchange", code: errno)
        }
        // What people put beside easel's files stays.
        for name in try list(staging) where !reports.contains(name) && ![Self.marker, Deferral.folder, "tenants"].contains(name) {
            _ = rename(staging + "/" + name, path + "/" + name)
        }
        try removeTree(staging)
    }
}
