import Basics
import Gates
import Profiles

/// What is known when the last tenant is through.
public struct ReportTail: Sendable {
    public struct Run: Sendable, Hashable {
        /// RFC 3339, UTC.
        public var startedAt: String
        /// Milliseconds.
        public var duration: Int

        /// In seconds: `1.234`.
        public var durationSeconds: String { "\(duration / 1000).\(padded(duration % 1000, 3))" }

        public init(startedAt: String, duration: Int) {
            self.startedAt = startedAt
            self.duration = duration
        }
    }

    public var summary: ReportSummary
    /// Every diagnostic of the run once, in order.
    public var diagnostics: [Diagnostic]
    public var gates: [GateReport]
    /// What a review finds changed in policies and approvals, by file.
    public var policyChanges: [PolicyChange]
    /// What changes in the facts of tenants, by tenant.
    public var factChanges: [FactChange] = []
    /// Approvals that this run used, that have expired, or that fit no change.
    public var approvals: [String]
    /// What was recorded: the commit on the state branch; nil when nothing was.
    public var applied: String?
    /// The state commit of an earlier run whose hand-off this run has completed; then it has done nothing else.
    public var delivered: String?
    /// Sentences about the run as a whole, as "Nothing has changed since commit 1a2b3c4."
    public var notes: [String]
    /// The run ended before anything was applied, because of an error that concerns all of it.
    public var isStopped: Bool
    /// Nothing was recorded, because somebody else applies it and confirms it then.
    public var isDeferred = false
    /// Nil in a reproducible report.
    public var run: Run?
    /// In a drift run from exports: when the oldest tenant's export was written, seconds since 1970.
    public var oldestExport: Int64?
    /// In a drift run: when the oldest difference that nobody has accepted was first seen, RFC 3339.
    public var oldestDrift: String?
    /// In a drift run that notifies somebody: whether they have got it, or there was nothing to say. Nil where there was nobody to notify.
    public var isNotified: Bool?
    /// Differences of an earlier drift report that are no more.
    public var resolved: [EarlierDrift.Difference] = []
    /// Those of tenants of which nothing can be said now: kept for the next report.
    public var carried: [EarlierDrift.Difference] = []

    public init(
        summary: ReportSummary, diagnostics: [Diagnostic] = [], gates: [GateReport] = [], policyChanges: [PolicyChange] = [],
        approvals: [String] = [], applied: String? = nil, notes: [String] = [], isStopped: Bool = false, run: Run? = nil
    ) {
        self.summary = summary
        self.diagnostics = diagnostics
        self.gates = gates
        self.policyChanges = policyChanges
        self.approvals = approvals
        self.applied = applied
        self.notes = notes
        self.isStopped = isStopped
        self.run = run
    }
}
