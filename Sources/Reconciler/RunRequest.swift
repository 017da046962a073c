import Basics
import ConfigRepository
import Gates
import Live
import Logging
import Profiles
import ReportModel
import Time

/// What a command wants done.
public struct RunRequest: Sendable {
    /// The commands that run the pipeline, each with what it alone needs.
    public enum Mode: Sendable {
        /// Says what is wrong with the files.
        case validate
        /// Says what reconcile would do.
        case plan
        /// Says what a change between two revisions would do, without any state.
        case review
        case reconcile(Delivery)
        /// Says how tenants differ from what was applied.
        case drift(DriftComparison)
        /// Records what tenants already have as applied.
        case adopt(any LiveSource)
    }

    /// Where a reconcile hands over its work.
    public struct Delivery: Sendable {
        /// Folder for the next pipeline step.
        public var out: String?
        /// Leaves the state alone, and writes into `out` what `Confirmation` records later.
        public var defers: Bool
        /// Sends what the gates let through; nil where somebody else does.
        public var publishing: PublishingSession?

        public init(out: String? = nil, defers: Bool = false, publishing: PublishingSession? = nil) {
            self.out = out
            self.defers = defers
            self.publishing = publishing
        }
    }

    /// What a drift run compares with.
    public struct DriftComparison: Sendable {
        public var live: any LiveSource
        /// An earlier drift report: what is in it is not news.
        public var earlier: EarlierDrift?
        /// When a difference that no earlier report has was first seen, RFC 3339; nil leaves it out.
        public var firstSeen: String?
        /// Whether somebody is notified of what is new; the report's end then says whether they have got it.
        public var notifies = false
        /// What the report says about the run as a whole.
        public var notes: [String] = []

        public init(live: any LiveSource) { self.live = live }
    }

    /// What decides about what may go out, from outside the config repository.
    public struct Gates: Sendable {
        /// Policy files.
        public var policies: [String] = []
        /// File of the keys that may sign commits.
        public var trustedKeys: String?
        /// Which commits must be signed, whatever the policies say.
        public var signatures = SignatureRequirement.none
        /// File of the keys that may sign the commits of approvals.
        public var approverKeys: String?

        public init() {}
    }

    /// The reports that people read, beside the JSON report that the pipeline writes itself.
    public struct Documents: Sendable {
        /// In a state commit; none may grow with the number of profiles.
        public var recorded: [ReportDocument]
        /// In the folder of `--out`.
        public var delivered: [ReportDocument]

        public init(recorded: [ReportDocument] = [], delivered: [ReportDocument] = []) {
            self.recorded = recorded
            self.delivered = delivered
        }
    }

    public var mode: Mode
    public var places: Places
    public var selection: Selection
    /// For gates and the time of the state commit.
    public var now: Instant
    public var gates = Gates()
    public var documents = Documents()
    /// Tenants whose tenantId or cloud may differ from what is recorded: it was wrong before.
    public var acceptedTenantIDs: Set<String> = []
    public var isReproducible = false
    /// For plan and reconcile: where to look up tenants that the applied state does not know, so that nobody gets a second time what is there.
    public var live: (any LiveSource)?
    /// For plan and reconcile with `live`: plans from what tenants have, where that differs from what was applied and nobody has accepted it.
    public var repairs = false
    /// Hears what was read and recorded, and about races that were lost.
    public var logger = Logger(label: "easel") { _ in SwiftLogNoOpLogHandler() }
    /// Hears how far the run has come; called from one thread at a time.
    public var progress: (@Sendable (RunProgress) -> Void)?

    public init(mode: Mode, places: Places, selection: Selection, now: Instant) {
        self.mode = mode
        self.places = places
        self.selection = selection
        self.now = now
    }

    /// Throws when somebody has asked to stop.
    func checkCancelled() throws { if places.isCancelled?() == true { throw Interrupted() } }

    /// Tenants that are worked on at the same time, where a live source is waited for.
    var width: Int { (mode.live ?? live)?.width ?? 1 }

    var delivery: Delivery { if case .reconcile(let delivery) = mode { delivery } else { Delivery() } }
}

extension RunRequest.Mode {
    public var command: ReportCommand {
        switch self {
        case .validate: .validate
        case .plan: .plan
        case .review: .review
        case .reconcile: .reconcile
        case .drift: .drift
        case .adopt: .adopt
        }
    }

    var isReview: Bool { if case .review = self { true } else { false } }

    /// Where live profiles come from; only for drift and adopt.
    var live: (any LiveSource)? {
        switch self {
        case .drift(let comparison): comparison.live
        case .adopt(let source): source
        default: nil
        }
    }

    /// What it does with the applied state.
    var stateUse: Places.StateUse {
        switch self {
        case .validate, .review: .none
        case .plan, .drift: .read
        case .reconcile, .adopt: .write
        }
    }

    /// Whether policies and approvals decide about anything: a validation only checks them, and drift and adopt let nothing out.
    var isGated: Bool {
        switch self {
        case .plan, .review, .reconcile: true
        case .validate, .drift, .adopt: false
        }
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
    public let policyChanges: Int
}

/// Somebody asked to stop, before anything was recorded.
public struct Interrupted: Error, Sendable, CustomStringConvertible {
    public let description = "interrupted; nothing was recorded"
}
