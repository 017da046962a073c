import Profiles

/// An Apple configuration profile, for MDM servers other than Intune.
public struct MobileconfigTarget: PayloadTarget {
    public let description = TargetDescription(
        name: "mobileconfig", meaning: "an Apple configuration profile",
        needs: [.certificateContent, .vpnUUID, .userTokens, .noDerivedCredentials])
    public let endings = [".mobileconfig"]

    public init() {}

    public func files(for profile: EffectiveProfile, in tenant: Tenant, as identity: PayloadIdentity) -> [PayloadFile] {
        [(".mobileconfig", MobileConfig.profile(profile, tenant: tenant, as: identity))]
    }
}
