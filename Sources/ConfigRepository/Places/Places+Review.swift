import Git
import ReportModel

/// The two revisions of a review.
extension Places {
    /// The revision that a review compares with.
    ///
    /// - Parameters:
    ///   - head: what is reviewed; nil for working files, which count as a branch of HEAD.
    ///   - find: the commit of a name.
    func baseline(_ baseline: Baseline, _ repository: Repository, head: ObjectID?, find: (String) throws -> ObjectID) throws
        -> (source: ConfigSource, base: ReportHead.Base)
    {
        var commit = try find(baseline.ref)
        if baseline.isMergeBase {
            let head = try head ?? repository.head().commit
            let common = try Self.tellingOfShallowness(repository) { try repository.mergeBase(commit, head) }
            guard let common else { throw unrelated(baseline.ref, repository) }
            commit = common
        }
        let tree = try Self.tellingOfShallowness(repository) { try repository.tree(ofCommit: commit) }
        return (
            .commit(repository: repository.path, id: commit, tree: tree, trustOwner: trustOwner),
            .revision(ref: baseline.ref, commit: commit.description)
        )
    }

    /// The commit of a name in a repository on this machine; one that is missing because a pipeline cloned too little is
    /// told with what to change there.
    func find(_ revision: String, _ repository: Repository) throws -> ObjectID {
        try Self.tellingOfShallowness(repository) { try repository.resolve(revision) }
    }

    private static func tellingOfShallowness<Result>(_ repository: Repository, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as GitError where error.kind == .notFound && repository.isShallow {
            throw shallow(error.operation)
        }
    }

    private func unrelated(_ ref: String, _ repository: Repository) -> GitError {
        let operation = "find where HEAD has branched off from \"\(ref)\" in \(repository.workTree ?? repository.path)"
        if repository.isShallow { return Self.shallow(operation) }
        return GitError(kind: .notFound, operation: operation, message: "the two have no commit in common", help: "Compare them directly: easel review \(ref) HEAD.")
    }

    private static func shallow(_ operation: String) -> GitError {
        GitError(
            kind: .notFound, operation: operation, message: "this clone is shallow: it has only the newest commits, and that one is not among them",
            help: """
                Let the pipeline clone everything. GitHub Actions: "fetch-depth: 0" at actions/checkout, and compare with "origin/$GITHUB_BASE_REF". \
                GitLab CI: "GIT_DEPTH: 0" in the job's variables, and compare with "$CI_MERGE_REQUEST_DIFF_BASE_SHA". Azure Pipelines: \
                "fetchDepth: 0" at the checkout step, and compare with "origin/main". By hand: git fetch --unshallow.
                """)
    }
}
