import Basics
import Gates
import Impact
import JSONSource
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
        /// What `--ref` said, or the branch that HEAD means; nil for the files as they lie.
        public var ref: String?
        /// 40 hex digits; nil for the files as they lie.
        public var commit: String?

        public init(repository: String?, ref: String?, commit: String?) {
            self.repository = repository
            self.ref = ref
            self.commit = commit
        }
    }

    /// What desired is compared with.
    public enum Base: Sendable, Hashable {
        /// The applied state: where it is (URL or path; nil in a reproducible report of a local one), its branch, and the
        /// commit (nil before the first reconcile, and in a reproducible report).
        case applied(state: String?, branch: String, commit: String?)
        /// Another revision of the config repository, as a review was asked for it.
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
    /// Where what tenants have now was read; of drift and adopt.
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
    public enum Status: String, Sendable { case ok, failed, held }

    public var id: String
    public var displayName: String
    public var status: Status
    /// Only those that change or are held, in the order of their ids.
    public var profiles: [ProfileReport]
    /// How many profiles stay as they are.
    public var unchanged: Int
    /// What is wrong or doubtful in this tenant's files and the bases they stand on.
    public var diagnostics: [Diagnostic]

    public init(id: String, displayName: String, status: Status, profiles: [ProfileReport], unchanged: Int, diagnostics: [Diagnostic]) {
        self.id = id
        self.displayName = displayName
        self.status = status
        self.profiles = profiles
        self.unchanged = unchanged
        self.diagnostics = diagnostics
    }
}

public struct ProfileReport: Sendable {
    public var impact: ProfileImpact
    /// Names of the gates and limits that hold it; empty: it goes out.
    public var heldBy: [String]
    /// Where each of the impact's changes stands in the config repository, in the same order.
    public var places: [SourcePlace]
    /// Only of a drift run.
    public var drift: DriftNote?
    /// Only of an adoption.
    public var adoption: AdoptionNote?

    public init(impact: ProfileImpact, heldBy: [String], places: [SourcePlace], drift: DriftNote? = nil, adoption: AdoptionNote? = nil) {
        self.impact = impact
        self.heldBy = heldBy
        self.places = places
        self.drift = drift
        self.adoption = adoption
    }
}

/// The counts of a run.
public struct ReportSummary: Sendable, Hashable {
    public struct Count: Sendable, Hashable {
        public var profiles = 0
        /// At most, of those known.
        public var people = 0
        /// Profiles whose number is not known.
        public var peopleUnknown = 0

        public init() {}
    }

    public var tenants = 0
    public var profiles = 0
    public var actions: [Action: Int] = [:]
    public var failedTenants = 0
    /// Profiles that a gate or limit holds.
    public var held = 0
    public var consequences: [Consequence: Count] = [:]
    /// Only of a drift run.
    public var drift: DriftSummary?
    /// Only of an adoption.
    public var adoption: AdoptionSummary?

    public init() {}

    /// Whether nothing differs.
    public var hasNoChanges: Bool { actions.allSatisfy { $0.key == .none || $0.value == 0 } }

    /// Counts tenants and profiles that were not looked at, since they stay as they are.
    public mutating func addUnchanged(tenants: Int, profiles: Int) {
        self.tenants += tenants
        self.profiles += profiles
        actions[.none, default: 0] += profiles
    }

    public mutating func add(_ tenant: TenantReport) {
        tenants += 1
        profiles += tenant.profiles.count + tenant.unchanged
        if tenant.status == .failed { failedTenants += 1 }
        // A broken tenant stays as applied; what it is live, nobody knows.
        if tenant.status != .failed || drift == nil { actions[.none, default: 0] += tenant.unchanged }
        drift?.add(tenant)
        adoption?.add(tenant)
        for profile in tenant.profiles {
            actions[profile.impact.action, default: 0] += 1
            if !profile.heldBy.isEmpty { held += 1 }
            // What is wanted as it is will not be put back, and hits nobody.
            if profile.drift?.isAccepted == true { continue }
            for (consequence, people) in profile.impact.consequences {
                consequences[consequence, default: Count()].profiles += 1
                if let number = people.number {
                    consequences[consequence, default: Count()].people += number
                } else {
                    consequences[consequence, default: Count()].peopleUnknown += 1
                }
            }
        }
    }
}

/// What is known when the last tenant is through.
public struct ReportTail: Sendable {
    public struct Run: Sendable, Hashable {
        /// RFC 3339, UTC.
        public var startedAt: String
        /// Milliseconds.
        public var duration: Int

        /// In seconds: `1.234`.
        public var durationSeconds: String { "\(duration / 1000).\(padded(duration % 1000, 3))" }

        public init(startedAt: String, duration: Int) {
            self.startedAt = startedAt
            self.duration = duration
        }
    }

    public var summary: ReportSummary
    /// Every diagnostic of the run once, in order.
    public var diagnostics: [Diagnostic]
    public var gates: [GateReport]
    /// What a review finds changed in policies and approvals, by file.
    public var policyChanges: [PolicyChange]
    /// Approvals that this run used, that have expired, or that fit no change.
    public var approvals: [String]
    /// What was recorded: the commit on the state branch; nil when nothing was.
    public var applied: String?
    /// Sentences about the run as a whole, as "Nothing has changed since commit 1a2b3c4."
    public var notes: [String]
    /// The run ended before anything was applied, because of an error that concerns all of it.
    public var isStopped: Bool
    /// Nothing was recorded, because somebody else applies it and confirms it then.
    public var isDeferred = false
    /// Nil in a reproducible report.
    public var run: Run?
    /// Differences of an earlier drift report that are no more.
    public var resolved: [PreviousDrift.Difference] = []
    /// Those of tenants of which nothing can be said now: kept for the next report.
    public var carried: [PreviousDrift.Difference] = []

    public init(
        summary: ReportSummary, diagnostics: [Diagnostic] = [], gates: [GateReport] = [], policyChanges: [PolicyChange] = [],
        approvals: [String] = [], applied: String? = nil, notes: [String] = [], isStopped: Bool = false, run: Run? = nil
    ) {
        self.summary = summary
        self.diagnostics = diagnostics
        self.gates = gates
        self.policyChanges = policyChanges
        self.approvals = approvals
        self.applied = applied
        self.notes = notes
        self.isStopped = isStopped
        self.run = run
    }
}

/// Takes a report as it comes: `begin` once, `tenant` in the order of ids, `end` once. Memory must not grow with the
/// number of tenants, but with what is worth telling.
public protocol ReportSink: AnyObject {
    func begin(_ head: ReportHead) throws
    func tenant(_ tenant: TenantReport) throws
    func end(_ tail: ReportTail) throws
}

/// The views that the pipeline itself needs, because they become part of the applied state and of `--out`. The
/// executable hands in those of the module `Reports`.
public protocol ReportViews: Sendable {
    /// `tenants/<tenant>/report.json`.
    func tenantPart(_ tenant: TenantReport) -> [UInt8]
    /// A sink that writes `report.json` of a state commit: no profiles in it.
    func stateReport(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink
    /// `report.json`, whole.
    func json(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink
    /// `report.html`.
    func html(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink
    /// `report.md`.
    func markdown(to out: @escaping ([UInt8]) throws -> Void) -> any ReportSink
}
