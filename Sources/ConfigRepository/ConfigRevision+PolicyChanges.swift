import Gates
import JSONSource
import Profiles

extension ConfigRevision {
    /// What differs in policies and approvals since a revision: every one of them, whatever tenants a review is narrowed to, since
    /// they decide what may go out at all.
    public func policyChanges(since baseline: ConfigRevision) throws -> [PolicyChange] {
        let (old, new) = (try baseline.source.reader(), try source.reader())
        var changes: [PolicyChange] = []
        func policy(_ file: String, _ source: PolicySource, _ before: ConfigEntry?, _ after: ConfigEntry?) throws {
            guard differ(before, after) else { return }
            func version(_ entry: ConfigEntry?, _ reader: any ConfigReader) throws -> PolicyVersion? {
                try entry.map { try document(file, $0, reader) }.map { PolicyVersion(policy: Policy.read($0, source: source, zones: zones).policy, document: $0) }
            }
            changes += PolicyChange.of(file: file, from: try version(before, old), to: try version(after, new))
        }
        func file(_ entries: [ConfigEntry]) -> ConfigEntry? { entries.named("policy.json").flatMap { $0.kind == .file ? $0 : nil } }
        try policy("policy.json", .repository(file: "policy.json"), file(baseline.root), file(root))
        changes += try approvalChanges(baseline.root, old, new)
        let (was, is_) = (try baseline.tenantFolders(), try tenantFolders())
        // A folder that cannot be read is an error of its tenant, which the run reports.
        var ignored: [Diagnostic] = []
        func policyFile(_ folder: ConfigEntry?, _ reader: any ConfigReader) throws -> ConfigEntry? {
            try folder.flatMap { try reader.entries("", $0, &ignored) }.flatMap(file)
        }
        for id in was.ids.union(is_.ids).sorted(by: JSONWriter.precedes) {
            let (before, after) = (was[id]?.entry, is_[id]?.entry)
            guard differ(before, after) else { continue }
            let path = "tenants/\(id)/policy.json"
            try policy(path, .tenant(id: id, file: path), policyFile(before, old), policyFile(after, new))
        }
        return changes
    }

    private func approvalChanges(_ oldRoot: [ConfigEntry], _ old: any ConfigReader, _ new: any ConfigReader) throws -> [PolicyChange] {
        func files(_ root: [ConfigEntry], _ reader: any ConfigReader) throws -> [String: ConfigEntry] {
            var ignored: [Diagnostic] = []
            return try GateFiles.approvals(root, reader, &ignored).map(\.entry).filter { $0.kind == .file }.byName
        }
        let (before, after) = (try files(oldRoot, old), try files(root, new))
        return try Set(before.keys).union(after.keys).sorted(by: JSONWriter.precedes).flatMap { name -> [PolicyChange] in
            guard differ(before[name], after[name]) else { return [] }
            let file = "approvals/" + name
            func version(_ entry: ConfigEntry?, _ reader: any ConfigReader) throws -> (approval: Approval?, document: JSONDocument)? {
                try entry.map { try document(file, $0, reader) }.map { (Approval.read($0).approval, $0) }
            }
            return PolicyChange.of(file: file, from: try version(before[name], old), to: try version(after[name], new))
        }
    }

    private func document(_ file: String, _ entry: ConfigEntry, _ reader: any ConfigReader) throws -> JSONDocument {
        var ignored: [Diagnostic] = []
        // What cannot be read is broken, as the run itself reports about the new one.
        return try reader.document(file, entry, &ignored) ?? JSONDocument(file: file, bytes: [])
    }
}
