import Impact

/// Limits how many people notice something in one run. A change that nobody notices does not count.
public struct PeoplePerRunLimit: Limit {
    public let key: StaticString = "peoplePerRun"
    public let about = "The largest number of people who may notice something in one run."
    public let unit = (one: "person", several: "people")

    public func size(of proposal: Proposal) -> People? {
        proposal.isNoticed ? proposal.impact.people : nil
    }

    public func tooLarge(_ words: String) -> String { "larger than the limit of \(words), or of unknown size" }
}
