import Live
import Profiles

/// What a drift report says of a profile beside its impact.
public struct DriftNote: Sendable, Hashable {
    public struct Difference: Sendable, Hashable {
        public var kind: DriftKind
        /// The value as applied; none where nothing was.
        public var applied: SettingValue
        public var acceptance: Acceptance?
        /// When it was first seen, RFC 3339, UTC: in this run, or as an earlier report says. Nil of what a reproducible run sees first.
        public var firstSeen: String?
        /// Whether the earlier report did not have it, or it had it and nobody could be notified of it. Nil without an earlier report.
        public var isNew: Bool?
        public var notice: Notice?

        public init(kind: DriftKind, applied: SettingValue, acceptance: Acceptance? = nil, firstSeen: String?, isNew: Bool? = nil, notice: Notice? = nil) {
            self.kind = kind
            self.applied = applied
            self.acceptance = acceptance
            self.firstSeen = firstSeen
            self.isNew = isNew
            self.notice = notice
        }
    }

    /// Whether somebody was notified of a difference; none where nobody was to be.
    public enum Notice: Sendable, Hashable {
        /// The notification was delivered, in this run or an earlier one.
        case delivered
        /// This run notifies of it, and whether that succeeds is known only at the report's end (`ReportTail.isNotified`).
        case pending
    }

    /// Who changed the profile in Intune.
    public enum ChangedBy: Sendable, Hashable {
        case known(Attribution)
        /// The source keeps a record, and it does not say, or may not be read.
        case unknown
    }

    /// Why a difference is wanted.
    public struct Acceptance: Sendable, Hashable {
        public var reason: String
        public var acceptedBy: String
        public var expires: String?

        public init(reason: String, acceptedBy: String, expires: String?) {
            self.reason = reason
            self.acceptedBy = acceptedBy
            self.expires = expires
        }
    }

    public var kind: DriftKind
    /// One for each change of the impact, in the same order.
    public var differences: [Difference]
    /// The service's id of the live profile.
    public var graphID: String?
    /// When the live profile was last changed, RFC 3339, UTC; nil where that is unknown, as of a missing one.
    public var lastModified: String?
    /// Nil where nobody asked, as with exports.
    public var changedBy: ChangedBy?

    public init(kind: DriftKind, differences: [Difference], graphID: String?, lastModified: String? = nil, changedBy: ChangedBy? = nil) {
        self.changedBy = changedBy
        self.kind = kind
        self.differences = differences
        self.graphID = graphID
        self.lastModified = lastModified
    }

    /// Whether every difference is wanted.
    public var isAccepted: Bool { !differences.isEmpty && differences.allSatisfy { $0.acceptance != nil } }
}

/// The counts of a drift run. A tenant or profile is in line when nothing about it differs but what was accepted.
public struct DriftSummary: Sendable, Hashable {
    /// Profiles by what they are; `inSync` among them.
    public var kinds: [DriftKind: Int] = [:]
    /// Profiles all of whose differences are accepted: counted here beside their kind.
    public var accepted = 0
    public var tenantsInLine = 0
    public var tenantsOutOfLine = 0
    public var profilesInLine = 0
    public var profilesOutOfLine = 0
    /// Differences; nil without an earlier report.
    public var changes: (new: Int, continuing: Int, resolved: Int)?

    public init(comparesWithEarlier: Bool) { changes = comparesWithEarlier ? (0, 0, 0) : nil }

    public static func == (one: Self, other: Self) -> Bool {
        one.kinds == other.kinds && one.accepted == other.accepted && one.tenantsInLine == other.tenantsInLine && one.tenantsOutOfLine == other.tenantsOutOfLine
            && one.profilesInLine == other.profilesInLine && one.profilesOutOfLine == other.profilesOutOfLine && one.changes?.new == other.changes?.new
            && one.changes?.continuing == other.changes?.continuing && one.changes?.resolved == other.changes?.resolved
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(kinds) }

    mutating func add(_ tenant: TenantReport) {
        // Of a tenant that failed nothing can be said.
        guard tenant.status != .failed else { return }
        kinds[.inSync, default: 0] += tenant.unchanged
        profilesInLine += tenant.unchanged
        var isOutOfLine = false
        for note in tenant.profiles.compactMap(\.drift) {
            kinds[note.kind, default: 0] += 1
            if note.isAccepted {
                accepted += 1
                profilesInLine += 1
            } else {
                profilesOutOfLine += 1
                isOutOfLine = true
            }
            guard var changes else { continue }
            for difference in note.differences where difference.acceptance == nil {
                if difference.isNew == true { changes.new += 1 } else { changes.continuing += 1 }
            }
            self.changes = changes
        }
        if isOutOfLine { tenantsOutOfLine += 1 } else { tenantsInLine += 1 }
    }
}
