import Impact

/// Profiles that are removed.
public struct RemovalsPerRunLimit: Limit {
    public let key: StaticString = "removalsPerRun"
    public let about = "How many profiles may be removed in one run, at most."

    public func size(of proposal: Proposal) -> People? { proposal.impact.action == .remove ? .atMost(1) : nil }

    public func words(_ amount: Int, tenant: String?) -> String {
        "\(amount) \(amount == 1 ? "removal" : "removals") per run\(tenant.map { " in tenant \($0)" } ?? "")"
    }

    /// One removal is more than a whole limit only where no removal is allowed.
    public func tooLarge(_ words: String) -> String { "over the limit of \(words)" }
}
