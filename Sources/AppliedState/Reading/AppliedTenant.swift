import Git
import JSONSource
import Profiles

/// One tenant's part of the applied state.
public struct AppliedTenant {
    public let id: String
    public let tree: ObjectID
    public let state: TenantState
    let entries: [TreeEntry]
    private let repository: Repository

    init(id: String, tree: ObjectID, state: TenantState, entries: [TreeEntry], repository: Repository) {
        self.id = id
        self.tree = tree
        self.state = state
        self.entries = entries
        self.repository = repository
    }

    /// The files in `profiles` or `payloads`: name → blob.
    public func files(_ folder: String) throws -> [String: ObjectID] {
        guard let tree = entries.first(where: { $0.nameText == folder }) else { return [:] }
        let files = try repository.entries(ofTree: tree.id)
        return Dictionary(files.compactMap { entry in entry.nameText.map { ($0, entry.id) } }, uniquingKeysWith: { first, _ in first })
    }

    /// The id of the `payloads` folder.
    public var payloadsTree: ObjectID? { file("payloads") }

    /// The content of one of its files.
    public func bytes(_ blob: ObjectID) throws -> [UInt8] { try repository.stateFile(blob) }

    /// The ids that one of its profiles was born with.
    public func birth(of profile: String) -> Birth { state.profiles[profile]?.birth ?? Birth(tenant: id, profile: profile) }

    /// The id of a file or folder at the top of the tenant's folder.
    public func file(_ name: String) -> ObjectID? { entries.first { $0.nameText == name }?.id }

    /// The profiles as applied. Each is compared with its recorded digest.
    ///
    /// - Parameter known: profiles that need not be read if the record has their digest.
    public func profiles(known: [String: EffectiveProfile] = [:]) throws -> [String: EffectiveProfile] {
        let files = try files("profiles")
        var result: [String: EffectiveProfile] = [:]
        for (id, record) in state.profiles {
            if let profile = known[id], profile.digest == record.digest {
                result[id] = profile
                continue
            }
            let path = "tenants/\(self.id)/profiles/\(id).json"
            guard let blob = files[id + ".json"] else { throw StateError.unreadable(file: path, why: "it is missing") }
            guard let profile = EffectiveProfile(id: id, JSONDocument(file: path, bytes: try bytes(blob), limit: JSONLimits.ownFileSize)) else {
                throw StateError.unreadable(file: path, why: "it is not an effective profile")
            }
            guard profile.digest == record.digest else { throw StateError.edited(file: path) }
            result[id] = profile
        }
        return result
    }
}
