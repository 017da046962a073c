/// A request that an emulator has answered.
public struct LoggedRequest: Sendable, Hashable {
    /// A tenant's GUID; empty where nobody knows whose request it was.
    public let tenant: String
    public let method: String
    /// With its query.
    public let path: String
    /// 0 where the connection ended without an answer.
    public let status: Int
    /// Whether it was for a token.
    public let isToken: Bool
    /// Seconds on the emulator's clock.
    public let time: Double
}
