import Synchronization
import Time

/// A gate of a policy.
public final class PolicyGate: Judge {
    public let gate: Gate
    private let policy: PolicySource
    /// What its window says at the moment of the run, once it was asked: a policy may have thousands of gates, and a plan thousands of
    /// changes.
    private let known = Mutex<(moment: Instant, opening: Opening)?>(nil)

    public var name: String { gate.name }
    public var source: String { policy.label }

    public init(_ gate: Gate, of policy: PolicySource) {
        self.gate = gate
        self.policy = policy
    }

    /// The gates of a policy, in its order.
    static func all(of policy: Policy) -> [PolicyGate] { policy.gates.map { PolicyGate($0, of: policy.source) } }

    public func judge(_ proposal: Proposal, _ facts: PlanFacts, _ approvals: ApprovalBook) -> Hold? {
        guard gate.when.matches(proposal) else { return nil }
        let opening = gate.window.map { self.opening(of: $0, at: approvals.now) }
        // Asked last, and only about what an approval can pass: it may mean a walk through the history.
        lazy var isApproved = approvals.passes(proposal, gate: name, outside: policy.isOutside)
        guard gate.holds(isApproved: isApproved, isOpen: opening?.isOpen ?? true) else { return nil }
        if gate.require == .never { return hold([.changePolicy(how: "Nothing passes this gate. Undo the change, or edit \(policy.words).")]) }
        var remedies: [Remedy] = []
        if gate.require == .approval, !isApproved { remedies.append(.approve(isOutside: policy.isOutside)) }
        if let opening { remedies.append(opening.remedy) }
        return hold(remedies)
    }

    private func hold(_ remedies: [Remedy]) -> Hold { Hold(name: name, source: source, remedies: remedies) }

    private struct Opening {
        let isOpen: Bool
        let remedy: Remedy
    }

    private func opening(of window: Window, at now: Instant) -> Opening {
        known.withLock { known in
            if let known, known.moment == now { return known.opening }
            let isOpen = window.isOpen(at: now)
            let next = isOpen ? "open now" : window.wordsForNextOpening(after: now).map { "next \($0)" }
            let opening = Opening(isOpen: isOpen, remedy: .waitForWindow(words: window.words, next: next))
            known = (now, opening)
            return opening
        }
    }
}
