import ArgumentParser
import Basics
import Gates
import Git
import Glibc
import Logging
import Reconciler
import ReportModel
import Reports
import Time

/// What the commands that run the pipeline have in common.
enum Running {
    /// Runs it, writes the reports, writes metrics and notifications, and throws the exit code.
    ///
    /// - Parameters:
    ///   - beside: takes the report, too.
    ///   - detailed: differences give exit code 2.
    ///   - waiting: the exit code where all that is held only waits its turn.
    ///   - prepare: reads what else the run needs. If it fails, metrics and notifications say so.
    static func run(_ request: RunRequest, _ output: OutputOptions, beside: (any ReportSink)? = nil, detailed: Bool = false, waiting: Int32 = 3, prepare: (inout RunRequest) throws -> Void = { _ in }) throws {
        Console.start(output.logFormat)
        var request = request
        let watch = try output.watch.watch(caFile: request.places.remoteAccess.caFile, selection: request.selection)
        do {
            try prepare(&request)
            let code = exitCode(try run(request, output, beside, watch), output, detailed: detailed, waiting: waiting)
            watch?.tell(command: request.mode.command.rawValue, exitCode: code, error: nil)
            if code != 0 { throw ExitCode(code) }
        } catch let error where !(error is ExitCode) {
            watch?.tell(command: request.mode.command.rawValue, exitCode: Interruption.exitCode ?? (error is UsageError ? 64 : 1), error: redacted("\(error)"))
            throw error
        }
    }

    private static func run(_ request: RunRequest, _ output: OutputOptions, _ beside: (any ReportSink)?, _ watch: Watch?) throws -> RunResult {
        let progress = Progress(isShown: output.logFormat == .text && Console.isTerminal(STDERR_FILENO))
        var request = request
        request.isReproducible = output.reproducible
        request.logger = Logger(label: "easel")
        request.documents = .init(recorded: [ReportFormat.markdown.document], delivered: [ReportFormat.markdown.document, ReportFormat.html.document])
        request.progress = { progress.worked($0, of: $1) }
        request.places.fetchProgress = { progress.fetched($0, of: $1) }
        var files: [ReportFile] = []
        let summary = PipelineSummary(output.format)
        defer { progress.finish() }
        let result = try Reconciler.run(request) {
            // Files of an attempt that lost a race delete their temporary files first: the new ones have the same names.
            files = []
            files = try output.reports.map { try ReportFile($0, ReportFormat.of(fileName: $0) ?? .json) }
            let options = ReportOptions(color: Console.useColor(STDOUT_FILENO), width: Console.width)
            let printed = output.format.sink(options: options) { bytes in
                progress.finish()
                Console.put(STDOUT_FILENO, bytes)
            }
            return [printed] + files.map(\.sink) + [summary?.sink(), beside].compactMap(\.self) + (watch?.sinks ?? [])
        }
        for file in files { try file.finish() }
        try summary?.finish()
        if let problem = Console.outputProblem {
            throw Failure(problem + (result.applied.map { ". The run itself is complete: it was recorded as \($0.prefix(7))" } ?? ""))
        }
        return result
    }

    static func moment(_ now: Moment?) -> Instant { now?.instant ?? Instant(secondsSince1970: Int64(time(nil))) }

    private static func exitCode(_ result: RunResult, _ output: OutputOptions, detailed: Bool, waiting: Int32) -> Int32 {
        if let code = Interruption.exitCode { return code }
        if result.errors > 0 || (output.warningsAsErrors && result.warnings > 0) { return 1 }
        if result.summary.held > (waiting == 0 ? result.summary.waiting : 0) { return 3 }
        let differs = result.summary.drift.map { $0.profilesOutOfLine > 0 } ?? !result.summary.hasNoChanges
        return detailed && (differs || result.policyChanges > 0) ? 2 : 0
    }
}
