import Impact

/// The counts of a run.
public struct ReportSummary: Sendable, Hashable {
    public struct Count: Sendable, Hashable {
        public var profiles = 0
        /// At most, of those known.
        public var people = 0
        /// Profiles whose number is not known.
        public var peopleUnknown = 0

        public init() {}

        /// Counts a profile.
        public mutating func add(_ number: People, times: Int = 1) {
            profiles += times
            if let known = number.number { people += known * times } else { peopleUnknown += times }
        }
    }

    public var tenants = 0
    public var profiles = 0
    public var actions: [Action: Int] = [:]
    public var failedTenants = 0
    /// Profiles that a gate or limit holds.
    public var held = 0
    /// Profiles that were renamed, or whose tenant's folder was.
    public var moved = 0
    public var consequences: [Consequence: Count] = [:]
    /// Only in a drift run.
    public var drift: DriftSummary?
    /// Only in an adoption.
    public var adoption: AdoptionSummary?

    public init() {}

    /// Whether nothing differs.
    public var hasNoChanges: Bool { actions.allSatisfy { $0.key == .none || $0.value == 0 } }

    /// Counts tenants and profiles that were not looked at, since they stay as they are.
    public mutating func addUnchanged(tenants: Int, profiles: Int) {
        self.tenants += tenants
        self.profiles += profiles
        actions[.none, default: 0] += profiles
    }

    public mutating func add(_ tenant: TenantReport) {
        tenants += 1
        profiles += tenant.profiles.count + tenant.unchanged
        if tenant.status == .failed { failedTenants += 1 }
        // A broken tenant stays as applied; what it is live, nobody knows.
        if tenant.status != .failed || drift == nil { actions[.none, default: 0] += tenant.unchanged }
        drift?.add(tenant)
        adoption?.add(tenant)
        for profile in tenant.profiles {
            actions[profile.impact.action, default: 0] += 1
            if !profile.heldBy.isEmpty { held += 1 }
            if profile.movedFrom != nil { moved += 1 }
            // An accepted difference will not be restored, and affects nobody.
            if profile.drift?.isAccepted == true { continue }
            consequences.add(profile.impact.consequences)
        }
    }

    /// Takes back a change that was counted and did not happen: the profile stays as it was, where it existed at all.
    public mutating func withdraw(_ impact: ProfileImpact) {
        actions[impact.action, default: 0] -= 1
        if impact.action == .create { profiles -= 1 } else { actions[.none, default: 0] += 1 }
        for (consequence, people) in impact.consequences {
            consequences[consequence]?.add(people, times: -1)
            if consequences[consequence]?.profiles == 0 { consequences[consequence] = nil }
        }
    }
}

extension [Consequence: ReportSummary.Count] {
    /// Adds one profile's people by consequence.
    public mutating func add(_ people: [Consequence: People]) { for (consequence, number) in people { self[consequence, default: .init()].add(number) } }
}
