import ConfigRepository
import Git
import JSONSource
import Profiles
import Synchronization

/// What edits of bases change, for the note on those that nobody follows. Each edit is read once in a run.
public final class OverriddenBaseEdits: Sendable {
    /// Base and pointer → how many manifests follow the edit, and how many do not.
    public typealias Followers = [Key: (follow: Int, override: Int)]

    public struct Key: Hashable {
        let base: String
        let pointer: String
    }

    private let source: ConfigSource
    /// Base and id of its earlier blob → pointers.
    private let known = Mutex<[[String]: [String]]>([:])

    public init(_ source: ConfigSource) { self.source = source }

    /// - Parameter before: path → blob id of the bases that the tenant's manifests extended.
    public func followers(in desired: DesiredTenant, before: [String: String], _ loader: TenantLoader) throws -> Followers {
        var found: Followers = [:]
        for (path, id) in desired.bases {
            guard let old = before[path], !old.isEmpty, old != id else { continue }
            let pointers = try pointers(path, old, loader)
            if pointers.isEmpty { continue }
            for manifest in desired.manifests.values where manifest.sources[path] != nil {
                for pointer in pointers {
                    if manifest.overrides(pointer, of: path) { found[Key(base: path, pointer: pointer), default: (0, 0)].override += 1 } else { found[Key(base: path, pointer: pointer), default: (0, 0)].follow += 1 }
                }
            }
        }
        return found
    }

    private func pointers(_ path: String, _ old: String, _ loader: TenantLoader) throws -> [String] {
        if let pointers = known.withLock({ $0[[path, old]] }) { return pointers }
        var pointers: [String] = []
        // An earlier version that is not there, as in a shallow clone, is nothing to compare with.
        if let repository = try source.repository(), let id = ObjectID(hex: old), repository.exists(id), let new = try loader.baseSource(path) {
            pointers = BaseEdit.pointers(from: try repository.withBlob(id, limit: JSONLimits.fileSize) { Array($0) }, to: new.bytes)
        }
        known.withLock { $0[[path, old]] = pointers }
        return pointers
    }

    /// `bases/x.json: /account/oauth is overridden by all 160 manifests that extend it: no effect`.
    public static func notes(_ followers: Followers) -> [String] {
        followers.filter { $0.value.follow == 0 && $0.value.override > 0 }.sorted { ($0.key.base, $0.key.pointer) < ($1.key.base, $1.key.pointer) }.map { key, count in
            let manifests = count.override == 1 ? "the one manifest that extends it" : "all \(count.override) manifests that extend it"
            return "\(key.base): \(key.pointer) is overridden by \(manifests): no effect."
        }
    }
}
