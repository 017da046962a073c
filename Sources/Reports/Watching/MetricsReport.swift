import Basics
import Impact
import Live
import Payloads
import ReportModel
import Time

/// A run as Prometheus reads it, in its text format: for node_exporter's textfile collector. All are gauges of the last run. They carry the command,
/// the config repository and what the run was narrowed to, so that the files of several runs can be in one folder.
public final class MetricsReport: ReportSink {
    private var tail: ReportTail?
    private let command: String
    private let labels: [(name: String, value: String)]

    /// - Parameter labels: the run's, after its command: names that Prometheus takes, no two alike.
    public init(command: String, labels: [(name: String, value: String)]) {
        self.command = command
        self.labels = labels
    }

    /// Names that `labels` of somebody's own cannot have, since easel's own samples do.
    public static let reservedLabels: Set<String> = [
        "command", "repository", "tenant", "shard", "action", "consequence", "gate", "kind", "line", "outcome", "severity", "status", "version",
    ]

    public func begin(_ head: ReportHead) {}
    public func tenant(_ tenant: TenantReport) {}
    public func end(_ tail: ReportTail) { self.tail = tail }

    /// How a run ended.
    public struct Ending: Sendable {
        public var exitCode: Int32
        /// Seconds since 1970.
        public var now: Int64
        /// Milliseconds.
        public var duration: Int
        /// Whether a notification was delivered, or there was nothing to say; nil where nobody was to be notified.
        public var isNotified: Bool?
        /// Profiles by outcome, of a command that makes no report.
        public var outcomes: [(outcome: String, profiles: Int)] = []

        public init(exitCode: Int32, now: Int64, duration: Int) { (self.exitCode, self.now, self.duration) = (exitCode, now, duration) }

        /// Differences and held changes are no failures.
        var isSuccess: Bool { [0, 2, 3].contains(exitCode) }
    }

    /// The file's text.
    ///
    /// A run that has nothing to report keeps what the run before has measured: an alert must not end because the next run failed.
    ///
    /// - Parameter earlier: the file before this run.
    public func text(_ ending: Ending, earlier: EarlierMetrics) -> String {
        var text = MetricsText(labels: [(name: "command", value: command)] + labels)
        addEnding(ending, earlier, &text)
        if let tail, !tail.isStopped {
            addCounts(tail, &text)
            addDrift(tail, &text)
            addHolds(tail, ending.now, earlier, &text)
        } else {
            if !ending.outcomes.isEmpty {
                text.gauge("outcome_profiles", "Profiles by what became of them.", ending.outcomes.map { ([("outcome", $0.outcome)], "\($0.profiles)") })
            }
            if !ending.isSuccess { text.carry(earlier) }
        }
        return text.text
    }

    private func addEnding(_ ending: Ending, _ earlier: EarlierMetrics, _ text: inout MetricsText) {
        text.gauge("build_info", "The version of easel that ran.", [([("version", easelVersion)], "1")])
        text.one("success", "Whether the last run succeeded; differences and held changes are not failures.", ending.isSuccess ? 1 : 0)
        text.one("exit_code", "Exit code of the last run.", Int(ending.exitCode))
        text.one("timestamp_seconds", "When the last run ended.", ending.now)
        if let last = ending.isSuccess ? ending.now : earlier.value("easel_last_success_timestamp_seconds", text.braces()) {
            text.one("last_success_timestamp_seconds", "When a run last succeeded.", last)
        }
        text.gauge("duration_seconds", "How long the last run took.", [([], ReportTail.Run(startedAt: "", duration: ending.duration).durationSeconds)])
        let name = "notification_failures"
        if let isNotified = ending.isNotified {
            text.one(name, "Runs in a row whose notification could not be delivered.", isNotified ? 0 : (earlier.value("easel_\(name)", text.braces()) ?? 0) + 1)
        }
    }

    private func addCounts(_ tail: ReportTail, _ text: inout MetricsText) {
        let summary = tail.summary
        text.one("tenants", "Tenants checked.", summary.tenants)
        text.one("tenants_failed", "Tenants that could not be checked, because their files or exports have errors.", summary.failedTenants)
        text.gauge("profiles", "Profiles by action: of the run, or of restoring the Git version.", Action.allCases.map { ([("action", $0.rawValue)], "\(summary.actions[$0] ?? 0)") })
        let consequences = Consequence.allCases.map { ($0.rawValue, summary.consequences[$0] ?? ReportSummary.Count()) }
        text.gauge("consequence_profiles", "Profiles by consequence for people.", consequences.map { ([("consequence", $0.0)], "\($0.1.profiles)") })
        text.gauge("consequence_people", "People at most, by consequence.", consequences.map { ([("consequence", $0.0)], "\($0.1.people)") })
        text.gauge(
            "consequence_profiles_people_unknown", "Profiles with an unknown number of people, by consequence.", consequences.map { ([("consequence", $0.0)], "\($0.1.peopleUnknown)") })
        let errors = tail.diagnostics.count { $0.severity == .error }
        text.gauge("diagnostics", "Errors and warnings.", [([("severity", "error")], "\(errors)"), ([("severity", "warning")], "\(tail.diagnostics.count - errors)")])
        if let publishing = summary.publishing {
            text.gauge("published_profiles", "Changes by what became of them in Intune.", PublishingResult.Status.allCases.map { ([("outcome", $0.rawValue)], "\(publishing[$0])") })
        }
        if let adoption = summary.adoption {
            text.gauge(
                "adopted_profiles", "Profiles by outcome of the adoption.",
                [([("outcome", "adopted")], "\(adoption.adopted)"), ([("outcome", "left")], "\(adoption.left)"), ([("outcome", "known")], "\(adoption.known)")])
        }
    }

    private func addHolds(_ tail: ReportTail, _ now: Int64, _ earlier: EarlierMetrics, _ text: inout MetricsText) {
        let summary = tail.summary
        text.one("profiles_held", "Profiles that a gate or limit holds.", summary.held)
        text.one("profiles_waiting", "Profiles among them that only wait their turn.", summary.waiting)
        text.gauge(
            "held_people", "People at most whom changes that are held would hit, by consequence.",
            Consequence.allCases.map { ([("consequence", $0.rawValue)], "\(summary.heldConsequences[$0]?.people ?? 0)") })
        let since = "held_since_timestamp_seconds"
        var gates: Set<String> = []
        text.gauge(
            since, "Since when, without a break, a gate or limit holds something; status is waiting where time alone lets it through.",
            tail.gates.filter { gates.insert("\($0.name)\n\($0.isWaiting)").inserted }.map { gate in
                let labels = [("gate", harmless(gate.name)), ("status", gate.isWaiting ? "waiting" : "held")]
                return (labels, "\(earlier.value("easel_\(since)", text.braces(labels)) ?? now)")
            })
        guard tail.isDeferred else { return }
        text.one("deferred_profiles", "Profiles that a deferred reconcile has left for easel confirm to record.", summary.profiles - (summary.actions[.none] ?? 0) - summary.held)
        text.one("deferred_timestamp_seconds", "When the last deferred reconcile ended.", now)
    }

    private func addDrift(_ tail: ReportTail, _ text: inout MetricsText) {
        guard let drift = tail.summary.drift else { return }
        text.gauge("drift_profiles", "Profiles by kind of drift, including inSync.", DriftKind.allCases.map { ([("kind", $0.rawValue)], "\(drift.kinds[$0] ?? 0)") })
        text.one("drift_profiles_accepted", "Profiles whose differences are all accepted.", drift.accepted)
        text.gauge("line_profiles", "Profiles in and out of line.", [([("line", "in")], "\(drift.profilesInLine)"), ([("line", "out")], "\(drift.profilesOutOfLine)")])
        text.gauge("line_tenants", "Tenants in and out of line.", [([("line", "in")], "\(drift.tenantsInLine)"), ([("line", "out")], "\(drift.tenantsOutOfLine)")])
        if let changes = drift.changes {
            text.gauge(
                "drift_differences", "Differences against the earlier report; unknown are those of tenants that could not be compared this time.",
                [
                    ([("status", "new")], "\(changes.new)"), ([("status", "continuing")], "\(changes.continuing)"), ([("status", "resolved")], "\(changes.resolved)"),
                    ([("status", "unknown")], "\(tail.carried.count)"),
                ])
        }
        if let oldest = tail.oldestDrift.flatMap({ Instant($0) }) {
            text.one("drift_oldest_timestamp_seconds", "When the oldest difference that nobody has accepted was first seen.", oldest.secondsSince1970)
        }
        if let time = tail.oldestExport { text.one("exports_oldest_timestamp_seconds", "When the export of the tenant that was exported longest ago was written.", time) }
    }
}
