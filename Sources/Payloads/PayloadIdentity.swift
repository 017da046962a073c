import Profiles

/// What identifies a profile's payloads on devices. It outlives a rename, so that nobody's device takes a renamed profile for another.
public struct PayloadIdentity: Sendable, Hashable {
    /// The id that the tenant had when the profile was created.
    public let tenant: String
    /// The id that the profile had then; with a dot and a number behind it where another living profile had that id already.
    public let profile: String
    /// From 1; one more with each reinstall of the profile.
    public let generation: Int

    public init(tenant: String, profile: String, generation: Int) {
        self.tenant = tenant
        self.profile = profile
        self.generation = generation
    }
}
