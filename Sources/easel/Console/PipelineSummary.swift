import Basics
import Glibc
import Reconciler
import ReportModel
import Reports

/// The Markdown report, where a pipeline shows it next to its log: GitHub's step summary, Azure's run summary.
final class PipelineSummary {
    private enum Place {
        /// easel appends to it, since other tools of the step write there too.
        case github(file: String)
        case azure(folder: String)
    }

    private let place: Place
    private var text: [UInt8] = []

    /// Nil if no such pipeline runs easel, or another format was asked for.
    init?(_ format: ReportFormat) {
        switch format {
        case .github:
            guard let file = Environment.variable("GITHUB_STEP_SUMMARY") else { return nil }
            place = .github(file: file)
        case .azure:
            guard Environment.variable("TF_BUILD") != nil else { return nil }
            place = .azure(folder: Environment.variable("AGENT_TEMPDIRECTORY") ?? Environment.variable("TMPDIR") ?? "/tmp")
        default: return nil
        }
    }

    func sink() -> any ReportSink {
        // After a lost race the report begins again.
        text = []
        return ReportFormat.markdown.sink { [self] bytes in text += bytes }
    }

    /// Hands the summary to the pipeline.
    func finish() throws {
        switch place {
        case .github(let file):
            let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw FileError(path: file, operation: "write the step summary", code: errno) }
            defer { close(descriptor) }
            try writeAll(descriptor, text + [0x0A], path: file)
        case .azure(let folder):
            let file = "\(folder)/easel-report-\(getpid()).md"
            try writeFile(file, text)
            Console.write("##vso[task.uploadsummary]\(harmless(file))\n")
        }
    }
}
