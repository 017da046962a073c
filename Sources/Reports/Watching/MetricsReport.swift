import Impact
import Live
import ReportModel

/// A run as Prometheus reads it, in its text format: for node_exporter's textfile collector. All are gauges of the last run, and
/// carry the command, and the shard where there is one, so that the files of several runs can lie side by side.
public final class MetricsReport: ReportSink {
    private var command: ReportCommand?
    private var tail: ReportTail?

    private let shard: [(String, String)]

    /// - Parameter shard: `I/N`, of a run that works off one of several.
    public init(shard: String? = nil) { self.shard = shard.map { [("shard", $0)] } ?? [] }

    public func begin(_ head: ReportHead) { command = head.command }
    public func tenant(_ tenant: TenantReport) {}
    public func end(_ tail: ReportTail) { self.tail = tail }

    /// When the last run succeeded, from a file of metrics; nil if it does not say.
    public static func lastSuccess(in text: String) -> Int64? {
        text.split(separator: "\n").first { $0.hasPrefix("easel_last_success_timestamp_seconds{") }?.split(separator: " ").last.flatMap { Int64($0) }
    }

    /// The file's text.
    ///
    /// - Parameters:
    ///   - command: for a run that ended before its report began.
    ///   - exitCode: the run's; 0, 2 and 3 count as success.
    ///   - now: seconds since 1970.
    ///   - duration: milliseconds.
    ///   - lastSuccess: of the run before, for one that failed.
    public func text(command name: String, exitCode: Int32, now: Int64, duration: Int, lastSuccess: Int64?) -> String {
        let command = self.command?.rawValue ?? name
        let isSuccess = [0, 2, 3].contains(exitCode)
        var text = ""
        func gauge(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: String)]) {
            guard !samples.isEmpty else { return }
            text += "# HELP easel_\(name) \(help)\n# TYPE easel_\(name) gauge\n"
            for sample in samples {
                let labels = ([("command", command)] + shard + sample.labels).map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
                text += "easel_\(name){\(labels)} \(sample.value)\n"
            }
        }
        func one(_ name: String, _ help: String, _ value: some BinaryInteger) { gauge(name, help, [([], "\(value)")]) }
        gauge("build_info", "The version of easel that ran.", [([("version", easelVersion)], "1")])
        one("success", "Whether the last run succeeded; differences and held changes are not failures.", isSuccess ? 1 : 0)
        one("exit_code", "Exit code of the last run.", Int(exitCode))
        one("timestamp_seconds", "When the last run ended.", now)
        if let last = isSuccess ? now : lastSuccess { one("last_success_timestamp_seconds", "When a run last succeeded.", last) }
        gauge("duration_seconds", "How long the last run took.", [([], ReportTail.Run(startedAt: "", duration: duration).durationSeconds)])
        guard let tail else { return text }
        let summary = tail.summary
        one("tenants", "Tenants checked.", summary.tenants)
        one("tenants_failed", "Tenants that could not be checked, because their files or exports have errors.", summary.failedTenants)
        gauge("profiles", "Profiles by action: of the run, or of restoring the Git version.", Action.allCases.map { ([("action", $0.rawValue)], "\(summary.actions[$0] ?? 0)") })
        one("profiles_held", "Profiles that a gate or limit holds.", summary.held)
        one("profiles_waiting", "Profiles among them that only wait their turn.", summary.waiting)
        let consequences = Consequence.allCases.map { ($0.rawValue, summary.consequences[$0] ?? ReportSummary.Count()) }
        gauge(
            "held_people", "People at most whom changes that are held would hit, by consequence.",
            Consequence.allCases.map { ([("consequence", $0.rawValue)], "\(summary.heldConsequences[$0]?.people ?? 0)") })
        gauge("consequence_profiles", "Profiles by consequence for people.", consequences.map { ([("consequence", $0.0)], "\($0.1.profiles)") })
        gauge("consequence_people", "People at most, by consequence.", consequences.map { ([("consequence", $0.0)], "\($0.1.people)") })
        gauge(
            "consequence_profiles_people_unknown", "Profiles with an unknown number of people, by consequence.", consequences.map { ([("consequence", $0.0)], "\($0.1.peopleUnknown)") })
        let errors = tail.diagnostics.count { $0.severity == .error }
        gauge("diagnostics", "Errors and warnings.", [([("severity", "error")], "\(errors)"), ([("severity", "warning")], "\(tail.diagnostics.count - errors)")])
        if let drift = summary.drift {
            gauge("drift_profiles", "Profiles by kind of drift, including inSync.", DriftKind.allCases.map { ([("kind", $0.rawValue)], "\(drift.kinds[$0] ?? 0)") })
            one("drift_profiles_accepted", "Profiles whose differences are all accepted.", drift.accepted)
            gauge("line_profiles", "Profiles in and out of line.", [([("line", "in")], "\(drift.profilesInLine)"), ([("line", "out")], "\(drift.profilesOutOfLine)")])
            gauge("line_tenants", "Tenants in and out of line.", [([("line", "in")], "\(drift.tenantsInLine)"), ([("line", "out")], "\(drift.tenantsOutOfLine)")])
            if let changes = drift.changes {
                gauge(
                    "drift_differences", "Differences against the earlier report.",
                    [([("status", "new")], "\(changes.new)"), ([("status", "continuing")], "\(changes.continuing)"), ([("status", "resolved")], "\(changes.resolved)")])
            }
        }
        if let adoption = summary.adoption {
            gauge("adopted_profiles", "Profiles by outcome of the adoption.", [([("outcome", "adopted")], "\(adoption.adopted)"), ([("outcome", "left")], "\(adoption.left)"), ([("outcome", "known")], "\(adoption.known)")])
        }
        return text
    }
}
