import Impact

/// A gate that works without any policy: against a folder deleted by mistake, or a script that went wrong. It holds removals.
///
/// Once it has held the removal of a profile, it holds that removal until somebody approves or undoes it. Otherwise the rest of a
/// large removal would go out as soon as a part of it is approved.
///
/// A default gate is one file in this folder and one line in `DefaultGates.all`.
public protocol DefaultGate: Judge {
    /// Whether the plan is of the kind that this gate stops.
    func stops(_ facts: PlanFacts) -> Bool
    /// What the gate holds, a sentence for the report.
    var about: String { get }
}

extension DefaultGate {
    public var source: String { "default" }

    /// Whether the profile must pass this gate, approved or not: now, or because it held the profile's removal before.
    public func concerns(_ proposal: Proposal, _ facts: PlanFacts) -> Bool {
        guard proposal.isRemoval else { return false }
        return stops(facts) || facts.removalsHeld[name]?.contains(proposal.impact.profile) == true
    }

    public func judge(_ proposal: Proposal, _ facts: PlanFacts, _ approvals: ApprovalBook) -> Hold? {
        guard concerns(proposal, facts), !approvals.passes(proposal, gate: name, outside: false) else { return nil }
        return Hold(name: name, source: source, remedies: [.approve(isOutside: false), .changePolicy(how: "\(about) \(switchOff)")])
    }

    /// How to do without it.
    public var switchOff: String { "To switch it off, set \"defaults\": \"off\" in the repository's policy.json." }
}

/// The gates that work without any policy; `"defaults": "off"` in the repository's policy switches them off.
public enum DefaultGates {
    public static let all: [any DefaultGate] = [TenantRemovalGate(), MassRemovalGate()]
}
