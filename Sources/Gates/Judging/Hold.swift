/// That a gate holds a profile.
public struct Hold: Sendable {
    /// What `heldBy` says.
    public let name: String
    /// The policy's file, `--policy` or `default`.
    public let source: String
    /// What would let the profile through.
    let passage: Passage
    /// Where the gate stands among all.
    let rank: Rank

    enum Passage: Sendable {
        case gate(Gate, needsApproval: Bool)
        case defaultGate
        /// `needsApproval`: larger than the whole limit, or of unknown size.
        case limit(Limit, needsApproval: Bool)
    }

    /// The order of gates.md: repository's, tenant's, from outside, defaults, limits.
    struct Rank: Sendable, Hashable, Comparable {
        let group: Int
        /// Only to tell the policies of tenants apart, in the order of their ids.
        let tenant: String
        let position: Int

        static func < (one: Rank, other: Rank) -> Bool {
            (one.group, one.tenant, one.position) < (other.group, other.tenant, other.position)
        }
    }
}

extension Sequence<Hold> {
    /// For `heldBy`: in order, and a name that two policies use once.
    public var names: [String] {
        var seen: Set<String> = []
        return map(\.name).filter { seen.insert($0).inserted }
    }
}
