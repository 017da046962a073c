import AppliedState
import Basics
import ConfigRepository
import Git
import Impact
import JSONSource
import Payloads
import Profiles

/// Finds the manifests that give back the effective profiles of an earlier state, one tenant at a time.
struct Restorer {
    private let repository: Repository
    private let root: ObjectID
    private let snapshot: StateSnapshot
    /// The config repository as it is.
    private let now: Desired
    private let sources: AppliedSources

    /// - Parameter stateRepository: where `snapshot` is.
    init(repository: Repository, root: ObjectID, snapshot: StateSnapshot, stateRepository: Repository) throws {
        self.repository = repository
        self.root = root
        self.snapshot = snapshot
        now = try Desired(repository, root)
        sources = AppliedSources(repository: repository, snapshot: snapshot, stateRepository: stateRepository)
    }

    struct Restored {
        /// Path → new bytes, or nil: it goes.
        var files: [String: [UInt8]?] = [:]
        /// Why it cannot be done.
        var problems: [String] = []
        /// What is not as it was written then, though it gives what was applied.
        var notes: [String] = []
    }

    /// Those in the state or in the config repository.
    func tenants(_ selection: Selection) throws -> [String] {
        var ids = Set(snapshot.tenantIDs)
        if let folder = try repository.entry(atPath: "tenants", inTree: root), folder.kind == .tree {
            ids.formUnion(try repository.entries(ofTree: folder.id).compactMap { $0.kind == .tree ? $0.nameText : nil }.filter(StringForm.id.accepts))
        }
        try selection.check(among: ids)
        return ids.filter(selection.contains).sorted(by: JSONWriter.precedes)
    }

    func restore(_ id: String) throws -> Restored {
        let applied = try snapshot.tenant(id)
        let before = try applied?.profiles() ?? [:]
        var restored = Restored()
        let now = try now.load(id)
        if let desired = now, !desired.isBroken, differences(before, desired).isEmpty { return restored }
        guard var edit = try tenantEdit(id, applied, &restored) else { return restored }
        for (name, was) in before.sorted(by: { JSONWriter.precedes($0.key, $1.key) }) {
            for (section, reference) in was.references {
                if edit.define(reference, in: section, members: applied?.state.members[reference.id] ?? nil) == .impossible {
                    restored.problems.append(
                        "\(id)/\(name): tenants/\(id)/tenant.json no longer defines the \(section.noun) '\(reference.name)'; define it there again, with the id \(reference.id)")
                }
            }
        }
        if edit.isChanged { restored.files["tenants/\(id)/tenant.json"] = edit.bytes() }
        let kept = try edit.isChanged ? desired(id, with: edit.bytes()) : now
        let folder = "tenants/\(id)/profiles/"
        guard let applied, let tenant = edit.edited else { return restored }
        for (name, was) in before.sorted(by: { JSONWriter.precedes($0.key, $1.key) }) where !isAsItWas(name, was, kept) {
            let file = folder + name + ".json"
            let source = try sources.source(of: was, in: applied)
            let restorer = ManifestRestorer(tenant: tenant, bases: self.now.base, formerBases: source?.desired.base)
            var found = try restorer.restore(was, file: file, then: source?.text, now: text(file))
            if source == nil, found.note == nil, !applied.state.bases.isEmpty {
                found.note = "\(id)/\(name) is written anew and extends no base, because nobody knows any more how it was written"
            }
            restored.files[file] = found.manifest
            restored.files.merge(found.bases) { own, _ in own }
            restored.notes += [found.note].compactMap(\.self)
        }
        for name in try manifests(id) where before[name] == nil { restored.files.updateValue(nil, forKey: folder + name + ".json") }
        return restored
    }

    /// What in a tree, in the selected tenants, is not as it was applied.
    func verify(_ tree: ObjectID, _ selection: Selection) throws -> [String] {
        let new = try Desired(repository, tree)
        return try tenants(selection).flatMap { id -> [String] in
            let before = try snapshot.tenant(id)?.profiles() ?? [:]
            guard let desired = try new.load(id) else { return before.isEmpty ? [] : ["\(id): its folder is gone"] }
            if let problem = desired.diagnostics.first(where: { $0.severity == .error }) {
                return before.isEmpty ? [] : ["\(id): \(problem.file):\(problem.line): \(problem.message)"]
            }
            return differences(before, desired)
        }
    }

    // MARK: Parts

    private func differences(_ before: [String: EffectiveProfile], _ desired: DesiredTenant) -> [String] {
        guard desired.tenant != nil else { return [] }
        let after = Dictionary(desired.profiles.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return Set(before.keys).union(after.keys).sorted(by: JSONWriter.precedes).flatMap { name -> [String] in
            Comparison(before: before[name], after: after[name]).changes.map {
                "\(desired.id)/\(name): \($0.setting?.pointer ?? "the profile") would differ from what was applied"
            }
        }
    }

    /// What the tenant's manifests want once its tenant.json is another.
    private func desired(_ id: String, with tenant: [UInt8]) throws -> DesiredTenant? {
        guard let entry = try repository.entry(atPath: "tenants/\(id)/tenant.json", inTree: root) else { return nil }
        return try Desired(repository, root, overlay: [entry.id: tenant]).load(id)
    }

    /// A file as it is; nil where there is none.
    private func text(_ file: String) throws -> [UInt8]? {
        guard let entry = try repository.entry(atPath: file, inTree: root), entry.kind == .blob || entry.kind == .executable else { return nil }
        return try repository.withBlob(entry.id, limit: JSONLimits.fileSize) { [UInt8]($0) }
    }

    private func isAsItWas(_ name: String, _ was: EffectiveProfile, _ now: DesiredTenant?) -> Bool {
        guard let profile = now?.profiles.first(where: { $0.id == name }) else { return false }
        return Comparison(before: was, after: profile).changes.isEmpty
    }

    private func manifests(_ id: String) throws -> [String] {
        guard let folder = try repository.entry(atPath: "tenants/\(id)/profiles", inTree: root), folder.kind == .tree else { return [] }
        return try repository.entries(ofTree: folder.id).compactMap { entry in
            guard entry.kind == .blob || entry.kind == .executable, let name = entry.nameText, name.hasSuffix(".json") else { return nil }
            return String(name.dropLast(5))
        }
    }

    /// The tenant's own file, or that of the commit that it was last applied from where its folder is gone.
    private func tenantEdit(_ id: String, _ applied: AppliedTenant?, _ restored: inout Restored) throws -> TenantEdit? {
        let file = "tenants/\(id)/tenant.json"
        if let entry = try repository.entry(atPath: file, inTree: root) {
            if let edit = TenantEdit(id: id, JSONDocument(file: file, bytes: try repository.withBlob(entry.id, limit: JSONLimits.fileSize) { [UInt8]($0) }), targets: PayloadTargets.descriptions) {
                return edit
            }
            restored.problems.append("\(id): \(file) is broken; run easel validate, and repair it first")
            return nil
        }
        guard let applied, !applied.state.profiles.isEmpty else { return nil }
        guard let commit = ObjectID(hex: applied.state.commit), repository.exists(commit),
            let entry = try repository.entry(atPath: file, inTree: repository.tree(ofCommit: commit))
        else {
            restored.problems.append("\(id): \(file) is gone, and so is the commit \(applied.state.commit.prefix(7)) that had it; write the file again first")
            return nil
        }
        let bytes = try repository.withBlob(entry.id, limit: JSONLimits.fileSize) { [UInt8]($0) }
        restored.files[file] = bytes
        return TenantEdit(id: id, JSONDocument(file: file, bytes: bytes), targets: PayloadTargets.descriptions)
    }
}
