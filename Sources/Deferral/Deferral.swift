import AppliedState
import Basics
import Git
import JSONSource
import Profiles

/// What a deferred reconcile leaves in `--out`, so that a confirmation can record exactly that: the tenants' new part of the
/// applied state as plain files, and the state that it stands on.
public struct Deferral {
    /// In the folder of `--out`.
    public static let folder = "easel-deferred"
    public static let file = "deferral.json"
    /// In it, the last report of each tenant that leaves the state.
    public static let leaving = "leaving"
    public static let formatVersion = 1

    public let base: StateSnapshot
    let draft: StateSnapshot
    let branch: String
    /// As `Places.statePlace` has it.
    let place: String?
    let selection: Selection
    let message: CommitMessage
    let time: Int64

    public init(base: StateSnapshot, draft: StateSnapshot, branch: String, place: String?, selection: Selection, message: CommitMessage, time: Int64) {
        self.base = base
        self.draft = draft
        self.branch = branch
        self.place = place
        self.selection = selection
        self.message = message
        self.time = time
    }

    /// By which it is seen that a file is what was deferred.
    static func digest(_ bytes: [UInt8]) -> String { ObjectEncoder.id(.blob, bytes).description }

    /// Of a run that found nothing to record: what follows it need not know that.
    public static func writeNothing(to folder: String) throws {
        try makeFolder(folder)
        try writeFile("\(folder)/\(file)", Array(pretty(["formatVersion": .integer(formatVersion), "nothing": true]).utf8))
    }

    /// Writes the folder, a tenant at a time.
    public func write(to folder: String, leaving: [String: [UInt8]]) throws {
        var removed: [String] = []
        var trees: [String: JSON] = [:]
        var digests: [String: JSON] = [:]
        func put(_ name: String, _ bytes: [UInt8]) throws {
            digests[name] = .string(Self.digest(bytes))
            try writeFile("\(folder)/\(name)", bytes)
        }
        try makeFolder(folder + "/tenants")
        for id in Set(base.tenantIDs).union(draft.tenantIDs).sorted(by: JSONWriter.precedes) where base.tree(ofTenant: id) != draft.tree(ofTenant: id) {
            guard let tenant = try draft.tenant(id) else {
                removed.append(id)
                try makeFolder("\(folder)/\(Self.leaving)")
                if let report = leaving[id] { try put("\(Self.leaving)/\(id).json", report) }
                continue
            }
            trees[id] = .string(tenant.tree.description)
            try makeFolder("\(folder)/tenants/\(id)")
            for name in ["state.json", "report.json"] {
                if let blob = tenant.file(name) { try writeFile("\(folder)/tenants/\(id)/\(name)", try tenant.bytes(blob)) }
            }
            for kind in ["profiles", "payloads"] {
                let files = try tenant.files(kind)
                guard !files.isEmpty else { continue }
                try makeFolder("\(folder)/tenants/\(id)/\(kind)")
                for (name, blob) in files { try writeFile("\(folder)/tenants/\(id)/\(kind)/\(name)", try tenant.bytes(blob)) }
            }
        }
        for name in ["state.json", "report.json", "report.md"] { if let bytes = try draft.file(name) { try put(name, bytes) } }
        let deferral: JSON = [
            "base": base.tip.map { .string($0.description) } ?? .null, "branch": .string(branch), "files": .object(digests), "formatVersion": .integer(Self.formatVersion),
            "message": message.json, "removed": .array(removed.map(JSON.string)), "selection": selection.json, "state": place.map(JSON.string) ?? .null, "tenants": .object(trees),
            "time": .integer(Int(time)),
        ]
        try writeFile("\(folder)/\(Self.file)", Array(pretty(deferral).utf8))
    }
}

extension Selection {
    fileprivate var json: JSON {
        ["shard": .string(shardName), "tenants": .array(tenants.sorted().map(JSON.string))]
    }

    /// As a deferral has it.
    init?(_ json: JSONValue?) {
        guard let json, let tenants = json["tenants"], let name = json["shard"]?.string else { return nil }
        self.init(shardName: name)
        self.tenants = Set(tenants.elements.compactMap(\.string))
    }
}
