import Gates
import JSONSource
import Live
import Profiles

/// One tenant as the config repository wants it.
public struct DesiredTenant {
    public let id: String
    /// Of its folder's tree, 40 hex digits; nil for working files.
    public var folderID: String?
    /// There is nothing to compare it with.
    public var isIncomparable = false
    /// Nil when `tenant.json` is missing or broken.
    public var tenant: Tenant?
    /// In the order of their ids; complete only if nothing is broken.
    public var profiles: [EffectiveProfile] = []
    /// The manifests of `profiles`, by id; for the places of what changes.
    public var manifests: [String: Manifest] = [:]
    /// `tenant.json`, if it could be read.
    public var document: JSONDocument?
    /// How many manifests there are, broken or not.
    public var manifestCount = 0
    /// Path → blob id of every base that a manifest extends, directly or not.
    public var bases: [String: String] = [:]
    public var policy: Policy?
    /// Differences from what is live that people accept.
    public var accepted = AcceptedDrift()
    /// Then nothing at all may be applied: gates fail closed.
    public var policyIsBroken = false
    public var diagnostics: [Diagnostic] = []

    public init(id: String, folderID: String? = nil) {
        self.id = id
        self.folderID = folderID
    }

    /// A tenant with an error is left exactly as applied.
    public var isBroken: Bool { diagnostics.contains { $0.severity == .error } }
}
