/// The ids that a profile was born with: what its PayloadIdentifier and its UUIDs are made from, for as long as its entry lives.
public struct Birth: Sendable, Hashable, CustomStringConvertible {
    public let tenant: String
    /// With `.2`, `.3` … behind it where another living entry had the id already. Ids hold no dots, so nobody else is called so.
    public let profile: String

    public init(tenant: String, profile: String) {
        self.tenant = tenant
        self.profile = profile
    }

    /// Reads what `description` wrote.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(tenant: String(parts[0]), profile: String(parts[1]))
    }

    /// `contoso/staff-mail`.
    public var description: String { "\(tenant)/\(profile)" }
}
