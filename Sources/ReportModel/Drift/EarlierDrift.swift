import JSONSource
import Live
import Profiles

/// The differences of an earlier drift report: the same drift every night is not news.
public struct EarlierDrift: Sendable {
    public struct Difference: Sendable, Hashable {
        public let tenant: String
        public let profile: String
        public let path: String
        public let kind: DriftKind
        /// The service's id of an unmanaged profile.
        public let graphID: String?
        /// RFC 3339, UTC; nil where the report is reproducible.
        public let firstSeen: String?
        /// The live value; another one is another difference.
        public let live: SettingValue
        /// Whether the notification of it was delivered; nil where there was to be none.
        public var isNotified: Bool?

        var key: String { EarlierDrift.key(tenant, profile, path, kind, graphID) }
    }

    private let differences: [String: Difference]
    /// Resolved ones whose notification was not delivered.
    private let unheard: [Difference]

    /// - Parameter report: the report of a drift run.
    /// - Throws: `RecordedReport.Problem` when it is the report of another command, or not whole.
    public init(_ report: RecordedReport) throws(RecordedReport.Problem) {
        try report.check(isOf: .drift)
        var found: [String: Difference] = [:]
        for tenant in try report.tenants() {
            for profile in tenant.profiles {
                guard let drift = profile.drift else { continue }
                for (change, difference) in zip(profile.impact.changes, drift.differences) where difference.acceptance == nil {
                    let known = Difference(
                        tenant: tenant.id, profile: profile.impact.profile, path: change.path, kind: difference.kind,
                        graphID: difference.kind == .unmanaged ? drift.graphID : nil, firstSeen: difference.firstSeen, live: change.before,
                        isNotified: difference.notice.map { $0 == .delivered })
                    found[known.key] = known
                }
            }
        }
        for kept in try report.carried() { found[kept.key] = kept }
        differences = found
        unheard = try report.resolved().filter { $0.isNotified == false }
    }

    /// By which a difference is known from night to night. An unmanaged profile goes by the service's id, since its own is made from
    /// its name and those beside it.
    public static func key(_ tenant: String, _ profile: String, _ path: String, _ kind: DriftKind, _ graphID: String?) -> String {
        [tenant, kind == .unmanaged ? graphID ?? profile : profile, path].joined(separator: "\n")
    }

    /// The same difference in the earlier report; nil when it is new.
    public func earlier(_ tenant: String, _ profile: String, _ path: String, kind: DriftKind, graphID: String?, live: SettingValue) -> Difference? {
        guard let was = differences[Self.key(tenant, profile, path, kind, graphID)], was.kind == kind, was.live == live else { return nil }
        return was
    }

    /// Those that no longer differ, and those that the earlier report had as resolved when nobody could be notified of it.
    ///
    /// - Parameters:
    ///   - stays: the keys of what still differs.
    ///   - isKnown: whether this run could compare a tenant.
    public func resolved(stays: Set<String>, isKnown: (String) -> Bool) -> [Difference] {
        // A profile that is gone altogether has not become better in any of its settings.
        func isGone(_ was: Difference) -> Bool { !stays.contains(was.key) && !stays.contains(Self.key(was.tenant, was.profile, "", was.kind, was.graphID)) }
        return Self.sorted(differences.values.filter { isKnown($0.tenant) && isGone($0) } + unheard.filter { differences[$0.key] == nil && isGone($0) })
    }

    /// Those of tenants that this run could not compare: the next report must not take them for new.
    public func carried(isKnown: (String) -> Bool) -> [Difference] { Self.sorted(differences.values.filter { !isKnown($0.tenant) }) }

    private static func sorted(_ differences: [Difference]) -> [Difference] { differences.sorted { ($0.tenant, $0.profile, $0.path) < ($1.tenant, $1.profile, $1.path) } }
}
