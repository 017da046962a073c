import Profiles

/// A file that a target makes for a profile: what its name has after the profile's id, such as `.graph.json`, and its bytes.
public typealias PayloadFile = (ending: String, bytes: [UInt8])

/// A form in which profiles are written for whoever installs them. Each target is one file, and one line in `PayloadTargets.all`.
public protocol PayloadTarget: Sendable {
    /// Its name in tenant.json, and what it needs of a tenant and its profiles.
    var description: TargetDescription { get }
    /// Whether its files are written for every tenant, and not only for those that ask for it.
    var isForEveryTenant: Bool { get }
    /// The endings of all files that `files` can make.
    var endings: [String] { get }

    /// The files of a profile, byte for byte the same for the same arguments.
    ///
    /// - Parameter profile: resolved in `tenant`, with everything that the target needs.
    func files(for profile: EffectiveProfile, in tenant: Tenant, as identity: PayloadIdentity) -> [PayloadFile]

    /// The files that turn an applied profile into another, for the next step of a pipeline; their endings are others than those of
    /// `files`.
    ///
    /// - Parameter wakes: whether settings that had no effect before and have one now are written even if they did not change, since
    ///   the service may hold any value there.
    func steps(from before: EffectiveProfile, to after: EffectiveProfile, in tenant: Tenant, wakes: Bool) -> [PayloadFile]
}

extension PayloadTarget {
    public var isForEveryTenant: Bool { false }
    public func steps(from before: EffectiveProfile, to after: EffectiveProfile, in tenant: Tenant, wakes: Bool) -> [PayloadFile] { [] }
}

/// Every target; the list is the registry.
public enum PayloadTargets {
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
    public static func steps(from before: EffectiveProfile, to after: EffectiveProfile, in tenant: Tenant, wakes: Bool) -> [PayloadFile] {
        targets(of: tenant).flatMap { $0.steps(from: before, to: after, in: tenant, wakes: wakes) }
    }

    private static func targets(of tenant: Tenant) -> [any PayloadTarget] {
        all.filter { $0.isForEveryTenant || tenant.asks(for: $0.description) }
    }
}
