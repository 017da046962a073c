import Basics
import JSONSource
import Profiles
import ReportModel

/// GitLab's Code Quality report: findings in the merge request's widget and beside its lines (docs.gitlab.com, "Code Quality",
/// "Code Quality report format").
final class GitLabReport: FindingSink {
    override func write(_ findings: [Finding], _ tail: ReportTail) throws {
        var writer = JSONWriter()
        try writer.array { writer in
            // What waits its turn is nothing that anybody must mend.
            for finding in findings where !finding.isWaiting {
                writer.object { writer in
                    writer.member("check_name", finding.code)
                    writer.member("description", "\(finding.title): \(finding.message)")
                    // By this GitLab knows which findings are new.
                    writer.member("fingerprint", String(sha256(Array(finding.key.utf8)).prefix(32)))
                    writer.member("location", ["lines": ["begin": .integer(finding.place?.line ?? 1)], "path": .string(finding.place?.file ?? ".")])
                    writer.member("severity", finding.level.severity)
                }
                try writer.drain(into: out)
            }
        }
        try out(writer.finish())
    }
}

extension Finding.Level {
    fileprivate var severity: String {
        switch self {
        case .error: "critical"
        case .warning: "major"
        case .notice: "info"
        }
    }
}
