import JSONSource

/// What `easel approve` did:
/// `{"formatVersion", "alreadyApproved": [{"file", "fingerprint"}], "written": [{"file", "fingerprints": [..]}]}`, paths in the config repository.
public struct ApproveView: CommandView {
    public struct File: Equatable, Sendable {
        public let path: String
        public let fingerprints: [String]

        public init(path: String, fingerprints: [String]) {
            self.path = path
            self.fingerprints = fingerprints
        }
    }

    public struct Known: Equatable, Sendable {
        public let fingerprint: String
        /// The approval file that names it.
        public let path: String

        public init(fingerprint: String, path: String) {
            self.fingerprint = fingerprint
            self.path = path
        }
    }

    public let written: [File]
    /// What needed no new file.
    public let alreadyApproved: [Known]

    public init(written: [File], alreadyApproved: [Known]) {
        self.written = written
        self.alreadyApproved = alreadyApproved
    }

    public func text(_ options: ReportOptions) -> String {
        let known = alreadyApproved.map { "  \($0.fingerprint) is already approved in \(plainText($0.path))\n" }
        guard !written.isEmpty else { return known.joined() + "\nNothing to write: every change is already approved.\n" }
        let files = written.map { "  written  \(plainText($0.path))\n" }
        return (known + files).joined() + "\nCommit \(written.count == 1 ? "it" : "them"): git add approvals && git commit\n"
    }

    public var json: JSON {
        result([
            "alreadyApproved": .array(alreadyApproved.map { ["file": .string($0.path), "fingerprint": .string($0.fingerprint)] }),
            "written": .array(written.map { ["file": .string($0.path), "fingerprints": .strings($0.fingerprints)] }),
        ])
    }
}
