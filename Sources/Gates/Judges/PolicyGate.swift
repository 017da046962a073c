/// A gate of a policy.
public struct PolicyGate: Judge {
    public let gate: Gate
    private let policy: PolicySource

    public var name: String { gate.name }
    public var source: String { policy.label }

    public init(_ gate: Gate, of policy: PolicySource) {
        self.gate = gate
        self.policy = policy
    }

    /// The gates of a policy, in its order.
    static func all(of policy: Policy) -> [PolicyGate] { policy.gates.map { PolicyGate($0, of: policy.source) } }

    public func judge(_ proposal: Proposal, _ facts: PlanFacts, _ approvals: ApprovalBook) -> Hold? {
        // Asked last, and only about what an approval can pass: it may mean a walk through the history.
        lazy var isApproved = approvals.passes(proposal, gate: name, outside: policy.isOutside)
        guard gate.when.matches(proposal), gate.holds(isApproved: isApproved, now: approvals.now) else { return nil }
        if gate.require == .never { return hold([.changePolicy(how: "Nothing passes this gate. Undo the change, or edit \(policy.words).")]) }
        var remedies: [Remedy] = []
        if gate.require == .approval, !isApproved { remedies.append(.approve(isOutside: policy.isOutside)) }
        if let window = gate.window {
            let next = window.isOpen(at: approvals.now) ? "open now" : window.wordsForNextOpening(after: approvals.now).map { "next \($0)" }
            remedies.append(.waitForWindow(words: window.words, next: next))
        }
        return hold(remedies)
    }

    private func hold(_ remedies: [Remedy]) -> Hold { Hold(name: name, source: source, remedies: remedies) }
}
