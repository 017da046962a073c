import AppliedState
import Payloads

/// What gates and publishing made of a tenant's plan, as far as its state keeps it.
public struct TenantVerdict: Sendable {
    /// Profiles that stay exactly as applied, under the ids that they have in the plan.
    public var held: Set<String> = []
    /// Gate → those among them whose removal it holds, or has held before.
    public var removalsHeld: [String: Set<String>] = [:]
    /// Held profile → gate → since when, RFC 3339.
    public var heldSince: [String: [String: String]] = [:]
    /// Day → people, where the tenant's own policy limits them.
    public var ledger: [String: Int] = [:]
    /// Base → when an edit of it was last recorded for the tenant, RFC 3339; for rings.
    public var sharedChanges: [String: String] = [:]

    /// Entry, or profile that has none yet → why its change was not published, though no gate holds it.
    public var unpublished: [String: TenantState.Unpublished] = [:]
    /// Profile → what it is in Intune after this run has published it.
    public var published: [String: LiveVersion] = [:]

    public init() {}
}
