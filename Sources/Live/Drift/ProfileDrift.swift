import Impact
import Profiles

/// How desired, applied and live relate for a profile.
public enum DriftKind: String, Sendable, CaseIterable {
    /// Applied, but no longer live.
    case missing
    /// The profile that was applied is gone, and another one with its name is live.
    case replaced
    /// Live, but not as applied.
    case modified
    /// Live, but neither applied nor desired.
    case unmanaged
    /// Live as applied, but not as desired.
    case pending
    case inSync

    /// What it is, as a sentence without its end.
    public var words: String {
        switch self {
        case .missing: "the profile was applied, and the tenant no longer has it"
        case .replaced: "the profile that was applied is gone, and the tenant has another one with its name"
        case .modified: "the tenant's profile differs from what was applied"
        case .unmanaged: "the tenant has a profile that is neither applied nor in the config repository"
        case .pending: "the tenant has the profile as it was applied, and the config repository has a newer version"
        case .inSync: "desired, applied and live are the same"
        }
    }
}

/// A profile for which desired, applied and live are not the same, and what restoring the desired one would do to people.
public struct ProfileDrift: Sendable {
    /// Live → desired, by the impact rules; with action `none` where nothing would be done.
    public let impact: ProfileImpact
    public let kind: DriftKind
    /// One for each change of `impact`, in the same order: whether live or desired differs from what was applied.
    public let kinds: [DriftKind]
    /// The profile as it is live; nil where it is missing.
    public let live: EffectiveProfile?
    /// The live profile as the source has it; nil where it is missing.
    public let source: LiveProfile?
    /// The service's id of the live profile.
    public var graphID: String? { source?.graphID }
}
