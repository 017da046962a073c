/// What became of a profile in an adoption.
public enum AdoptionNote: Sendable, Hashable {
    /// Entered into the applied state as it is live.
    case adopted
    /// Not entered, and why.
    case left(String)
}

/// The counts of an adoption.
public struct AdoptionSummary: Sendable, Hashable {
    public var adopted = 0
    public var left = 0
    /// Profiles that the state knew already.
    public var known = 0

    public init() {}

    mutating func add(_ tenant: TenantReport) {
        guard tenant.status != .failed else { return }
        known += tenant.unchanged
        for profile in tenant.profiles {
            switch profile.adoption {
            case .adopted: adopted += 1
            case .left: left += 1
            case nil: break
            }
        }
    }
}
