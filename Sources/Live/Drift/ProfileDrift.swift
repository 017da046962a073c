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
