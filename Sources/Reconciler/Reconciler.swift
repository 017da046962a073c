import AppliedState
import Logging
import ReportModel
import Time

/// The pipeline: prepare → plan → judge → render → record → report. Every command that looks at tenants is a setting of it.
///
/// Nothing is recorded before everything is known to be sound: broken policies stop a run, a broken tenant is left exactly as
/// applied. The state branch moves once, at the end, or not at all.
public enum Reconciler {
    /// Runs a command.
    ///
    /// - Parameter sinks: makes the reports' sinks; called again when a lost race makes the run begin anew.
    public static func run(_ request: RunRequest, sinks: () throws -> [any ReportSink]) throws -> RunResult {
        let start = StopWatch.now()
        var attempt = 0
        while true {
            do {
                return try Pipeline(request: request, sinks: sinks(), start: start).run()
            } catch StateError.contended where attempt < 100 {
                // Somebody else recorded the same tenants: what is to be done now follows from what they did.
                attempt += 1
                request.logger.notice("another run recorded the same tenants meanwhile; beginning anew", metadata: ["attempt": "\(attempt)"])
            }
        }
    }
}
