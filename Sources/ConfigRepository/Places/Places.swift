import AppliedState
import Git
import ReportModel

/// Where a command finds the config repository and the applied state.
public struct Places: Sendable {
    public var repo = "."
    public var ref: String?
    public var reads = Reads.commit
    public var hook = HookVariables()
    /// What a review compares with.
    public var baseline: Baseline?
    public var trustOwner = false
    /// `URL_OR_PATH_OR_REMOTE[#branch]`; nil: `easel/applied` in the config repository itself.
    public var state: String?
    /// In whose name state commits are made.
    public var stateIdentity = StateIdentity()
    public var cache = ""
    /// How remotes are reached.
    public var remoteAccess = RemoteAccess()
    /// Asked several times a second while a remote is talked to; true ends the run.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Takes what people should know, though the run goes on: a damaged mirror that was replaced.
    public var warn: (@Sendable (String) -> Void)?
    /// Takes what a run did that people may not expect, before anything else is reported.
    public var note: (@Sendable (String) -> Void)?
    /// Hears how far a fetch or a push has come.
    public var transferProgress: (@Sendable (TransferProgress) -> Void)?

    public init() {}

    public struct Baseline: Sendable {
        /// Branch, tag or commit.
        public var ref: String
        /// Not that commit itself, but the one where HEAD branched off from it (`BASE...HEAD`).
        public var isMergeBase: Bool

        public init(ref: String, isMergeBase: Bool) {
            self.ref = ref
            self.isMergeBase = isMergeBase
        }
    }

    public enum Reads: Sendable {
        /// What `ref` says, or HEAD.
        case commit
        /// The working files of a local repository.
        case files
        /// The same where there are any; HEAD of a bare or remote repository.
        case filesIfAny
        /// What is staged in a local repository, as the next commit will have it.
        case staged
    }

    /// What Git tells its hooks about the repository in which they run (`GIT_INDEX_FILE`, `GIT_DIR`).
    public struct HookVariables: Sendable {
        /// The index that becomes the commit, for `git commit FILE` and `--all`. From the top of the work tree, where it is relative.
        public var indexFile: String?
        public var gitDirectory: String?

        public init(indexFile: String? = nil, gitDirectory: String? = nil) {
            self.indexFile = indexFile
            self.gitDirectory = gitDirectory
        }
    }

    public static let defaultBranch = "easel/applied"
}

/// What `Places` lead to.
public struct OpenedPlaces {
    public let source: ConfigSource
    /// What a review compares with.
    public let baseline: ConfigSource?
    /// Nil where the command needs none, or there is none yet.
    public let store: Places.Store?
    public let head: ReportHead.Source
    /// Nil for a command that compares with nothing.
    public let base: ReportHead.Base?
}
