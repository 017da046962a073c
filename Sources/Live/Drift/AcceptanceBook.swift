import Impact
import Profiles
import Time

/// Compares a tenant's differences with its accepted ones, and remembers which entries matched.
public struct AcceptanceBook {
    private let accepted: AcceptedDrift
    private let now: Instant
    private var used: Set<Int> = []

    public init(_ accepted: AcceptedDrift, now: Instant) {
        self.accepted = accepted
        self.now = now
    }

    /// The entry that accepts a difference; nil where none does, or it has expired.
    public mutating func entry(for change: ProfileImpact.Change, of profile: String, kind: DriftKind, graphID: String?) -> AcceptedDrift.Entry? {
        // A change that is desired but not yet applied is not drift.
        guard kind != .pending else { return nil }
        let bound = kind == .unmanaged ? graphID : nil
        for (position, entry) in accepted.entries.enumerated() where entry.accepts(change, of: profile, graphID: bound) {
            used.insert(position)
            if entry.isValid(at: now) { return entry }
        }
        return nil
    }

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
