/// Holds every removal of a tenant that would lose all its applied profiles: a folder may have been deleted by mistake.
public struct TenantRemovalGate: DefaultGate {
    public let name = "tenant-removal"

    public func stops(_ facts: PlanFacts) -> Bool { facts.tenantIsEmptied }

    public let about = "This gate holds the removal of all applied profiles of a tenant."
}
