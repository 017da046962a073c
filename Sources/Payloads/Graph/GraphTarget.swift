import Profiles

/// JSON for Microsoft Graph: the bodies that create a profile and assign it, and those that change one.
public struct GraphTarget: PayloadTarget {
    public let description = TargetDescription(name: "graph", meaning: "JSON for Microsoft Graph", isDefault: true)
    public let endings = [".graph.json", ".assign.json"]

    public init() {}

    public func files(for profile: EffectiveProfile, in tenant: Tenant, as identity: PayloadIdentity) -> [PayloadFile] {
        [(".graph.json", GraphPayload.body(profile, cloud: tenant.cloud)), (".assign.json", GraphPayload.assign(profile))]
    }

    public func steps(from before: EffectiveProfile, to after: EffectiveProfile, in tenant: Tenant) -> [PayloadFile] {
        let bodies = [
            (".patch.json", GraphPayload.patch(before: before, after: after)),
            (".refs.json", GraphPayload.references(before: before, after: after, cloud: tenant.cloud)),
        ]
        return bodies.compactMap { ending, bytes in bytes.map { (ending, $0) } }
    }
}
