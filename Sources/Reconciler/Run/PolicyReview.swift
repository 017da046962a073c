import ConfigRepository
import Gates
import Git
import JSONSource
import Profiles
import Time

/// What a review finds changed in policies and approvals: every one of them, whatever tenants it is narrowed to, since
/// they decide about what may go out at all.
extension Run {
    func policyChanges(_ zones: ZoneStore) throws -> [PolicyChange] {
        guard let baseline else { return [] }
        let old = try baseline.source.reader()
        var changes: [PolicyChange] = []
        func policy(_ file: String, _ source: PolicySource, _ before: ConfigEntry?, _ after: ConfigEntry?) throws {
            guard differ(before, after) else { return }
            func version(_ entry: ConfigEntry?, _ reader: any ConfigReader) throws -> PolicyVersion? {
                try entry.map { try document(file, $0, reader) }.map { PolicyVersion(policy: Policy.read($0, source: source, zones: zones).policy, document: $0) }
            }
            changes += PolicyChange.of(file: file, from: try version(before, old), to: try version(after, reader))
        }
        try policy("policy.json", .repository(file: "policy.json"), Self.file("policy.json", baseline.root), Self.file("policy.json", root))
        try changes += approvals(baseline.root, old)
        let (was, is_) = (try old.tenantFolders(in: baseline.root), try reader.tenantFolders(in: root))
        for id in Set(was.keys).union(is_.keys).sorted(by: JSONWriter.precedes) where differ(was[id], is_[id]) {
            let file = "tenants/\(id)/policy.json"
            let before = try was[id].flatMap { Self.file("policy.json", try old.entries(of: $0)) }
            let after = try is_[id].flatMap { Self.file("policy.json", try reader.entries(of: $0)) }
            try policy(file, .tenant(id: id, file: file), before, after)
        }
        return changes
    }

    private func approvals(_ oldRoot: [ConfigEntry], _ old: any ConfigReader) throws -> [PolicyChange] {
        func files(_ root: [ConfigEntry], _ reader: any ConfigReader) throws -> [String: ConfigEntry] {
            guard let folder = root.first(where: { $0.name == "approvals" && $0.kind == .folder }) else { return [:] }
            let entries = try reader.entries(of: folder).filter { $0.name?.hasSuffix(".json") == true && $0.kind == .file }
            return Dictionary(entries.map { ($0.nameOrEmpty, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let (before, after) = (try files(oldRoot, old), try files(root, reader))
        return try Set(before.keys).union(after.keys).sorted(by: JSONWriter.precedes).flatMap { name -> [PolicyChange] in
            guard differ(before[name], after[name]) else { return [] }
            let file = "approvals/" + name
            func version(_ entry: ConfigEntry?, _ reader: any ConfigReader) throws -> (approval: Approval?, document: JSONDocument)? {
                try entry.map { try document(file, $0, reader) }.map { (Approval.read($0).approval, $0) }
            }
            return PolicyChange.of(file: file, from: try version(before[name], old), to: try version(after[name], reader))
        }
    }

    private func differ(_ before: ConfigEntry?, _ after: ConfigEntry?) -> Bool {
        (before == nil) != (after == nil) || before?.id != after?.id || after?.id == ""
    }

    private static func file(_ name: String, _ entries: [ConfigEntry]) -> ConfigEntry? { entries.first { $0.name == name && $0.kind == .file } }

    private func document(_ file: String, _ entry: ConfigEntry, _ reader: any ConfigReader) throws -> JSONDocument {
        do {
            return JSONDocument(file: file, bytes: try reader.read(entry, limit: JSONLimits.fileSize))
        } catch let error as GitError where error.kind == .tooLarge {
            // Broken, as the run itself tells of the new one.
            return JSONDocument(file: file, bytes: [])
        }
    }
}
