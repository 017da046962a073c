import Profiles

/// A file that a target makes for a profile: what its name has after the profile's id, such as `.graph.json`, and its bytes.
public typealias PayloadFile = (ending: String, bytes: [UInt8])

/// A form in which profiles are written for whoever installs them. Each target is one file, and one line in `PayloadTargets.all`.
public protocol PayloadTarget: Sendable {
    /// Its name in tenant.json, and what it needs of a tenant and its profiles.
    var description: TargetDescription { get }
    /// The endings of all files that `files` can make.
    var endings: [String] { get }

    /// The files of a profile, byte for byte the same for the same arguments.
    ///
    /// - Parameter profile: resolved in `tenant`, with everything that the target needs.
    func files(for profile: EffectiveProfile, in tenant: Tenant, as identity: PayloadIdentity) -> [PayloadFile]

    /// The files that turn an applied profile into another, for the next step of a pipeline; their endings are others than those of
    /// `files`.
    func steps(from before: EffectiveProfile, to after: EffectiveProfile, in tenant: Tenant) -> [PayloadFile]
}

extension PayloadTarget {
    public func steps(from before: EffectiveProfile, to after: EffectiveProfile, in tenant: Tenant) -> [PayloadFile] { [] }
}

/// Every target; the list is the registry.
public enum PayloadTargets {
    /// Raised when the same effective profile gives other payload bytes than an earlier easel's: then all are rendered anew.
    public static let version = 1

    public static let all: [any PayloadTarget] = [GraphTarget(), MobileconfigTarget()]

    /// What reading tenants and manifests must know of them.
    public static let descriptions: [TargetDescription] = all.map(\.description)

    /// The endings of all files that `files` can make.
    public static let endings: [String] = all.flatMap(\.endings)

    /// The files of a profile for each target that its tenant has.
    public static func files(for profile: EffectiveProfile, in tenant: Tenant, as identity: PayloadIdentity) -> [PayloadFile] {
        targets(of: tenant).flatMap { $0.files(for: profile, in: tenant, as: identity) }
    }

    /// The files that turn an applied profile into another, for each target that its tenant has.
    public static func steps(from before: EffectiveProfile, to after: EffectiveProfile, in tenant: Tenant) -> [PayloadFile] {
        targets(of: tenant).flatMap { $0.steps(from: before, to: after, in: tenant) }
    }

    private static func targets(of tenant: Tenant) -> [any PayloadTarget] {
        all.filter { tenant.asks(for: $0.description) }
    }
}
