import Basics

/// Tenants that get an edit of a base together; those of later rings wait until it has rested here.
public struct Ring: Sendable, Hashable {
    public let name: String
    public let tenants: [Glob]
    /// How long an edit rests here before it goes on.
    public let soakHours: Int

    public init(name: String, tenants: [Glob], soakHours: Int) {
        self.name = name
        self.tenants = tenants
        self.soakHours = soakHours
    }

    /// How the name of every ring begins in `heldBy`; no gate in a policy may have such a name.
    static let namePrefix = "ring:"

    /// The name in `heldBy`.
    public var holdName: String { Self.namePrefix + name }
    var soak: Int { soakHours * 3600 }

    func contains(_ tenant: String) -> Bool { tenants.contains { $0.matches(tenant) } }

    /// More hours than anybody waits, few enough to add them to any moment.
    static let hours = 0...100_000
}

extension Policy {
    /// The ring of a tenant: the first that names it, and one past the last where none does.
    public func ring(of tenant: String) -> Int { rings.firstIndex { $0.contains(tenant) } ?? rings.count }
}

/// The order in which a run judges tenants: that of their rings, then that of their ids. Without rings it is that of the ids alone.
public struct RingOrder: Sendable {
    private let policies: [Policy]

    /// - Parameter policies: those for all tenants.
    init(_ policies: [Policy]) { self.policies = policies.filter { !$0.rings.isEmpty } }

    /// The ring of a tenant in each policy that has rings.
    private func rings(of tenant: String) -> [Int] { policies.map { $0.ring(of: tenant) } }

    /// Whether any policy has a ring that names the tenant, so that others may wait for it.
    public func isAwaited(_ tenant: String) -> Bool { policies.contains { $0.ring(of: tenant) < $0.rings.count } }

    public func sorted(_ tenants: some Sequence<String>) -> [String] {
        let all = tenants.map { (rings: rings(of: $0), id: $0) }
        return all.sorted { Self.precedes($0, $1) }.map(\.id)
    }

    func precedes(_ one: String, _ other: String) -> Bool { Self.precedes((rings(of: one), one), (rings(of: other), other)) }

    private static func precedes(_ one: (rings: [Int], id: String), _ other: (rings: [Int], id: String)) -> Bool {
        one.rings == other.rings ? one.id.utf8.lexicographicallyPrecedes(other.id.utf8) : one.rings.lexicographicallyPrecedes(other.rings)
    }
}
