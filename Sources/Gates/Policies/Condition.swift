import Impact

/// `when` in a gate: every key that is given must match.
public struct Condition: Sendable, Hashable {
    /// Matches any of them.
    public var consequences: Set<Consequence>?
    public var actions: Set<Action>?
    /// Ids; matches any of them, in changes or in new advice.
    public var rules: Set<String>?
    /// Matches any of them.
    public var tenants: [Glob]?
    public var peopleOver: Int?

    public init(
        consequences: Set<Consequence>? = nil, actions: Set<Action>? = nil, rules: Set<String>? = nil, tenants: [Glob]? = nil,
        peopleOver: Int? = nil
    ) {
        self.consequences = consequences
        self.actions = actions
        self.rules = rules
        self.tenants = tenants
        self.peopleOver = peopleOver
    }

    public func matches(_ proposal: Proposal) -> Bool {
        let impact = proposal.impact
        if let actions, !actions.contains(impact.action) { return false }
        // A tenant leaves no gate behind by being renamed.
        if let tenants, !tenants.contains(where: { $0.matches(proposal.tenant) || proposal.formerTenant.map($0.matches) ?? false }) { return false }
        if let consequences, impact.consequences.keys.allSatisfy({ !consequences.contains($0) }) { return false }
        if let rules, rules.isDisjoint(with: impact.rules) { return false }
        if let peopleOver {
            // An unknown number counts as over every limit.
            guard let people = people(of: impact).number else { return true }
            return people > peopleOver
        }
        return true
    }

    /// The largest number of people among the listed consequences; without a list, the people of the profile.
    private func people(of impact: ProfileImpact) -> People {
        guard let consequences else { return impact.people }
        return impact.consequences.filter { consequences.contains($0.key) }.values.reduce(People.atMost(0), People.larger)
    }
}
