import AppliedState
import Basics
import CGitSupport
import Deferral
import Git
import Glibc
import JSONSource
import Profiles
import ReportModel

/// Files that only this run has, as PATCH and `$ref` bodies. Kept until the folder is put together.
///
/// @unchecked: filled inside the run's turnstile, read after the last worker.
final class StepFiles: @unchecked Sendable {
    private(set) var byTenant: [String: [String: [UInt8]]] = [:]
    /// The last report of tenants that leave the applied state, which has no place for it.
    private(set) var leaving: [String: [UInt8]] = [:]

    func add(_ tenant: String, _ rendered: TenantRenderer.Rendered) {
        if !rendered.steps.isEmpty { byTenant[tenant] = rendered.steps }
        if let report = rendered.leaving { leaving[tenant] = report }
    }
}

/// The folder for the next pipeline step: payloads of every selected tenant, and this run's reports.
///
/// A reader sees all of one run or all of another: the new content is put together beside the folder and exchanged with
/// it in one step. Files of tenants that did not change are linked, not written again.
final class OutFolder {
    let sinks: [any ReportSink]
    private let path: String
    private let staging: String
    private let files: [StagedFile]
    private let claim: FolderClaim

    /// Tells easel's folders from others, and which payloads lie in it.
    private static let marker = ".easel-out.json"

    init(path: String, views: any ReportViews) throws {
        let path = withoutTrailingSlashes(path)
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try makeFolder(parent.isEmpty ? "/" : parent)
        self.path = path
        try Self.check(path)
        let name = path.split(separator: "/").last.map(String.init) ?? "out"
        let beside = parent.isEmpty ? "" : parent + "/"
        // What killed runs have left beside the folder.
        for other in try list(parent.isEmpty ? "/" : parent) where other.hasPrefix(".\(name).easel-") { try FolderClaim.removeUnclaimed(beside + other) }
        claim = try FolderClaim(making: beside + ".\(name).easel-")
        staging = claim.path
        let json = try StagedFile(staging + "/report.json")
        let markdown = try StagedFile(staging + "/report.md")
        let html = try StagedFile(staging + "/report.html")
        files = [json, markdown, html]
        sinks = [views.json(to: json.write), views.markdown(to: markdown.write), views.html(to: html.write)]
    }

    deinit { try? removeTree(staging) }  // What is left of a run that failed; there is nobody to tell.

    /// A folder with other people's files is not touched.
    private static func check(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw UsageError("--out \(path) is no folder") }
        guard access(path + "/" + marker, F_OK) != 0 else { return }
        if let stranger = try list(path).first {
            throw UsageError("--out \(path) holds what easel did not write ('\(stranger)'); name a new or empty folder")
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
        for name in try list(staging) where ![Self.marker, Deferral.folder, "tenants", "report.json", "report.md", "report.html"].contains(name) {
            _ = rename(staging + "/" + name, path + "/" + name)
        }
        try removeTree(staging)
    }
}

/// A file that a report is written into as it comes.
private final class StagedFile {
    private let path: String
    private var descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "write", code: errno) }
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    func write(_ bytes: [UInt8]) throws { try writeAll(descriptor, bytes, path: path) }

    func close() throws {
        let result = Glibc.close(descriptor)
        descriptor = -1
        if result != 0 { throw FileError(path: path, operation: "write", code: errno) }
    }
}
