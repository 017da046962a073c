import Impact

/// People who notice something. A profile of which nobody notices anything does not count.
public struct PeoplePerRunLimit: Limit {
    public let key: StaticString = "peoplePerRun"
    public let about = "How many people may notice something in one run, at most."

    public func size(of proposal: Proposal) -> People? {
        proposal.impact.consequences.keys.contains(where: \.isNoticed) ? proposal.impact.people : nil
    }

    public func words(_ amount: Int, tenant: String?) -> String {
        "\(amount) \(amount == 1 ? "person" : "people") per run\(tenant.map { " in tenant \($0)" } ?? "")"
    }

    public func tooLarge(_ words: String) -> String { "larger than the limit of \(words), or of unknown size" }
}
