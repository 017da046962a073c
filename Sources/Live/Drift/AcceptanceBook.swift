import Impact
import Profiles
import Time

/// Compares a tenant's differences with its accepted ones, and remembers which entries matched.
public struct AcceptanceBook {
    private let accepted: AcceptedDrift
    private let now: Instant
    /// Setting and profile, or service's id, → positions: a file may have thousands of entries, and a tenant thousands of profiles.
    private let positions: [String: [Int]]
    private var used: Set<Int> = []

    public init(_ accepted: AcceptedDrift, now: Instant) {
        self.accepted = accepted
        self.now = now
        positions = Dictionary(grouping: accepted.entries.indices) { Self.key(accepted.entries[$0].path, accepted.entries[$0].graphID ?? accepted.entries[$0].profile) }
    }

    /// The entry that accepts a difference; nil where none does, or it has expired.
    public mutating func entry(for change: ProfileImpact.Change, of profile: String, kind: DriftKind, graphID: String?) -> AcceptedDrift.Entry? {
        // A change that is desired but not yet applied is not drift, and a profile that was replaced is another one.
        guard kind != .pending, kind != .replaced else { return nil }
        let bound = kind == .unmanaged ? graphID?.lowercased() : nil
        let found = ([profile] + (bound.map { [$0] } ?? [])).flatMap { positions[Self.key(change.path, $0)] ?? [] }.sorted()
        for position in found where accepted.entries[position].accepts(change, of: profile, graphID: bound) {
            used.insert(position)
            if accepted.entries[position].isValid(at: now) { return accepted.entries[position] }
        }
        return nil
    }

    private static func key(_ path: String, _ subject: String) -> String { path + "\n" + subject }

    /// Warnings about entries that have expired, and about those that matched nothing.
    public func remarks(tenant: String) -> [Diagnostic] {
        accepted.entries.enumerated().compactMap { position, entry in
            let what = "\(tenant)/\(entry.profile)\(entry.path.isEmpty ? "" : " \(entry.path)")"
            var remark: Diagnostic
            if !used.contains(position) {
                remark = Diagnostic(
                    .unmatchedAcceptance, severity: .warning, at: entry.place, "The accepted drift of \(what) no longer exists, or has another value",
                    help: "Delete the entry, or accept the new value")
            } else if !entry.isValid(at: now) {
                remark = Diagnostic(.expiredAcceptance, severity: .warning, at: entry.place, "The accepted drift of \(what) expired on \(entry.expires ?? "")", help: "Restore the Git version, or accept the drift again with a later day")
            } else {
                return nil
            }
            remark.tenant = tenant
            remark.profile = entry.profile
            return remark
        }
    }
}
