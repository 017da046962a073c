import JSONSource
import Profiles

/// What a source must know about a tenant to find what it has.
public struct LiveTenantQuery: Sendable {
    /// The tenant id: the name of its folder in the config repository.
    public let id: String
    /// The GUID of the tenant, in lower case; nil where it is not known yet, as for an import into a new folder.
    public let tenantID: String?
    /// Nil where it is not known yet.
    public let cloud: Tenant.Cloud?

    /// - Parameter tenantID: zeros count as "not known yet".
    public init(id: String, tenantID: String?, cloud: Tenant.Cloud?) {
        self.id = id
        self.tenantID = tenantID.flatMap { $0.allSatisfy { $0 == "0" || $0 == "-" } ? nil : $0.lowercased() }
        self.cloud = cloud
    }
}

/// Where live profiles come from: exports on disk, or Microsoft Graph.
///
/// Safe to ask for several tenants at the same time. What is wrong with one tenant is in its diagnostics and stops no other tenant.
public protocol LiveSource: Sendable {
    /// What reports call it: a folder's path, or "Microsoft Graph".
    var name: String { get }
    /// Tenants that it is worth asking for at the same time: many where answers take their time.
    var width: Int { get }
    /// Tenants that it knows by itself, in order, and what is odd about it as a whole.
    ///
    /// - Throws: when it cannot be used at all.
    func tenants() async throws -> (ids: [String], diagnostics: [Diagnostic])
    /// Everything that it knows about a tenant, before names are given to ids.
    func objects(of tenant: LiveTenantQuery) async throws -> LiveObjects
    /// Who changed profiles; nil where the source keeps no record of that.
    ///
    /// - Throws: where no tenant can be asked at all.
    func attributions(of tenant: LiveTenantQuery, _ queries: [AttributionQuery]) async throws -> Attributions?
    /// Ends what it holds open. Nothing can be asked afterwards.
    func close() async
}

extension LiveSource {
    public var width: Int { 1 }
    public func attributions(of tenant: LiveTenantQuery, _ queries: [AttributionQuery]) async throws -> Attributions? { nil }
    public func close() async {}

    /// What a tenant has now; its errors are diagnostics.
    ///
    /// - Parameter names: gives ids their names, once the source's own names are known.
    public func read(_ tenant: LiveTenantQuery, names: @Sendable (LiveDirectory) -> any ReferenceNames) async throws -> LiveTenant {
        let found = try await objects(of: tenant)
        return LiveTenant(found, names: names(found.directory))
    }
}

/// A part of a profile that a source may leave open.
public enum LivePart: Sendable, CaseIterable {
    case assignments, certificates, issuer

    /// The settings that belong to it.
    var keys: [SettingKey] {
        switch self {
        case .assignments: [.include]
        case .issuer: [.derivedCredentials]
        case .certificates: [.identityCertificate, .signingCertificate, .encryptionCertificate]
        }
    }
}

/// How messages speak of what a source has of a tenant.
public struct LiveWording: Sendable {
    /// The subject of a sentence, as it is written inside one: "the export", "Microsoft Graph".
    public let noun: String
    /// What to do where a part is left open, as an order: "Export with $expand=assignments". Nil where nothing helps.
    public let remedies: [LivePart: String]

    public init(noun: String, remedies: [LivePart: String]) {
        self.noun = noun
        self.remedies = remedies
    }

    /// The noun at the beginning of a sentence.
    public var subject: String { noun.prefix(1).uppercased() + noun.dropFirst() }
}

/// Something that a source leaves open about a tenant: unknown, never empty.
public struct LiveUnknown: Sendable {
    public let part: LivePart
    /// "The export does not say whom 3 of 9 profiles are assigned to".
    public let sentence: String
    /// What to do about it, as an order.
    public let remedy: String?
    /// The first profile that it is about.
    public let place: JSONValue
}
