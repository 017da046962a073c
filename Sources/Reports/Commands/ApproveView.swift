import Gates
import JSONSource

/// What `easel approve` did:
/// `{"formatVersion", "alreadyApproved": [{"file", "fingerprint"}], "written": [{"file", "fingerprints": [..]}]}`, paths in the config repository.
public struct ApproveView: CommandView {
    private let outcome: ApprovalFiles.Outcome

    public init(_ outcome: ApprovalFiles.Outcome) { self.outcome = outcome }

    public func text(_ options: ReportOptions) -> String {
        let known = outcome.approvedAlready.map { "  \($0.fingerprint) is already approved in \(Words.plain($0.file))\n" }
        guard !outcome.written.isEmpty else { return known.joined() + "\nNothing to write: every change is already approved.\n" }
        let files = outcome.written.map { "  written  \(Words.plain($0.file))\n" }
        return (known + files).joined() + "\nCommit \(outcome.written.count == 1 ? "it" : "them"): git add approvals && git commit\n"
    }

    public var json: JSON {
        result([
            "alreadyApproved": .array(outcome.approvedAlready.map { ["file": .string($0.file), "fingerprint": .string($0.fingerprint)] }),
            "written": .array(outcome.written.map { ["file": .string($0.file), "fingerprints": .strings($0.fingerprints)] }),
        ])
    }
}
