import JSONSource
import Profiles
import Time

/// One policy file: gates, limits, and whether commits must be signed.
///
/// A tenant's policy stands beside the repository's and those from outside, never in their place, so whatever it says
/// can only hold more.
public struct Policy: Sendable, Hashable {
    public let source: PolicySource
    /// In the order of the file.
    public let gates: [Gate]
    /// The key of a limit → how much may go out in one run; at most those of `Limits.all`.
    public let limits: [String: Int]
    public let requireSignedCommits: Bool
    /// Only ever true of the repository's.
    public let defaultsOff: Bool

    public init(
        source: PolicySource, gates: [Gate] = [], limits: [String: Int] = [:], requireSignedCommits: Bool = false,
        defaultsOff: Bool = false
    ) {
        self.source = source
        self.gates = gates
        self.limits = limits
        self.requireSignedCommits = requireSignedCommits
        self.defaultsOff = defaultsOff
    }

    /// Reads a policy file. Nil when anything is wrong with it, and the diagnostics say what: no part of a broken policy
    /// is ever used.
    public static func read(_ document: JSONDocument, source: PolicySource, zones: ZoneStore) -> (policy: Policy?, diagnostics: [Diagnostic]) {
        var reader = PolicyReader(source: source, zones: zones)
        let policy = reader.read(document)
        return (reader.diagnostics.contains { $0.severity == .error } ? nil : policy, reader.diagnostics)
    }
}
