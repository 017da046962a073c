import JSONSource
import Profiles
import Time

/// One policy file: gates, limits, and which commits must be signed.
///
/// A tenant's policy counts in addition to the repository's and those from outside, never instead of them. So it can only hold
/// more.
public struct Policy: Sendable, Hashable {
    public let source: PolicySource
    /// In the order in which the file has them.
    public let gates: [Gate]
    /// The key of a limit → how much may go out in one run; at most those of `Limits.all`.
    public let limits: [String: Int]
    /// In their order; not in a tenant's policy.
    public let rings: [Ring]
    public let requireSignedCommits: SignatureRequirement
    /// Only the repository's policy can switch the default gates off.
    public let defaultsOff: Bool

    /// Whether it limits what goes out on one day, so that days must be counted.
    public var countsDays: Bool { limits[PeoplePerDayLimit().key.description] != nil }

    public init(
        source: PolicySource, gates: [Gate] = [], limits: [String: Int] = [:], rings: [Ring] = [], requireSignedCommits: SignatureRequirement = .none,
        defaultsOff: Bool = false
    ) {
        self.source = source
        self.gates = gates
        self.limits = limits
        self.rings = rings
        self.requireSignedCommits = requireSignedCommits
        self.defaultsOff = defaultsOff
    }

    /// Reads a policy file. The policy is nil when anything is wrong with the file, and the diagnostics say what: no part of a
    /// broken policy is ever used.
    public static func read(_ document: JSONDocument, source: PolicySource, zones: ZoneStore) -> (policy: Policy?, diagnostics: [Diagnostic]) {
        var reader = PolicyReader(source: source, zones: zones)
        let policy = reader.read(document)
        return (reader.diagnostics.contains { $0.severity == .error } ? nil : policy, reader.diagnostics)
    }
}
