import Basics
import JSONSource
import Profiles

/// A tenant's `accepted-drift.json` in a work tree, while entries are added to it.
///
/// Keeps everything in the file that it does not replace, and never writes a file that easel would refuse to read.
public struct AcceptedDriftFile: Sendable {
    /// One difference that is to be accepted.
    public struct Difference: Sendable {
        /// The profile id, as a drift report shows it.
        public let profile: String
        /// JSON pointer of the setting; `""` for a profile that is missing or unmanaged.
        public let path: String
        /// The live value that is accepted; nil for path `""`.
        public let live: JSON?
        /// The service's id of an unmanaged profile.
        public let graphID: String?

        public init(profile: String, path: String, live: JSON?, graphID: String?) {
            self.profile = profile
            self.path = path
            self.live = live
            self.graphID = graphID
        }
    }

    /// What was written.
    public struct Written: Sendable, Hashable {
        /// Path in the config repository.
        public let path: String
        /// Entries that are new.
        public let added: Int
        /// Entries that took the place of an earlier one.
        public let replaced: Int
    }

    /// Path in the config repository.
    public let path: String
    private let folder: GuardedFolder
    private var root: [String: JSON] = ["kind": "acceptedDrift"]
    private var entries: [JSON] = []
    private var added = 0
    private var replaced = 0

    /// Reads the file; a missing one counts as empty.
    ///
    /// - Throws: `UsageError` where the tenant does not exist or the file has errors.
    public init(tenant: String, in workTree: String) throws {
        folder = GuardedFolder(workTree)
        guard kind(of: "\(workTree)/tenants/\(tenant)") == .folder else {
            let tenants = ((try? list("\(workTree)/tenants")) ?? []).filter { kind(of: "\(workTree)/tenants/\($0)") == .folder }
            throw UsageError("\(workTree) has no tenant '\(tenant)'\(didYouMean(tenant, among: tenants))")
        }
        path = "tenants/\(tenant)/accepted-drift.json"
        guard let bytes = try folder.read(path, limit: JSONLimits.fileSize) else { return }
        let document = JSONDocument(file: path, bytes: bytes)
        try Self.check(document, to: "read")
        if case .object(let members)? = document.root?.plain { root = members }
        if case .array(let items)? = root["entries"] { entries = items }
    }

    /// Adds an entry, or replaces the one for the same difference.
    ///
    /// - Parameter expires: the last day on which it counts, in UTC, as `2027-01-31`; nil for no end.
    public mutating func accept(_ difference: Difference, reason: String, acceptedBy: String, expires: String?) {
        let before = entries.count
        entries.removeAll { Self.isSame($0, difference) }
        if entries.count < before { replaced += 1 } else { added += 1 }
        var entry: [String: JSON] = [
            "profile": .string(difference.profile), "path": .string(difference.path), "reason": .string(reason), "acceptedBy": .string(acceptedBy),
        ]
        entry["live"] = difference.live
        entry["graphId"] = difference.graphID.map(JSON.string)
        entry["expires"] = expires.map(JSON.string)
        entries.append(.object(entry))
    }

    /// Writes the file, all or nothing.
    ///
    /// - Throws: `UsageError` where what was accepted makes a file with errors; then nothing is written.
    public func write() throws -> Written {
        var root = root
        root["entries"] = .array(entries)
        let bytes = Array(pretty(.object(root)).utf8)
        try Self.check(JSONDocument(file: path, bytes: bytes), to: "write")
        try folder.write(path, bytes)
        return Written(path: path, added: added, replaced: replaced)
    }

    private static func isSame(_ entry: JSON, _ difference: Difference) -> Bool {
        guard case .object(let members) = entry, members["path"] == .string(difference.path) else { return false }
        // The profile id of an unmanaged profile can change; the service's id cannot.
        if let id = members["graphId"], let graphID = difference.graphID { return id == .string(graphID) }
        return members["profile"] == .string(difference.profile) && members["graphId"] == nil
    }

    private static func check(_ document: JSONDocument, to operation: String) throws {
        var diagnostics: [Diagnostic] = []
        _ = AcceptedDrift(document, diagnostics: &diagnostics)
        guard let problem = diagnostics.first else { return }
        throw UsageError("cannot \(operation) \(problem.file):\(problem.line):\(problem.column): \(problem.message)\(problem.help.map { ". \($0)" } ?? "")")
    }
}
