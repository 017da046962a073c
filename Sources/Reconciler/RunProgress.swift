/// How far a run has come.
public struct RunProgress: Sendable, Hashable {
    /// What a run does with tenants, in its order. Not every run does all of it.
    public enum Stage: Sendable, CaseIterable {
        /// Asks how much of what is applied would be removed.
        case reading
        /// Plans all tenants for the rings that order what goes out.
        case judging
        /// Plans, judges and renders one tenant after the other.
        case rendering
        /// Sends to Intune what the gates let through.
        case publishing
        /// Enters them into the applied state and the folder of `--out`.
        case writing
    }

    public let stage: Stage
    /// Tenants.
    public let done: Int
    public let total: Int

    init(_ stage: Stage, _ done: Int, of total: Int) { (self.stage, self.done, self.total) = (stage, done, total) }
}
