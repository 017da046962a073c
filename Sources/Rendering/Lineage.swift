import AppliedState
import Planning

/// Which ids and generation each profile of a tenant has on devices. Nothing ever comes back under ids and a generation that something
/// else had before.
struct Lineage {
    private let tenant: String
    /// The last generation under ids that nothing has any more.
    private(set) var generations: [Birth: Int] = [:]
    /// Ids of profiles that went to another folder.
    let movedAway: Set<Birth>
    private var taken: Set<Birth>

    /// - Parameter removed: ids of entries that this run removes.
    init(_ applied: AppliedEntries, removed: Set<String>) {
        tenant = applied.id
        var living: Set<Birth> = []
        for folder in applied.folders { generations.merge(folder.state.generations, uniquingKeysWith: max) }
        for profile in applied.ids {
            guard let home = applied.home(of: profile), let record = applied.record(of: profile) else { continue }
            let birth = home.birth(of: profile)
            if removed.contains(profile) { generations[birth] = max(generations[birth] ?? 0, record.generation) } else { living.insert(birth) }
        }
        // A tenant that comes back to an earlier folder brings them along.
        movedAway = (applied.own?.state.movedAway ?? []).subtracting(living).subtracting(applied.former.flatMap(\.state.generations.keys))
        taken = living.union(movedAway)
    }

    /// The ids and the generation of a new profile.
    mutating func bear(_ profile: String) -> (birth: Birth, generation: Int) {
        var (birth, number) = (Birth(tenant: tenant, profile: profile), 1)
        while !taken.insert(birth).inserted {
            number += 1
            birth = Birth(tenant: tenant, profile: "\(profile).\(number)")
        }
        return (birth, (generations[birth] ?? 0) + 1)
    }
}
