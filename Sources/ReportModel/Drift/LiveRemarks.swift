/// What a live source says of a tenant beside its profiles, for the report of a drift run.
public struct LiveRemarks: Sendable {
    /// Graph's other objects: type → count.
    public var otherObjects: [String: Int] = [:]
    /// Files of the past that the source has and that were not read.
    public var archived = 0
    /// When the tenant's export was written, seconds since 1970.
    public var exportedAt: Int64?
    /// Why nobody can say who changed its profiles.
    public var attributionRefusal: String?

    public init() {}
}
