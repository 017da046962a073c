import AppliedState
import Git
import JSONSource

/// What a deferred reconcile leaves in `--out`, so that a confirmation can record exactly that: the tenants' new part of the
/// applied state as plain files, and the state that it stands on.
struct Deferral {
    /// In the folder of `--out`.
    static let folder = ".easel-deferred"
    static let file = "deferral.json"
    static let formatVersion = 1

    let base: StateSnapshot
    let draft: StateSnapshot
    let branch: String
    let message: String
    let time: Int64

    /// Path in the folder → bytes.
    func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        var removed: [String] = []
        var trees: [String: JSON] = [:]
        for id in Set(base.tenantIDs).union(draft.tenantIDs).sorted(by: JSONWriter.precedes) where base.tree(ofTenant: id) != draft.tree(ofTenant: id) {
            guard let tenant = try draft.tenant(id) else {
                removed.append(id)
                continue
            }
            trees[id] = .string(tenant.tree.description)
            for name in ["state.json", "report.json"] {
                if let blob = tenant.file(name) { files["tenants/\(id)/\(name)"] = try tenant.bytes(blob) }
            }
            for folder in ["profiles", "payloads"] {
                for (name, blob) in try tenant.files(folder) { files["tenants/\(id)/\(folder)/\(name)"] = try tenant.bytes(blob) }
            }
        }
        for name in ["state.json", "report.json", "report.md"] { if let bytes = try draft.file(name) { files[name] = bytes } }
        let deferral: JSON = [
            "base": base.tip.map { .string($0.description) } ?? .null, "branch": .string(branch), "formatVersion": .integer(Self.formatVersion),
            "message": .string(message), "removed": .array(removed.map(JSON.string)), "tenants": .object(trees), "time": .integer(Int(time)),
        ]
        files[Self.file] = Array(pretty(deferral).utf8)
        return files
    }
}
