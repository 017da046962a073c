import Impact

/// Limits how many profiles one run removes, or leaves with nobody in their assignments.
public struct RemovalsPerRunLimit: Limit {
    public let key: StaticString = "removalsPerRun"
    public let about = "The largest number of profiles that one run may remove, or leave with nobody in their assignments."
    public let unit = (one: "removal", several: "removals")

    public func size(of proposal: Proposal) -> People? { proposal.isRemoval ? .atMost(1) : nil }

    /// One removal is more than a whole limit only when no removal is allowed.
    public func tooLarge(_ words: String) -> String { "over the limit of \(words)" }
}
