/// Holds every removal of a plan that removes more than 10 profiles and more than a fifth of all applied profiles: a script may
/// have gone wrong.
public struct MassRemovalGate: DefaultGate {
    public let name = "mass-removal"

    public func stops(_ facts: PlanFacts) -> Bool { facts.isMassRemoval }

    public let about = "This gate holds the removals in a plan that removes more than 10 profiles and more than a fifth of all applied profiles."

    /// - Parameter applied: profiles in the applied state of the selected tenants, before the plan.
    static func isMassRemoval(removals: Int, applied: Int) -> Bool { removals > 10 && removals * 5 > applied }
}
