import AppliedState
import Basics
import Deferral
import Git
import Glibc
import JSONSource
import Payloads
import Profiles
import ReportModel

/// The hand-off to the next pipeline step in the making: payloads of every selected tenant, and this run's reports.
///
/// A reader sees all of one run or all of another. The new hand-off lies complete beside the folder before the state moves, so that whatever
/// ends the run, what was recorded is delivered: by this run, or by the next one. Files that did not change are linked, not written again.
public final class OutFolder {
    public let sinks: [any ReportSink]
    private let place: OutPlace
    private let claim: FolderClaim
    private let files: [StagedFile]
    private var mark = OutMark()
    private let former: OutMark
    private var pending: OutPending
    /// Tenant → its payloads that are in the new folder.
    private var staged: [String: ObjectID] = [:]
    /// The commit that the reports name.
    private var shown: String?

    private var staging: String { claim.path }

    /// - Parameter documents: reports beside `report.json`.
    public init(_ place: OutPlace, documents: [ReportDocument]) throws {
        self.place = place
        former = try OutMark(in: place.path) ?? OutMark()
        claim = try place.claim()
        pending = OutPending(folder: claim.path.split(separator: "/").last.map(String.init) ?? "")
        let all = [ReportDocument(name: "report.json") { JSONReport(to: $0) }] + documents
        let made = try all.map { [staging = claim.path] document in (document, file: try StagedFile(staging + "/" + document.name)) }
        files = made.map(\.file)
        sinks = made.map { document, file in document.sink(file.write) }
        mark.others = Set(all.map(\.name))
    }

    deinit {
        // What may have been recorded is for the next run to decide about: it sees whether the state branch has the commit.
        if pending.commit == nil { try? place.remove(staging) }
    }

    /// Puts the new folder together, so that only `deliver` is left to do. Called again for another commit when a race was lost.
    ///
    /// - Parameters:
    ///   - tail: names the commit. Only what it says of the commit may be different the next time.
    ///   - commit: what the state branch is about to move to; nil for a run that records nothing.
    ///   - progress: hears how many tenants are in the new folder, of how many.
    public func stage(_ tail: ReportTail, commit: ObjectID?, snapshot: StateSnapshot, selection: Selection, steps: StepFiles?, deferral: Deferral?, progress: (Int, Int) -> Void = { _, _ in }) throws {
        try writeReports(tail)
        for id in staged.keys where try snapshot.tenant(id)?.payloadsTree == nil {
            try removeTree("\(staging)/tenants/\(id)")
            (staged[id], mark.payloads[id]) = (nil, nil)
        }
        let ids = snapshot.tenantIDs.filter(selection.contains).sorted()
        for (position, id) in ids.enumerated() {
            defer { progress(position + 1, ids.count) }
            guard let tenant = try snapshot.tenant(id), let tree = tenant.payloadsTree else { continue }
            if staged[id] != tree { try stage(tenant, steps?.byTenant[id] ?? [:]) }
            staged[id] = tree
        }
        try writeFile("\(staging)/\(OperationsFile.name)", OperationsFile.text(steps?.operations ?? []))
        mark.others.insert(OperationsFile.name)
        if deferral != nil || tail.isDeferred {
            let folder = "\(staging)/\(Deferral.folder)"
            if let deferral { try deferral.write(to: folder) } else { try Deferral.writeNothing(to: folder) }
            mark.others.formUnion(try allFiles(below: folder).map { "\(Deferral.folder)/\($0)" })
        }
        try mark.write(to: staging)
        try place.prepare(for: staging)
        if let commit {
            pending.commit = commit
            try pending.write(to: staging)
        }
    }

    private func stage(_ tenant: AppliedTenant, _ steps: [String: [UInt8]]) throws {
        let folder = "tenants/\(tenant.id)/payloads"
        try removeTree("\(staging)/\(folder)")
        try makeFolder("\(staging)/\(folder)")
        let payloads = try tenant.files("payloads")
        for (name, blob) in payloads {
            let (old, new) = ("\(place.path)/\(folder)/\(name)", "\(staging)/\(folder)/\(name)")
            if former.payloads[tenant.id]?[name] == blob, isWhole(old, blob), link(old, new) == 0 { continue }
            try writeFile(new, try tenant.bytes(blob))
        }
        for (name, bytes) in steps {
            try writeFile("\(staging)/\(folder)/\(name)", bytes)
            mark.others.insert(OutMark.path(tenant.id, name))
        }
        mark.payloads[tenant.id] = payloads
    }

    private func writeReports(_ tail: ReportTail) throws {
        if let shown, let now = tail.applied {
            // The last run's words are all there but for the commit, which comes first and is as long.
            let old = Array("\"applied\": \"\(shown)\"".utf8)
            if shown != now { try replaceBytes(old, with: Array("\"applied\": \"\(now)\"".utf8), in: staging + "/report.json", within: 256) }
        } else {
            for sink in sinks { try sink.end(tail) }
            for file in files { try file.close() }
        }
        shown = tail.applied
    }

    /// Puts the new folder in the place of the old one.
    public func deliver() throws {
        try place.exchange(with: staging)
        pending.commit = nil
    }

    /// For a run with nothing new: leaves the last hand-off as it is. A payload that somebody has changed is written again, and other files
    /// that are missing are returned.
    ///
    /// - Returns: nil where there is no hand-off yet.
    public static func keep(_ place: OutPlace, _ snapshot: StateSnapshot) throws -> [String]? {
        guard let mark = try OutMark(in: place.path) else { return nil }
        for (id, payloads) in mark.payloads {
            let changed = payloads.filter { name, blob in !isWhole("\(place.path)/\(OutMark.path(id, name))", blob) }
            // The applied state no longer has the payloads of a tenant that has changed since.
            guard !changed.isEmpty, let tenant = try snapshot.tenant(id) else { continue }
            let applied = try tenant.files("payloads")
            for (name, blob) in changed where applied[name] == blob {
                try makeFolder("\(place.path)/tenants/\(id)/payloads")
                try replaceFile("\(place.path)/\(OutMark.path(id, name))", try tenant.bytes(blob))
            }
        }
        return mark.others.filter { !$0.hasPrefix(Deferral.folder + "/") && kind(of: "\(place.path)/\($0)") != .file }.sorted()
    }
}

/// Whether a file has just this content. Its time and size prove nothing.
private func isWhole(_ path: String, _ blob: ObjectID) -> Bool {
    (try? readFile(path, limit: JSONLimits.ownFileSize)).map { ObjectEncoder.id(.blob, $0) } == blob
}

private func allFiles(below folder: String) throws -> [String] {
    try list(folder).flatMap { name in
        kind(of: "\(folder)/\(name)") == .folder ? try allFiles(below: "\(folder)/\(name)").map { "\(name)/\($0)" } : [name]
    }
}

/// Writes bytes over others of the same number near the beginning of a file.
private func replaceBytes(_ old: [UInt8], with new: [UInt8], in file: String, within limit: Int) throws {
    let descriptor = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw FileError(path: file, operation: "write", code: errno) }
    defer { close(descriptor) }
    var start = [UInt8](repeating: 0, count: limit)
    let count = pread(descriptor, &start, limit, 0)
    guard count >= 0, let place = start.prefix(count).firstRange(of: old), old.count == new.count, pwrite(descriptor, new, new.count, off_t(place.lowerBound)) == new.count else {
        throw FileError(path: file, operation: "write", code: count < 0 ? errno : EIO)
    }
}
