import Live
import Payloads
import Profiles

/// One operation with everything that a publisher needs to know about it.
public struct PublishingTask: Sendable {
    public let operation: Payloads.Operation
    /// As applied, under the id that is desired now; nil for what is created.
    public let before: EffectiveProfile?
    /// Nil for what is removed.
    public let after: EffectiveProfile?
    /// The live profile as the last publication or adoption left it.
    public let known: LiveVersion?
    /// What an earlier run has asked approval for.
    public let awaiting: Awaiting?
    /// Whether a run that was killed may have sent it already.
    public var mayHaveBeenSent = false

    /// A request that awaits approval, and its code.
    public struct Awaiting: Sendable, Hashable {
        public let request: String
        public let code: String

        public init(request: String, code: String) {
            self.request = request
            self.code = code
        }
    }

    public init(_ operation: Payloads.Operation, before: EffectiveProfile?, after: EffectiveProfile?, known: LiveVersion?, awaiting: Awaiting? = nil) {
        self.operation = operation
        self.before = before
        self.after = after
        self.known = known
        self.awaiting = awaiting
    }
}

/// Everything that is to be published to one tenant.
public struct TenantPublication: Sendable {
    /// The tenant id: the name of its folder.
    public let id: String
    public let tenantID: String
    public let cloud: Tenant.Cloud
    /// Gives ids their names.
    public let names: TenantNames
    /// In the order in which they run.
    public var tasks: [PublishingTask]
    /// Graph ids of the tenant's profiles to which nothing happens: a namesake of what is published is none of them.
    public let taken: Set<String>

    public init(id: String, tenantID: String, cloud: Tenant.Cloud, names: TenantNames, tasks: [PublishingTask], taken: Set<String>) {
        self.taken = taken
        self.id = id
        self.tenantID = tenantID
        self.cloud = cloud
        self.names = names
        self.tasks = tasks.sorted { Payloads.Operation.precedes($0.operation, $1.operation) }
    }
}

/// How an operation ended.
public enum PublishingOutcome: Sendable, Hashable {
    case done(PublishingResult)
    /// The live profile is neither as it was applied nor as it is desired: somebody else has changed it. Nothing was sent. `why` is a sentence
    /// without its end.
    case changedLive(why: String)

    public var isPublished: Bool { if case .done(let result) = self { result.status == .published } else { false } }
}
