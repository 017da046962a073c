/// A gate: decides about one change at a time, from values alone, so any number of threads may ask it.
///
/// A judge is one file in this folder. It returns its hold together with what lets the profile through; nobody else works out why
/// it held something.
public protocol Judge: Sendable {
    /// The name in `heldBy`.
    var name: String { get }
    /// The policy's file, `--policy` or `default`.
    var source: String { get }

    /// The hold of a changed profile; nil lets it through as far as this gate is concerned.
    ///
    /// - Parameter approvals: all approvals of the run, at its moment.
    func judge(_ proposal: Proposal, _ facts: PlanFacts, _ approvals: ApprovalBook) -> Hold?
}
