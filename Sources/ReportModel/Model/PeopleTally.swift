import Impact

/// Counts profiles and people by consequence, over tenants that come one after the other.
///
/// An audience that several profiles of a tenant have counts once: its people are the same people.
public struct PeopleTally: Sendable {
    public private(set) var counts: [Consequence: ReportSummary.Count] = [:]
    private var tenant: String?
    /// What has been counted of the tenant.
    private var counted: [Consequence: Set<String>] = [:]

    public init() {}

    /// - Parameter isWanted: which consequences to count.
    public mutating func add(_ impact: ProfileImpact, of tenant: String, where isWanted: (Consequence) -> Bool = { _ in true }) {
        if tenant != self.tenant { (self.tenant, counted) = (tenant, [:]) }
        for (consequence, number) in impact.consequences where isWanted(consequence) {
            var count = counts[consequence] ?? .init()
            count.profiles += 1
            if number.number == nil { count.peopleUnknown += 1 }
            for id in impact.audiences.hit[consequence] ?? [] where counted[consequence, default: []].insert(id).inserted { count.people += impact.audiences.sizes[id] ?? 0 }
            counts[consequence] = count
        }
    }
}
