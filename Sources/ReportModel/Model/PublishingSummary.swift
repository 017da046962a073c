import Payloads

/// The counts of a run that published.
public struct PublishingSummary: Sendable, Hashable {
    /// Changes that no gate held, by what became of them.
    public var results: [PublishingResult.Status: Int] = [:]

    public init() {}

    public subscript(_ status: PublishingResult.Status) -> Int { results[status] ?? 0 }

    /// Changes that Intune does not have yet.
    public var unpublished: Int { results.filter { $0.key != .published }.values.reduce(0, +) }

    mutating func add(_ tenant: TenantReport) {
        for profile in tenant.profiles where profile.heldBy.isEmpty {
            if let result = profile.publishing { results[result.status, default: 0] += 1 }
        }
    }
}
