import Impact

/// `when`: everything that it says must be so; what it does not say does not matter.
public struct Condition: Sendable, Hashable {
    /// Any of them.
    public var consequences: Set<Consequence>?
    public var actions: Set<Action>?
    /// Ids; any of them, of changes or of new advice.
    public var rules: Set<String>?
    /// Any of them.
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
        if let tenants, !tenants.contains(where: { $0.matches(proposal.tenant) }) { return false }
        if let consequences, impact.consequences.keys.allSatisfy({ !consequences.contains($0) }) { return false }
        if let rules, rules.isDisjoint(with: impact.rules) { return false }
        if let peopleOver {
            // A number that nobody knows is over any other.
            guard let people = people(of: impact).number else { return true }
            return people > peopleOver
        }
        return true
    }

    /// Of the consequences looked for if there are such, else of the profile.
    private func people(of impact: ProfileImpact) -> People {
        guard let consequences else { return impact.people }
        return impact.consequences.filter { consequences.contains($0.key) }.values.reduce(People.atMost(0), People.larger)
    }
}
