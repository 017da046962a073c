import AppliedState
import Profiles

/// What was applied to a tenant: the entries in its own folder of the state and, once its folder was renamed, those that are still in
/// the folders of its earlier ids.
public struct AppliedEntries {
    /// The tenant's id.
    public let id: String
    public let own: AppliedTenant?
    /// In the order of their ids.
    public let former: [AppliedTenant]
    /// Profile id → the folder of its entry.
    private let homes: [String: AppliedTenant]

    /// Nothing.
    init(noneOf id: String) {
        self.id = id
        (own, former, homes) = (nil, [], [:])
    }

    /// - Parameter formerly: the folders that the tenant was recorded as before it was renamed.
    public init(_ tenant: String, formerly: [String], in state: StateSnapshot) throws {
        id = tenant
        own = try state.tenant(id)
        var folders: [String: AppliedTenant] = [:]
        var open = Set(formerly).union(own?.state.remainsIn ?? [])
        while let next = open.popFirst() {
            guard next != id, folders[next] == nil, let found = try state.tenant(next) else { continue }
            folders[next] = found
            open.formUnion(found.state.remainsIn)
        }
        former = folders.keys.sorted().compactMap { folders[$0] }
        var homes: [String: AppliedTenant] = [:]
        // An entry under an earlier id waits where its own id is taken.
        for folder in [own].compactMap(\.self) + former { for profile in folder.state.profiles.keys where homes[profile] == nil { homes[profile] = folder } }
        self.homes = homes
    }

    public var ids: Set<String> { Set(homes.keys) }

    /// The folder of an entry.
    public func home(of profile: String) -> AppliedTenant? { homes[profile] }
    public func record(of profile: String) -> TenantState.Profile? { homes[profile]?.state.profiles[profile] }

    /// Its own folder first.
    public var folders: [AppliedTenant] { [own].compactMap(\.self) + former }

    /// The record that says which tenant it is: of the first folder in which something is or was applied.
    public var identity: TenantState? { folders.first { !$0.state.profiles.isEmpty }?.state ?? folders.first { !$0.state.generations.isEmpty }?.state }

    public var facts: TenantFacts? { (identity ?? folders.first?.state)?.facts }
    public var displayName: String? { (identity ?? own?.state)?.displayName }

    /// People of an audience, as recorded; the outer nil: nothing was recorded of it.
    public func members(of audience: String) -> Int?? { folders.lazy.compactMap { $0.state.members[audience] }.first }

    /// Gate → profiles whose removal it holds.
    public var removalsHeld: [String: Set<String>] { folders.reduce(into: [:]) { all, folder in all.merge(folder.state.removalsHeld) { $0.union($1) } } }

    /// Profile → gate → since when it holds the profile.
    public var heldSince: [String: [String: String]] { folders.reversed().reduce(into: [:]) { all, folder in all.merge(folder.state.heldSince) { $1 } } }

    /// Day → people, for the tenant's own limit.
    public var ledger: [String: Int] { folders.reduce(into: [:]) { all, folder in all.merge(folder.state.ledger, uniquingKeysWith: max) } }

    /// Base → when a change from it was last recorded, for rings.
    public var sharedChanges: [String: String] { folders.reduce(into: [:]) { all, folder in all.merge(folder.state.sharedChanges, uniquingKeysWith: max) } }

    /// The profiles as applied.
    ///
    /// - Parameter remembersTargets: with what their last .mobileconfig said.
    public func profiles(remembersTargets: Bool = true) throws -> [String: EffectiveProfile] {
        var found: [String: EffectiveProfile] = [:]
        for folder in folders {
            for (profile, applied) in try folder.profiles() where homes[profile]?.id == folder.id {
                let said = remembersTargets ? folder.state.profiles[profile]?.lastMobileconfig ?? [:] : [:]
                found[profile] = said.isEmpty ? applied : applied.remembering(said)
            }
        }
        return found
    }

    /// Earlier id of a profile → the id that is desired for it; ids that are in use again are left out.
    ///
    /// - Parameter origins: desired id → id of the entry.
    public func renamed(_ origins: [String: String]) -> [String: String] {
        var found: [String: String] = [:]
        for (profile, entry) in origins.sorted(by: { $0.key < $1.key }) {
            for id in (record(of: entry)?.formerIDs ?? []).union([entry]) where origins[id] == nil { found[id] = profile }
        }
        return found
    }
}
