/// A target as tenants and manifests know it: a form in which profiles are written for whoever installs them.
///
/// The module that makes payloads describes its targets and hands the list in, so that nothing here names one of them.
public struct TargetDescription: Sendable, Hashable {
    /// The word in the `targets` of tenant.json.
    public let name: String
    /// What is written, for the JSON Schema.
    public let meaning: String
    /// What a tenant that asks for the target must give, and its profiles must do without.
    public let needs: Set<TargetNeed>
    /// Whether a tenant that names no targets asks for it.
    public let isDefault: Bool

    public init(name: String, meaning: String, needs: Set<TargetNeed> = [], isDefault: Bool = false) {
        self.name = name
        self.meaning = meaning
        self.needs = needs
        self.isDefault = isDefault
    }
}

/// What a target can need beyond the ids of things in Intune.
public enum TargetNeed: Sendable, Hashable, CaseIterable {
    /// Of each certificate profile the `scep` block, which says how a device gets the certificate.
    case certificateContent
    /// Of each VPN profile its `vpnUUID`.
    case vpnUUID
    /// A token for each attribute that user names and email addresses come from.
    case userTokens
    /// Profiles without derived credentials, for which the target has no form.
    case noDerivedCredentials
}

extension Tenant {
    /// Whether tenant.json asks for a target, by name or by default.
    public func asks(for target: TargetDescription) -> Bool { targets.contains { $0.name == target.name } }

    /// The first of the tenant's targets that needs something; nil where none does.
    func target(needing need: TargetNeed) -> TargetDescription? { targets.first { $0.needs.contains(need) } }
}
