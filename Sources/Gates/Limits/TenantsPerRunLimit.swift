import Impact

/// Limits in how many tenants somebody notices something in one run.
public struct TenantsPerRunLimit: Limit {
    public let key: StaticString = "tenantsPerRun"
    public let about = "The largest number of tenants in which people may notice something in one run."
    public let unit = (one: "tenant", several: "tenants")

    public func size(of proposal: Proposal) -> People? { proposal.isNoticed ? .atMost(1) : nil }

    public func shared(by proposal: Proposal) -> String? { proposal.tenant }

    /// One tenant is more than a whole limit only when no tenant is allowed.
    public func tooLarge(_ words: String) -> String { "over the limit of \(words)" }
}
