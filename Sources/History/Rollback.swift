import AppliedState
import Basics
import ConfigRepository
import Git
import Impact
import JSONSource
import Profiles
import Time

/// Desired manifests of an earlier applied state, as a commit to review. History is never rewritten, and nothing is applied:
/// the commit is on a branch of its own, and `review` says what going back does to people.
public struct Rollback: Sendable {
    public var places: Places
    public var selection: Selection
    /// A commit on the state branch, also abbreviated.
    public var to: String
    /// The new branch's short name; nil: `easel/rollback-` and the commit.
    public var branch: String?
    public var now: Instant

    public init(places: Places, selection: Selection, to: String, branch: String?, now: Instant) {
        self.places = places
        self.selection = selection
        self.to = to
        self.branch = branch
        self.now = now
    }

    public struct Result: Sendable {
        /// Nil when everything is already as it was then: nothing was written.
        public let commit: ObjectID?
        /// Short name.
        public let branch: String
        /// The revision that is the commit's parent.
        public let base: String
        /// Paths written or removed, in order.
        public let files: [(path: String, isRemoved: Bool)]
        /// What somebody should know who expects manifests to be as they were written then, and where the state was read if that is not obvious.
        public let notes: [String]
        /// Whether an earlier rollback left the branch with the same content: then nothing was written.
        public let wasThere: Bool
    }

    public func run() throws -> Result {
        let opened = try places.open(.read, isReproducible: true)
        guard case .commit(let path, let head, let root, _) = opened.source else { throw UsageError("A rollback needs a commit of the config repository, not working files") }
        guard let store = opened.store, store.tip != nil else { throw Failure("nothing was applied yet, so there is no state to go back to") }
        let stateRepository = try Repository.openBare(path: store.store.repositoryPath)
        let state = try stateRepository.resolve(to)
        let snapshot = try StateSnapshot(repository: stateRepository, tip: state)
        guard try snapshot.isState() else { throw UsageError("\(to) is not a commit of the applied state; \"easel history\" lists them") }

        let repository = try Repository.openBare(path: path)
        let restorer = try Restorer(repository: repository, root: root, snapshot: snapshot, stateRepository: stateRepository)
        var files: [String: [UInt8]?] = [:]
        var problems: [String] = []
        var notes: [String] = []
        if let name = store.fetchedName { notes.append("The applied state was read from \(name), as this clone last fetched it.") }
        for id in try restorer.tenants(selection) {
            let restored = try restorer.restore(id)
            files.merge(restored.files) { _, new in new }
            problems += restored.problems
            notes += restored.notes
        }
        let name = branch ?? "easel/rollback-\(state.short)"
        let sorted = files.sorted { JSONWriter.precedes($0.key, $1.key) }.map { (path: $0.key, isRemoved: $0.value == nil) }
        let result = { Result(commit: $0, branch: name, base: head.short, files: sorted, notes: notes, wasThere: $1) }
        guard problems.isEmpty else { throw RollbackError(problems: problems) }
        guard !files.isEmpty else { return result(nil, false) }

        var editor = try TreeEditor(repository: repository)
        let tree = try editor.edit(root, files)
        if let there = try repository.reference("refs/heads/" + name) {
            guard try repository.tree(ofCommit: there) == tree, try repository.commit(there).parents == [head] else { throw Self.isThere(name, there) }
            return result(there, true)
        }
        let message = "Roll back to the applied state \(state.short)\n\nDesired profiles as applied by \(state).\n"
        let commit = try editor.add(
            .commit, encodeCommit(tree: tree, parents: [head], name: "easel", email: "easel@localhost", time: now.secondsSince1970, message: message))
        try editor.finish()
        let differences = try restorer.verify(tree, selection)
        guard differences.isEmpty else { throw RollbackError(problems: differences) }
        try publish(commit, "refs/heads/" + name, repository, opened)
        return result(commit, false)
    }

    /// The branch has something else.
    private static func isThere(_ name: String, _ commit: ObjectID?) -> Failure {
        Failure(
            "cannot write branch \(name): it exists already\(commit.map { " at \($0.short)" } ?? ""), with something else than this rollback. Review or delete it, or name another one with --branch")
    }

    private func publish(_ commit: ObjectID, _ ref: String, _ repository: Repository, _ opened: OpenedPlaces) throws {
        do {
            switch Location(places.repo) {
            case .local: try repository.moveReference(ref, from: nil, to: commit, message: "easel rollback")
            case .remote(let url): try places.mirror(url).push(ref: ref, commit: commit, expected: nil)
            }
        } catch let error as GitError where error.kind == .refMoved {
            throw Self.isThere(String(ref.dropFirst("refs/heads/".count)), nil)
        }
    }
}

/// Why a state cannot be restored; nothing has been written then.
public struct RollbackError: ErrorInLines, Sendable {
    public let problems: [String]

    public var lines: [String] {
        ["this state cannot be restored completely, so nothing was written; narrow the rollback with --tenant to those that can be:"]
            + problems.prefix(20).map { "  \($0)" } + (problems.count > 20 ? ["  and \(problems.count - 20) more"] : [])
    }
}
