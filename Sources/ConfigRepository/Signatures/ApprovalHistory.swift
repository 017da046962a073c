import Basics
import Git
import JSONSource
import Profiles
import Signatures
import Synchronization

/// Asks the history of the config repository whether an approval counts.
///
/// For a policy from outside, the commit that last touched the approval's file must change nothing outside `approvals/`: no commit lets
/// itself out. With approver keys every approval must come so, in a commit that one of these keys has signed. The history of a file
/// is walked once, and only when a gate holds a change that the file names.
public final class ApprovalHistory: Sendable {
    private let source: ConfigSource
    /// `--approver-keys`, and what it holds.
    private let approvers: (file: String, keys: TrustedKeys)?
    /// Seconds since 1970.
    private let now: Int64
    /// File → why it does not count; nil where it does.
    private let verdicts = Mutex<[String: Diagnostic?]>([:])

    /// Commits of the history that are looked at for one file.
    private static let limit = 1_000_000

    public init(_ source: ConfigSource, approverKeys: String?, now: Int64) throws {
        self.source = source
        self.now = now
        approvers = try approverKeys.map { file in
            do { return (file, try SignatureCheck.read(file)) } catch let error as TrustedKeys.Problem {
                throw UsageError("cannot read the approver keys: \(file):\(error.line): \(error.message)")
            }
        }
    }

    /// Whether an approval file counts.
    ///
    /// - Parameter outside: for a gate of a policy from outside the repository.
    public func isVouched(_ file: String, outside: Bool) -> Bool {
        guard outside || approvers != nil else { return true }
        return verdicts.withLock { verdicts in
            if let known = verdicts[file] { return known == nil }
            let verdict = look(file)
            verdicts.updateValue(verdict, forKey: file)
            return verdict == nil
        }
    }

    /// Why approvals that were needed do not count.
    public var warnings: [Diagnostic] { verdicts.withLock { $0.values.compactMap(\.self) } }

    private func look(_ file: String) -> Diagnostic? {
        func not(_ why: String, _ help: String) -> Diagnostic {
            Diagnostic(.approvalDoesNotCount, severity: .warning, file: file, "This approval does not count: \(why)", help: help)
        }
        let alone = "Commit the approval in a commit that changes only approvals/\(approvers == nil ? "" : ", signed by an approver")"
        do {
            guard let (repository, tip) = try committed(file) else { return not("it is not committed as it is now", alone) }
            guard let commit = try repository.lastChange(of: file, from: tip, limit: Self.limit) else { return not("it is not committed", alone) }
            guard try repository.changesOnly("approvals", in: commit) else {
                return not("commit \(commit.short), which last changed it, also changes something outside approvals/", "\(alone); \"easel approve\" writes a new one")
            }
            guard let approvers else { return nil }
            guard let problem = try SignatureCheck.reason(approvers.keys, commit, repository, now: now) else { return nil }
            return not("commit \(commit.short), which last changed it, \(problem)", "Let somebody whose key is in \(approvers.file) commit it, signed and on its own. A squash merge replaces a signature")
        } catch let error as GitError where error.kind == .notFound {
            return not(
                "the history ends before the commit that last changed it",
                "Fetch the whole history (GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: 0; Azure: fetchDepth: 0)")
        } catch {
            return not("its history cannot be read (\(error))", alone)
        }
    }

    /// The repository and the commit from which a file's history is walked; nil for a working or staged file that differs from what is committed.
    private func committed(_ file: String) throws -> (Repository, ObjectID)? {
        switch source {
        case .commit(let path, let id, _, let trust): return (try Repository.open(path: path, trustOwner: trust), id)
        case .worktree(let folder, let path, let trust):
            guard let path else { return nil }
            return try committed(file, as: ObjectEncoder.id(.blob, try readFile("\(folder)/\(file)", limit: JSONLimits.fileSize)), Repository.open(path: path, trustOwner: trust))
        case .index(let path, let files, let trust):
            return try committed(file, as: files.blob(file), Repository.open(path: path, trustOwner: trust))
        }
    }

    private func committed(_ file: String, as content: ObjectID?, _ repository: Repository) throws -> (Repository, ObjectID)? {
        let head = try repository.head().commit
        return try repository.entry(atPath: file, inTree: try repository.tree(ofCommit: head))?.id == content ? (repository, head) : nil
    }
}
