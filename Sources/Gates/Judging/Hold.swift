/// A gate's verdict on one profile: it stays as applied, and this is what lets it through.
public struct Hold: Sendable {
    /// The name in `heldBy`.
    public let name: String
    /// The policy's file, `--policy` or `default`.
    public let source: String
    /// What lets the profile through, or does so together with the others.
    public let remedies: [Remedy]
    /// The place of the gate among all gates of the run. Whoever asks the judges sets it; a judge does not know its neighbours.
    private(set) var rank = Rank.first

    public init(name: String, source: String, remedies: [Remedy]) {
        self.name = name
        self.source = source
        self.remedies = remedies
    }

    /// Whether time alone lets the profile through as far as this gate is concerned; otherwise somebody must do something.
    public var isWaiting: Bool { remedies.allSatisfy(\.isWaiting) }

    func placed(at rank: Rank) -> Hold {
        var hold = self
        hold.rank = rank
        return hold
    }

    /// The order of gates in reports, and what tells gates of the same name apart.
    struct Rank: Sendable, Hashable, Comparable {
        private let group: Int
        /// Whose policy it is; empty for gates and limits that count for every tenant.
        private let tenant: String
        private let position: Int

        static let first = Rank(group: 0, tenant: "", position: 0)
        static func repository(_ position: Int) -> Rank { Rank(group: 0, tenant: "", position: position) }
        static func tenant(_ id: String, _ position: Int) -> Rank { Rank(group: 1, tenant: id, position: position) }
        static func outside(_ position: Int) -> Rank { Rank(group: 2, tenant: "", position: position) }
        static func defaults(_ position: Int) -> Rank { Rank(group: 3, tenant: "", position: position) }
        static let adoption = Rank(group: 4, tenant: "", position: 0)
        static let changedLive = Rank(group: 4, tenant: "", position: 1)
        /// - Parameter position: among the rings of all policies.
        static func ring(_ position: Int) -> Rank { Rank(group: 5, tenant: "", position: position) }
        /// One limit of the run comes with those of the tenants beside it, before the next limit.
        static func limit(_ position: Int, tenant: String?) -> Rank { Rank(group: 6 + position, tenant: tenant ?? "", position: 0) }

        static func < (one: Rank, other: Rank) -> Bool {
            (one.group, one.tenant, one.position) < (other.group, other.tenant, other.position)
        }
    }
}

extension Sequence<Hold> {
    /// For `heldBy`: in order, and a name that two policies use only once.
    public var names: [String] {
        var seen: Set<String> = []
        return map(\.name).filter { seen.insert($0).inserted }
    }
}
