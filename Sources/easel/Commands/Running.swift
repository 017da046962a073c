import ArgumentParser
import Gates
import Glibc
import Logging
import Reconciler
import Reports

/// What the commands that run the pipeline have in common.
enum Running {
    /// Runs it, writes the reports, and gives what the exit code follows from.
    static func run(_ request: RunRequest, _ output: OutputOptions) throws -> RunResult {
        Console.start(output.logFormat)
        let progress = Progress(isShown: output.logFormat == .text && Console.isTerminal(STDERR_FILENO))
        var request = request
        request.isReproducible = output.reproducible
        request.logger = Logger(label: "easel")
        request.progress = { progress.worked($0, of: $1) }
        request.places.fetchProgress = { progress.fetched($0, of: $1) }
        var files: [ReportFile] = []
        let summary = PipelineSummary(output.format)
        defer { progress.finish() }
        let result = try Reconciler.run(request, views: Views()) {
            files = try output.reports.map { try ReportFile($0, ReportFormat.of(fileName: $0) ?? .json) }
            let options = ReportOptions(color: Console.useColor(STDOUT_FILENO), width: Console.width)
            let printed = output.format.sink(options: options) { bytes in
                progress.finish()
                Console.put(STDOUT_FILENO, bytes)
            }
            return [printed] + files.map(\.sink) + [summary?.sink()].compactMap(\.self)
        }
        for file in files { try file.finish() }
        try summary?.finish()
        return result
    }

    static func moment(_ now: Moment?) -> Instant { now?.instant ?? Instant(secondsSince1970: Int64(time(nil))) }

    /// - Parameter detailed: differences are told by the exit code.
    static func finish(_ result: RunResult, _ output: OutputOptions, detailed: Bool = false) throws {
        if let code = Interruption.exitCode { throw ExitCode(code) }
        if result.errors > 0 || (output.warningsAsErrors && result.warnings > 0) { throw ExitCode(1) }
        if result.summary.held > 0 { throw ExitCode(3) }
        let differs = result.summary.drift.map { $0.profilesOutOfLine > 0 } ?? !result.summary.hasNoChanges
        if detailed, differs || result.policyChanges > 0 { throw ExitCode(2) }
    }
}
