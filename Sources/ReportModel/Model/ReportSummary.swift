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

        public mutating func add(_ other: Count, times: Int = 1) {
            profiles += other.profiles * times
            people += other.people * times
            peopleUnknown += other.peopleUnknown * times
        }
    }

    public var tenants = 0
    public var profiles = 0
    public var actions: [Action: Int] = [:]
    public var failedTenants = 0
    /// Profiles that a gate or limit holds.
    public var held = 0
    /// Those among them that only wait their turn.
    public var waiting = 0
    /// Profiles that were renamed, or whose tenant's folder was.
    public var moved = 0
    /// Of what goes out.
    public var consequences: [Consequence: Count] = [:]
    /// Of what is held.
    public var heldConsequences: [Consequence: Count] = [:]
    /// Only in a drift run.
    public var drift: DriftSummary?
    /// Only in an adoption.
    public var adoption: AdoptionSummary?
    /// Only in a run that published.
    public var publishing: PublishingSummary?

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
        publishing?.add(tenant)
        var (goesOut, isHeld) = (PeopleTally(), PeopleTally())
        for profile in tenant.profiles {
            actions[profile.impact.action, default: 0] += 1
            if !profile.heldBy.isEmpty { held += 1 }
            if profile.isWaiting { waiting += 1 }
            if profile.movedFrom != nil { moved += 1 }
            // An accepted difference will not be restored, and affects nobody.
            if profile.drift?.isAccepted == true { continue }
            if profile.goesOut { goesOut.add(profile.impact, of: tenant.id) } else if !profile.heldBy.isEmpty { isHeld.add(profile.impact, of: tenant.id) }
        }
        for (consequence, count) in goesOut.counts { consequences[consequence, default: .init()].add(count) }
        for (consequence, count) in isHeld.counts { heldConsequences[consequence, default: .init()].add(count) }
    }

    /// Takes back changes of one tenant that were counted and did not happen: the profiles stay as they were, where they existed at all.
    ///
    /// - Parameter rest: the tenant's other profiles that were counted.
    public mutating func withdraw(_ gone: [ProfileReport], leaving rest: [ProfileReport]) {
        var (all, left) = (ReportSummary(), ReportSummary())
        all.add(TenantReport(id: "", displayName: "", status: .ok, profiles: gone + rest, unchanged: 0, diagnostics: []))
        left.add(TenantReport(id: "", displayName: "", status: .ok, profiles: rest, unchanged: 0, diagnostics: []))
        for impact in gone.map(\.impact) {
            actions[impact.action, default: 0] -= 1
            if impact.action == .create { profiles -= 1 } else { actions[.none, default: 0] += 1 }
        }
        for (consequence, count) in all.consequences {
            consequences[consequence]?.add(count, times: -1)
            if let count = left.consequences[consequence] { consequences[consequence]?.add(count) }
            if consequences[consequence]?.profiles == 0 { consequences[consequence] = nil }
        }
    }
}
