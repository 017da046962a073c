import Profiles

extension RootState {
    /// How many tenants a shard's record lists as stale before it is dropped: then its next run looks at all of them.
    private static let staleLimit = 1000

    /// Tells the records of other selections which tenants were worked off without them. Each knows only the trees that its own runs
    /// have worked off, and would take a tenant for what it was then.
    ///
    /// - Parameters:
    ///   - changes: tenant → how many more applied profiles it has now.
    ///   - own: the shard that was worked off; its record is new.
    public mutating func note(_ changes: [String: Int], beside own: String?) {
        for name in shards.keys where name != own {
            guard let shard = Selection(shardName: name) else { continue }
            for (tenant, difference) in changes where shard.contains(tenant) {
                shards[name]?.stale.insert(tenant)
                shards[name]?.profileCount += difference
            }
            if let record = shards[name], record.stale.count > Self.staleLimit || record.profileCount < 0 { shards[name] = nil }
        }
    }
}
