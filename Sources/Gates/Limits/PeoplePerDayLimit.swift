import Impact

/// Limits how many people notice something on one day (UTC), in all runs of that day together.
public struct PeoplePerDayLimit: Limit {
    public let key: StaticString = "peoplePerDay"
    public let about = "The largest number of people who may notice something on one day (UTC), in all runs together."
    public let unit = (one: "person", several: "people")
    public let period = "day"

    public func size(of proposal: Proposal) -> People? { proposal.isNoticed ? proposal.impact.people : nil }

    public func tooLarge(_ words: String) -> String { "larger than the limit of \(words), or of unknown size" }
}
