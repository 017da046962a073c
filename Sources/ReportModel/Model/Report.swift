import Impact
import Payloads
import Profiles

/// The commands that make a report; the raw value is the word in the report and on the command line.
public enum ReportCommand: String, Sendable, CaseIterable {
    case validate, plan, reconcile, review, drift, adopt
}

/// What a command reads, for the head of a report.
public struct ReportHead: Sendable {
    public struct Source: Sendable, Hashable {
        /// URL without credentials, or path; nil in a reproducible report of a local repository.
        public var repository: String?
        /// What `--ref` says, or the branch that HEAD means; nil for working and staged files.
        public var ref: String?
        /// 40 hex digits; nil for working and staged files.
        public var commit: String?

        /// Whether it is what is staged, rather than working files.
        public var isStaged: Bool

        public init(repository: String?, ref: String?, commit: String?, isStaged: Bool = false) {
            self.repository = repository
            self.ref = ref
            self.commit = commit
            self.isStaged = isStaged
        }

        /// What it is where no commit was read.
        public var files: String { isStaged ? "staged files" : "working files" }
    }

    /// What desired is compared with.
    public enum Base: Sendable, Hashable {
        /// The applied state: where it is (URL or path; nil in a reproducible report of a local one), its branch, and the
        /// commit (nil before the first reconcile, and in a reproducible report).
        case applied(state: String?, branch: String, commit: String?)
        /// Another revision of the config repository, as the person who asked for a review named it.
        case revision(ref: String, commit: String)

        /// The branch, tag or commit as people name it.
        public var name: String {
            switch self {
            case .applied(_, let branch, _): branch
            case .revision(let ref, _): ref
            }
        }

        /// 40 hex digits.
        public var commit: String? {
            switch self {
            case .applied(_, _, let commit): commit
            case .revision(_, let commit): commit
            }
        }
    }

    public var command: ReportCommand
    public var source: Source
    /// Nil for commands that compare with nothing.
    public var base: Base?
    /// The source of live profiles; only for drift and adopt.
    public var live: String?

    public init(command: ReportCommand, source: Source, base: Base?, live: String? = nil) {
        self.command = command
        self.source = source
        self.base = base
        self.live = live
    }
}

/// One tenant's part of a report.
public struct TenantReport: Sendable {
    public enum Status: String, Sendable, CaseIterable {
        case ok, failed, held

        /// What it says of a tenant, as a sentence without its end.
        public var words: String {
            switch self {
            case .ok: "the tenant could be read, and nothing of it is held"
            case .failed: "the tenant has errors and is left exactly as applied"
            case .held: "a gate or limit holds at least one change of the tenant"
            }
        }
    }

    public var id: String
    public var displayName: String
    public var status: Status
    /// Only those that change, move or are held, in the order of their ids.
    public var profiles: [ProfileReport]
    /// How many profiles stay as they are.
    public var unchanged: Int
    /// What is wrong or doubtful in this tenant's files and the bases that they extend.
    public var diagnostics: [Diagnostic]

    public init(id: String, displayName: String, status: Status, profiles: [ProfileReport], unchanged: Int, diagnostics: [Diagnostic]) {
        self.id = id
        self.displayName = displayName
        self.status = status
        self.profiles = profiles
        self.unchanged = unchanged
        self.diagnostics = diagnostics
    }

    /// Whether a report says anything about this tenant beyond counting it.
    public var isWorthReporting: Bool { status != .ok || !profiles.isEmpty || !diagnostics.isEmpty }
}

public struct ProfileReport: Sendable {
    public var impact: ProfileImpact
    /// Names of the gates and limits that hold it; empty: it goes out.
    public var heldBy: [String]
    /// Whether time alone lets it through, as far as everything that holds it is concerned; otherwise somebody must do something.
    public var isWaiting = false
    /// Where each of the impact's changes has its place in the config repository, in the same order.
    public var places: [SourcePlace]
    /// What a renamed profile was before: another profile id or, where its tenant's folder was renamed, `tenant/profile`.
    public var movedFrom: String?
    /// The commits that made its changes, newest first; empty where nobody can tell, as for working files.
    public var edits: [SourceEdit] = []
    /// The approvals that count for its change.
    public var approvals: [GivenApproval] = []
    /// Gate → since when it holds the profile or, of one that goes out, since when it had held it; RFC 3339 in UTC.
    public var heldSince: [String: String] = [:]
    /// What became of its operation; nil where nothing was to be published.
    public var publishing: PublishingResult?
    /// Only in a drift run.
    public var drift: DriftNote?
    /// Only in an adoption.
    public var adoption: AdoptionNote?

    /// Whether its change goes out: no gate holds it and, where it was to be published, it was.
    public var goesOut: Bool { heldBy.isEmpty && isPublished }
    /// Whether nothing is left to publish.
    public var isPublished: Bool { publishing.map { $0.status == .published } ?? true }

    public init(impact: ProfileImpact, heldBy: [String], places: [SourcePlace], drift: DriftNote? = nil, adoption: AdoptionNote? = nil) {
        self.impact = impact
        self.heldBy = heldBy
        self.places = places
        self.drift = drift
        self.adoption = adoption
    }
}
