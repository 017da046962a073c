import AppliedState
import Basics
import Git
import JSONSource
import Profiles

/// What a deferred reconcile leaves in `--out`, so that a confirmation can record exactly that: the tenants' new part of the
/// applied state as plain files, and the state that it was planned on.
public struct Deferral {
    /// In the folder of `--out`.
    public static let folder = "easel-deferred"
    public static let file = "deferral.json"
    static let formatVersion = 1

    private let base: StateSnapshot
    private let draft: StateSnapshot
    private let branch: String
    private let place: String?
    private let selection: Selection
    private let message: CommitMessage
    private let time: Int64

    /// - Parameters:
    ///   - base: the state that the run was planned on.
    ///   - draft: the state as the run would have recorded it.
    ///   - branch: full name of the state branch.
    ///   - place: as `Places.statePlace` has it.
    ///   - time: of the state commit, seconds since 1970.
    public init(base: StateSnapshot, draft: StateSnapshot, branch: String, place: String?, selection: Selection, message: CommitMessage, time: Int64) {
        (self.base, self.draft, self.branch, self.place) = (base, draft, branch, place)
        (self.selection, self.message, self.time) = (selection, message, time)
    }

    /// Shows whether a file is still what was deferred.
    static func digest(_ bytes: [UInt8]) -> String { ObjectEncoder.id(.blob, bytes).description }

    /// For a run that found nothing to record: what follows it need not know that.
    public static func writeNothing(to folder: String) throws {
        try makeFolder(folder)
        try writeFile("\(folder)/\(file)", Array(pretty(["formatVersion": .integer(formatVersion), "nothing": true]).utf8))
    }

    /// Writes the folder, a tenant at a time.
    public func write(to folder: String) throws {
        var trees: [String: JSON] = [:]
        var digests: [String: JSON] = [:]
        func put(_ name: String, _ bytes: [UInt8]) throws {
            digests[name] = .string(Self.digest(bytes))
            try writeFile("\(folder)/\(name)", bytes)
        }
        try makeFolder(folder + "/tenants")
        for id in Set(base.tenantIDs).union(draft.tenantIDs).sorted(by: JSONWriter.precedes) where base.tree(ofTenant: id) != draft.tree(ofTenant: id) {
            guard let tenant = try draft.tenant(id) else { continue }
            trees[id] = .string(tenant.tree.description)
            try Self.write(tenant, to: "\(folder)/tenants/\(id)")
        }
        for name in ["state.json", "report.json", "report.md"] { if let bytes = try draft.file(name) { try put(name, bytes) } }
        let deferral: JSON = [
            "base": base.tip.map { .string($0.description) } ?? .null, "branch": .string(branch), "files": .object(digests), "formatVersion": .integer(Self.formatVersion),
            "message": message.json, "selection": selection.json, "state": place.map(JSON.string) ?? .null, "tenants": .object(trees),
            "time": .integer(Int(time)),
        ]
        try writeFile("\(folder)/\(Self.file)", Array(pretty(deferral).utf8))
    }

    private static func write(_ tenant: AppliedTenant, to folder: String) throws {
        try makeFolder(folder)
        for name in ["state.json", "report.json"] { if let blob = tenant.file(name) { try writeFile("\(folder)/\(name)", try tenant.bytes(blob)) } }
        for kind in ["profiles", "payloads"] {
            let files = try tenant.files(kind)
            guard !files.isEmpty else { continue }
            try makeFolder("\(folder)/\(kind)")
            for (name, blob) in files { try writeFile("\(folder)/\(kind)/\(name)", try tenant.bytes(blob)) }
        }
    }
}

extension Selection {
    fileprivate var json: JSON { ["shard": .string(shardName), "tenants": .array(tenants.sorted().map(JSON.string))] }

    /// As a deferral has it.
    init?(_ json: JSONValue) {
        guard let tenants = json["tenants"], let name = json["shard"]?.string else { return nil }
        self.init(shardName: name)
        self.tenants = Set(tenants.elements.compactMap(\.string))
    }
}
