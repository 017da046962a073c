import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// Refreshes `members` and `kind` in the `tenant.json` files of a config repository's working files.
///
/// What the source does not know stays as it was. A tenant that cannot be read is an error of that tenant, and the others are refreshed.
public struct MembersRefresh: Sendable {
    public var source: any AudienceSource
    /// The work tree.
    public var root: String
    /// Nil: every tenant of the work tree.
    public var tenants: Set<String>?
    /// Called with how many tenants were read, of how many.
    public var progress: @Sendable (Int, Int) -> Void = { _, _ in }
    /// Asked before each tenant: whether to stop, which leaves everything as it is.
    public var isCancelled: @Sendable () -> Bool = { false }

    public init(from source: any AudienceSource, root: String, tenants: Set<String>? = nil) {
        self.source = source
        self.root = root
        self.tenants = tenants
    }

    public struct Change: Sendable, Equatable {
        public let tenant: String
        /// A JSON pointer in `tenant.json`: `/groups/staff/members`.
        public let path: String
        /// Null where it was unknown.
        public let before: JSON
        public let after: JSON

        public init(tenant: String, path: String, before: JSON, after: JSON) {
            (self.tenant, self.path, self.before, self.after) = (tenant, path, before, after)
        }
    }

    public struct Result: Sendable {
        /// Path in the config repository → bytes, of what is to be written.
        public var files: [String: [UInt8]] = [:]
        /// By tenant, in the order of its file.
        public var changes: [Change] = []
        /// Tenants that were asked and answered, and the groups in them that were counted.
        public var tenants = 0
        public var groups = 0
        public var diagnostics: [Diagnostic] = []

        public init() {}
    }

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `UsageError` for a tenant that is not there; where the source cannot be used at all; `CancellationError` where it was told
    ///   to stop.
    public func run() throws -> Result {
        var result = Result()
        let known = try TenantList(existingIn: root).entries.map(\.id)
        if let missing = tenants?.sorted().first(where: { !known.contains($0) }) { throw UsageError("There is no tenant '\(missing)' in \(root)\(didYouMean(missing, among: known))") }
        var edits: [MembersEdit] = []
        for id in known where tenants?.contains(id) ?? true {
            do { edits.append(try edit(id)) } catch { result.diagnostics.append(error.diagnostic) }
        }
        let counts = try waiting { [edits, source, progress, isCancelled] in
            try await concurrently(edits, isCancelled: isCancelled, progress: progress) { try await source.counts($0.query) }
        }
        for (edit, counts) in zip(edits, counts) {
            for var diagnostic in counts.diagnostics {
                diagnostic.tenant = diagnostic.tenant ?? edit.id
                result.diagnostics.append(diagnostic)
            }
            guard !counts.diagnostics.contains(where: { $0.severity == .error }) else { continue }
            result.diagnostics += edit.missing(counts.missing)
            result.tenants += 1
            result.groups += counts.groups.count
            let (changes, text) = edit.apply(counts)
            result.changes += changes.map { Change(tenant: edit.id, path: $0.path, before: $0.before, after: $0.after) }
            if let text { result.files["tenants/\(edit.id)/tenant.json"] = text }
        }
        result.diagnostics = result.diagnostics.sorted()
        return result
    }

    private struct Problem: Error {
        let diagnostic: Diagnostic
    }

    private func edit(_ id: String) throws(Problem) -> MembersEdit {
        let file = "tenants/\(id)/tenant.json"
        func problem(_ message: String, _ help: String) -> Problem {
            var diagnostic = Diagnostic(.unreadable, file: file, message, help: help)
            diagnostic.tenant = id
            return Problem(diagnostic: diagnostic)
        }
        let bytes: [UInt8]?
        do { bytes = try GuardedFolder(root).read(file, limit: JSONLimits.fileSize) } catch { throw problem("The tenant's numbers stay as they are: \(error)", "Correct the file first") }
        let document = bytes.map { JSONDocument(file: file, bytes: $0) }
        var problems = document.map(Diagnostic.problems(of:)) ?? []
        if let root = document?.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &problems) }
        guard let document, !problems.contains(where: { $0.severity == .error }), let tenant = Tenant(id: id, document, targets: PayloadTargets.descriptions) else {
            throw problem("The tenant's numbers stay as they are, because this file \(document == nil ? "is missing" : "has errors")", "Run easel validate and correct it first")
        }
        return MembersEdit(id: id, document: document, tenant: tenant)
    }

    /// Writes what a run has found.
    public func write(_ result: Result) throws {
        let folder = GuardedFolder(root)
        for (path, bytes) in result.files.sorted(by: { $0.key < $1.key }) { try folder.write(path, bytes) }
    }
}
