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
        let watch = try output.watch.watch(
            request.mode.command.rawValue, repo: request.places.repo, selection: request.selection, caFile: request.places.remoteAccess.caFile,
            isReproducible: output.reproducible)
        try Watching.run(watch) {
            try prepare(&request)
            let ending = Ending(output, detailed: detailed, waiting: waiting)
            if case .drift(var comparison) = request.mode {
                comparison.notifies = watch?.notifies ?? false
                request.mode = .drift(comparison)
            }
            return (ending.exitCode(try run(request, output, beside, watch, ending)), nil)
        }
    }

    private static func run(_ request: RunRequest, _ output: OutputOptions, _ beside: (any ReportSink)?, _ watch: Watch?, _ ending: Ending) throws -> RunResult {
        let progress = Progress(of: request.mode, isShown: output.logFormat == .text && Console.isTerminal(STDERR_FILENO))
        var request = request
        request.isReproducible = output.reproducible
        request.logger = Logger(label: "easel")
        request.documents = .init(recorded: [ReportFormat.markdown.document], delivered: [ReportFormat.markdown.document, ReportFormat.html.document])
        request.progress = { progress.show($0) }
        request.places.transferProgress = { progress.show($0) }
        var files: [ReportFile] = []
        let summary = PipelineSummary(output.format)
        defer { progress.finish() }
        let isDrift = request.mode.command == .drift
        let result = try Reconciler.run(request) {
            // Files of an attempt that lost a race delete their temporary files first: the new ones have the same names.
            files = []
            files = try output.reports.map { try ReportFile($0, ReportFormat.of(fileName: $0) ?? .json) }
            let options = ReportOptions(color: Console.useColor(STDOUT_FILENO), width: Console.width)
            let printed = output.format.sink(options: options) { bytes in
                progress.finish()
                Console.put(STDOUT_FILENO, bytes)
            }
            let reports: [any ReportSink] = [printed] + files.map(\.sink) + [summary?.sink(), beside].compactMap(\.self)
            guard let watch else { return reports }
            return watch.sinks(beside: reports, exitCode: isDrift ? { (tail: ReportTail) in ending.exitCode(tail) } : nil)
        }
        if let problem = handOver(files, summary) {
            guard let commit = result.applied else { throw problem }
            throw RecordedButUnreported(commit: commit, "not everything was reported: \(problem)")
        }
        return result
    }

    /// Puts every report in its place, also when another one cannot be written. Returns the first problem.
    private static func handOver(_ files: [ReportFile], _ summary: PipelineSummary?) -> (any Error)? {
        var problem: (any Error)?
        for file in files {
            do { try file.finish() } catch { problem = problem ?? error }
        }
        do { try summary?.finish() } catch { problem = problem ?? error }
        return problem ?? Console.outputProblem.map(Failure.init)
    }

    static func moment(_ now: Moment?) -> Instant { now?.instant ?? Instant(secondsSince1970: Int64(time(nil))) }

    /// What decides about the exit code beside the run itself.
    private struct Ending {
        let warningsAsErrors: Bool
        let detailed: Bool
        let waiting: Int32

        init(_ output: OutputOptions, detailed: Bool, waiting: Int32) {
            (warningsAsErrors, self.detailed, self.waiting) = (output.warningsAsErrors, detailed, waiting)
        }

        func exitCode(_ result: RunResult) -> Int32 { exitCode(result.summary, errors: result.errors, warnings: result.warnings, policyChanges: result.policyChanges) }

        /// Of a run whose report ends so.
        func exitCode(_ tail: ReportTail) -> Int32 {
            let errors = tail.diagnostics.count { $0.severity == .error }
            return exitCode(tail.summary, errors: errors, warnings: tail.diagnostics.count - errors, policyChanges: tail.policyChanges.count)
        }

        private func exitCode(_ summary: ReportSummary, errors: Int, warnings: Int, policyChanges: Int) -> Int32 {
            if let code = Interruption.exitCode { return code }
            if errors > 0 || (warningsAsErrors && warnings > 0) { return 1 }
            if let publishing = summary.publishing, publishing[.awaitingApproval] > 0 { return 3 }
            if summary.held > (waiting == 0 ? summary.waiting : 0) { return 3 }
            let differs = summary.drift.map { $0.profilesOutOfLine > 0 } ?? !summary.hasNoChanges
            return detailed && (differs || policyChanges > 0) ? 2 : 0
        }
    }
}
