import Basics
import JSONSource

/// A JSON report, read back for the changes in it that an approval may name.
public struct RecordedReport: Sendable {
    public struct Change: Sendable, Hashable {
        /// `tenant/profile`.
        public let name: String
        public let fingerprint: String
        public let action: String
        public let heldBy: [String]
        /// At most; nil: unknown.
        public let people: Int?
    }

    /// In the order of the report.
    public let changes: [Change]

    /// Bytes of a report that is read; one of 100,000 changed profiles has a tenth of it.
    public static let sizeLimit = 1 << 30

    /// - Throws: `UsageError` when it is no report of a plan, review or reconcile with its profiles.
    public init(file: String, bytes: [UInt8]) throws {
        let document = JSONDocument(file: file, bytes: bytes, limit: Self.sizeLimit)
        guard document.problems.isEmpty, let root = document.root, root["formatVersion"]?.isString("1.0") == true, let tenants = root["tenants"] else {
            throw UsageError("\(file) is no JSON report of easel; write one with --report report.json")
        }
        changes = tenants.elements.flatMap { tenant in
            (tenant["profiles"].map { Array($0.elements) } ?? []).compactMap { profile in
                guard let id = tenant["id"]?.string, let name = profile["id"]?.string, let fingerprint = profile["fingerprint"]?.string else { return nil }
                return Change(
                    name: "\(id)/\(name)", fingerprint: fingerprint, action: profile["action"]?.string ?? "",
                    heldBy: profile["heldBy"]?.elements.compactMap(\.string) ?? [], people: profile["people"]?.integer)
            }
        }
    }
}
