import ConfigRepository
import Gates
import Live
import Logging
import Profiles
import ReportModel
import Time

/// What a command wants done.
public struct RunRequest: Sendable {
    public enum Mode: String, Sendable {
        /// Says what is wrong with the files.
        case validate
        /// Says what reconcile would do.
        case plan
        case reconcile
        /// Says what a change between two revisions would do, without any state.
        case review
        /// Says what tenants have otherwise than it was applied.
        case drift
        /// Records what tenants have already as applied.
        case adopt
    }

    public var mode: Mode
    public var places: Places
    public var selection: Selection
    /// For gates and the time of the state commit.
    public var now: Instant
    /// Policy files from outside the repository.
    public var policies: [String] = []
    /// File of the keys that may sign commits.
    public var trustedKeys: String?
    /// Whether the commit must be signed, whatever the policies say.
    public var requiresSignedCommit = false
    /// Folder for the next pipeline step.
    public var out: String?
    /// Of a reconcile: leaves the state alone, and writes into `out` what `Confirmation` records later.
    public var defers = false
    public var isReproducible = false
    /// What tenants have now, and what it is called in reports; of drift and adopt.
    public var live: (source: any LiveSource, name: String)?
    /// When a difference that no earlier report has was first seen, RFC 3339; nil leaves it out.
    public var firstSeen: String?
    /// What the report is to say of the run as a whole.
    public var notes: [String] = []
    /// An earlier drift report: what is in it is nothing new.
    public var previous: PreviousDrift?
    /// Told of what was read and recorded, and of races that were lost.
    public var logger = Logger(label: "easel") { _ in SwiftLogNoOpLogHandler() }
    /// Tenants done, of how many.
    public var progress: (@Sendable (Int, Int) -> Void)?

    var command: ReportCommand { ReportCommand(rawValue: mode.rawValue) ?? .plan }

    /// Throws when somebody has asked to stop.
    func checkCancelled() throws { if places.isCancelled?() == true { throw Interrupted() } }

    public init(mode: Mode, places: Places, selection: Selection, now: Instant) {
        self.mode = mode
        self.places = places
        self.selection = selection
        self.now = now
    }
}

/// How a run ended, for the exit code.
public struct RunResult: Sendable {
    public let summary: ReportSummary
    public let errors: Int
    public let warnings: Int
    /// The commit on the state branch; nil when nothing was recorded.
    public let applied: String?
    /// Policies and approvals that a review finds changed.
    public var policyChanges = 0
}

/// Somebody asked to stop, before anything was applied.
public struct Interrupted: Error, Sendable, CustomStringConvertible {
    public let description = "interrupted; nothing was applied"
}
