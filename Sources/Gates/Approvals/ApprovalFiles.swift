import Basics
import JSONSource
import Profiles
import Time

/// The approval files in the work tree of a config repository.
///
/// Files that are there are never changed, not even those that have expired: they are the record of what was approved.
public struct ApprovalFiles {
    /// A change to approve.
    public struct Change: Sendable, Hashable {
        public let fingerprint: String
        /// What the change is, for whoever reviews the file; nil when only the fingerprint is known.
        public let words: String?

        public init(fingerprint: String, words: String? = nil) {
            self.fingerprint = fingerprint
            self.words = words
        }
    }

    /// What an approval says beside the changes.
    public struct Statement: Sendable, Hashable {
        /// The only gates to pass; empty for every gate.
        public let gates: [String]
        public let reason: String
        public let approvedBy: String
        /// The last day on which it counts (UTC), such as `2027-01-31`; nil for no end.
        public let expires: String?

        public init(gates: [String] = [], reason: String, approvedBy: String, expires: String?) {
            self.gates = gates
            self.reason = reason
            self.approvedBy = approvedBy
            self.expires = expires
        }
    }

    /// What became of the changes.
    public struct Outcome: Sendable, Hashable {
        /// A change for which nothing was written, and the file that approves it at least as long as was asked for.
        public struct Approved: Sendable, Hashable {
            public let fingerprint: String
            /// Path in the config repository.
            public let file: String
        }

        /// A file that was written.
        public struct Written: Sendable, Hashable {
            /// Path in the config repository.
            public let file: String
            public let fingerprints: [String]
        }

        public var approvedAlready: [Approved] = []
        /// In the order of the changes.
        public var written: [Written] = []

        public init() {}
    }

    /// Fewer than fit into a file that easel reads.
    static let fingerprintsPerFile = 20_000
    /// Changes that a file's comment describes.
    static let changesDescribed = 50

    private let folder: GuardedFolder
    private let now: Instant

    /// - Parameter folder: the work tree's top folder.
    public init(in folder: String, now: Instant) {
        self.folder = GuardedFolder(folder)
        self.now = now
    }

    /// Writes approvals of the changes that nothing approves yet, each change once.
    ///
    /// Every file is checked before the first is written.
    ///
    /// - Parameter isIdle: whether an approval file is known not to count, for example because it was already used.
    /// - Throws: `UsageError` when a file would be invalid or would approve nothing; `FileError`.
    public func approve(_ changes: [Change], _ statement: Statement, isIdle: (String) -> Bool = { _ in false }) throws -> Outcome {
        let approved = try approved(as: statement, isIdle)
        var outcome = Outcome()
        var new: [Change] = []
        var seen: Set<String> = []
        for change in changes where seen.insert(change.fingerprint).inserted {
            if let file = approved[change.fingerprint] {
                outcome.approvedAlready.append(Outcome.Approved(fingerprint: change.fingerprint, file: file))
            } else {
                new.append(change)
            }
        }
        var taken: Set<String> = []
        let files = try stride(from: 0, to: new.count, by: Self.fingerprintsPerFile).map { start in
            let part = new[start..<min(start + Self.fingerprintsPerFile, new.count)]
            return (path: try freePath(for: part[start].fingerprint, &taken), fingerprints: part.map(\.fingerprint), bytes: try content(part, statement))
        }
        for file in files {
            try folder.write(file.path, file.bytes)
            outcome.written.append(Outcome.Written(file: file.path, fingerprints: file.fingerprints))
        }
        return outcome
    }

    /// Fingerprint → file of the approvals that can be read, count now, pass the same gates, and count as long as a new one would.
    private func approved(as statement: Statement, _ isIdle: (String) -> Bool) throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try folder.list("approvals") where name.hasSuffix(".json") {
            let path = "approvals/" + name
            guard let bytes = try folder.read(path, limit: JSONLimits.fileSize) else { continue }
            let document = JSONDocument(file: path, bytes: bytes)
            guard let approval = Approval.read(document).approval, approval.isValid(at: now), !isIdle(path) else { continue }
            if let gates = approval.gates, statement.gates.isEmpty || !gates.isSuperset(of: statement.gates) { continue }
            if let end = approval.expires, statement.expires.map({ end < $0 }) ?? true { continue }
            for fingerprint in approval.fingerprints { found[fingerprint] = path }
        }
        return found
    }

    private func content(_ changes: ArraySlice<Change>, _ statement: Statement) throws -> [UInt8] {
        let words = changes.compactMap(\.words)
        let more = words.count > Self.changesDescribed ? "; and \(words.count - Self.changesDescribed) more" : ""
        let described = words.isEmpty ? "" : words.prefix(Self.changesDescribed).joined(separator: "; ") + more + ". "
        let file = Approval.file(
            fingerprints: changes.map(\.fingerprint), gates: statement.gates, reason: statement.reason, approvedBy: statement.approvedBy, expires: statement.expires,
            // The time tells an approval from an earlier one of the identical change, which may be used up.
            comment: "\(described)Written at \(now).")
        let bytes = Array(pretty(file).utf8)
        // easel must be able to read what it writes.
        let (approval, diagnostics) = Approval.read(JSONDocument(file: "approval", bytes: bytes))
        if let problem = diagnostics.first {
            throw UsageError("cannot write the approval: \(problem.message)\(problem.help.map { ". \($0)" } ?? "")")
        }
        if let expires = statement.expires, approval?.isValid(at: now) != true {
            throw UsageError("cannot write the approval: \(expires) is in the past, so nothing would be approved")
        }
        return bytes
    }

    /// A name that no file has yet, nor will have: an expired approval may have the first.
    private func freePath(for fingerprint: String, _ taken: inout Set<String>) throws -> String {
        let names = [""] + (2...1000).map { "-\($0)" }
        guard let path = names.lazy.map({ "approvals/\(Fingerprint.short(fingerprint))\($0).json" }).first(where: { !taken.contains($0) && kind(of: folder.path + "/" + $0) == .missing }) else {
            throw UsageError("cannot write the approval: approvals/ already has a thousand files for \(fingerprint). Delete those that have expired")
        }
        taken.insert(path)
        return path
    }
}
