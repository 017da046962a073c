/// What judges know of the plan beside the change at hand.
public struct PlanFacts: Sendable {
    /// That of the proposal's tenant; it judges beside the policies for every tenant.
    public let policy: Policy?
    /// The judges of that policy, made once for all of the tenant's changes.
    let judges: [PolicyGate]
    /// Whether the plan removes every applied profile of the proposal's tenant (`GateKeeper.isEmptied`).
    public var tenantIsEmptied: Bool
    /// Whether the whole plan removes so much that every removal in it needs an approval (`GateKeeper.isMassRemoval`).
    public var isMassRemoval: Bool
    /// Gate → ids of this tenant's profiles whose removal it held in an earlier run; the applied state remembers them.
    public var removalsHeld: [String: Set<String>]
    /// People of this tenant who noticed something in earlier runs of the day, for the tenant's own limit.
    public var peopleToday: Int
    /// Why the tenant must be adopted before anything of it goes out; nil where it need not be.
    public var adoption: AdoptFirstGate.Reason?

    public init(
        policy: Policy? = nil, tenantIsEmptied: Bool = false, isMassRemoval: Bool = false, removalsHeld: [String: Set<String>] = [:], peopleToday: Int = 0,
        adoption: AdoptFirstGate.Reason? = nil
    ) {
        self.policy = policy
        judges = policy.map(PolicyGate.all(of:)) ?? []
        self.tenantIsEmptied = tenantIsEmptied
        self.isMassRemoval = isMassRemoval
        self.removalsHeld = removalsHeld
        self.peopleToday = peopleToday
        self.adoption = adoption
    }
}
