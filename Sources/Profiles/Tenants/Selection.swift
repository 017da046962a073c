import Basics

/// The tenants that a command works on.
public struct Selection: Sendable {
    /// Empty: all.
    public var tenants: Set<String> = []
    /// I of N, I from 1.
    public var shard: (index: Int, count: Int) = (1, 1)

    public init() {}

    /// A whole shard by its name, `I/N`, as on the command line and in the state.
    public init?(shardName: String) {
        let parts = shardName.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), count >= 1, count <= 100_000, (1...count).contains(index)
        else { return nil }
        shard = (index, count)
    }

    public var shardName: String { "\(shard.index)/\(shard.count)" }
    /// Whether the run covers the whole shard, so that the state may record that.
    public var isWholeShard: Bool { tenants.isEmpty }

    public var isEverything: Bool { tenants.isEmpty && shard.count == 1 }

    public func contains(_ tenant: String) -> Bool {
        (tenants.isEmpty || tenants.contains(tenant)) && (shard.count == 1 || Self.shard(of: tenant, count: shard.count) == shard.index)
    }

    /// Throws where a tenant that was asked for is not among those that exist.
    public func check(among known: Set<String>) throws(UsageError) {
        if let unknown = tenants.sorted().first(where: { !known.contains($0) }) { throw UsageError("There is no tenant '\(unknown)'\(didYouMean(unknown, among: known))") }
    }

    /// The shard of a tenant, from 1: the first eight bytes of SHA-256 over its id, modulo the number of shards. It is the same on every
    /// machine and in every release.
    public static func shard(of tenant: String, count: Int) -> Int {
        let digits = sha256(Array(tenant.utf8)).prefix(16)
        return Int((UInt64(digits, radix: 16) ?? 0) % UInt64(count)) + 1
    }
}
