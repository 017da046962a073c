import History
import JSONSource

/// What `easel rollback` did: `{"formatVersion", "base", "branch", "commit", "files": [{"path", "removed"}], "notes", "wasThere"}`; `branch` and
/// `commit` are null when there was nothing to roll back, and `wasThere` is true when an earlier rollback left the same branch.
public struct RollbackView: CommandView {
    public let rollback: Rollback.Result

    public init(_ rollback: Rollback.Result) { self.rollback = rollback }

    public func text(_ options: ReportOptions) -> String {
        guard rollback.commit != nil else { return "Nothing to roll back: the manifests say what was applied then.\n" }
        let files = rollback.files.map { "  \($0.isRemoved ? "removed" : "written")  \(Words.plain($0.path))\n" }.joined()
        let notes = rollback.notes.map { "  note: \(Words.plain($0))\n" }.joined()
        let branch = Words.plain(rollback.branch)
        let what = rollback.wasThere ? "Branch \(branch) already has this rollback, so nothing was written." : "Committed on \(branch). Nothing is applied yet."
        return files + notes + """

            \(what) To see what it does to people, run

              easel review \(rollback.base) \(branch)

            """
    }

    public var json: JSON {
        let isThere = rollback.commit != nil
        return result([
            "base": .string(rollback.base), "branch": isThere ? .string(rollback.branch) : .null,
            "commit": rollback.commit.map { .string($0.description) } ?? .null,
            "notes": .strings(rollback.notes), "wasThere": .bool(rollback.wasThere),
            "files": .array(rollback.files.map { ["path": .string($0.path), "removed": .bool($0.isRemoved)] }),
        ])
    }
}
