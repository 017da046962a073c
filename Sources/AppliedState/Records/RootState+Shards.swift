import Profiles

extension RootState {
    /// How many tenants a shard's record may list as stale. A record with more is dropped, and the shard's next run looks at all tenants.
    private static let staleLimit = 1000

    /// Notes in the records of other shards which tenants this run has processed. A record only has the trees that the shard's own runs
    /// have processed, so that the shard's next run would take these tenants for unchanged.
    ///
    /// - Parameters:
    ///   - changes: tenant → how many more applied profiles it has now than before.
    ///   - own: the shard of this run, whose record is new.
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
