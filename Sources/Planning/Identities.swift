import AppliedState
import ConfigRepository
import Git
import JSONSource
import Profiles

/// Which tenant of Microsoft Entra ID each folder says that it is, against what is recorded: finds folders that say the same, and those
/// that were renamed. Known before the first tenant is planned, also in a run that is narrowed to some tenants.
struct Identities {
    /// Folder → what is wrong with what it says.
    private(set) var problems: [String: [Diagnostic]] = [:]
    /// New folder → the one that it was recorded as.
    private(set) var moves: [String: String] = [:]

    private struct Claim {
        let tenantID: String
        let place: JSONValue
    }

    /// The folders of a revision, and what they say.
    private final class Folders {
        private let reader: any ConfigReader
        private let entries: [String: ConfigEntry]
        private var claims: [String: Claim?]

        init(_ revision: ConfigRevision) throws {
            let reader = try revision.source.reader()
            self.reader = reader
            var all: [ConfigEntry] = []
            do {
                all = try revision.root.folder("tenants").map { try reader.entries(of: $0) } ?? []
            } catch let error as GitError where error.isOfOneObject || error.kind == .tooLarge {
                // TenantFolders says what is wrong with the folder.
            }
            entries = all.filter { $0.kind == .folder }.byName
            claims = [:]
        }

        var names: Set<String> { Set(entries.keys) }

        /// Nil where it says none that is known: the loader says what is wrong with the file.
        func claim(_ name: String) throws -> Claim? {
            if let known = claims[name] { return known }
            let claim = try entries[name].flatMap { try read($0, "tenants/\(name)/tenant.json") }
            claims[name] = .some(claim)
            return claim
        }

        private func read(_ folder: ConfigEntry, _ path: String) throws -> Claim? {
            do {
                guard let file = try reader.entries(of: folder).named("tenant.json"), file.kind == .file else { return nil }
                let document = JSONDocument(file: path, bytes: try reader.read(file, limit: JSONLimits.fileSize))
                guard let place = document.root?["tenantId"], let id = place.string?.lowercased(), StringForm.guid.accepts(id), id != Tenant.unknownID else { return nil }
                return Claim(tenantID: id, place: place)
            } catch let error as GitError where error.isOfOneObject || error.kind == .tooLarge { return nil }
        }
    }

    /// - Parameters:
    ///   - recorded: tenantId → folder.
    ///   - candidates: of the selection.
    init(_ selection: Selection, _ revision: ConfigRevision, isReview: Bool, recorded: [String: String], _ candidates: [Candidates.Tenant]) throws {
        let folders = try Folders(revision)
        var asked = Set(candidates.lazy.filter { $0.folder != nil }.map(\.id))
        let known = Set(recorded.values)
        // Others say something new only where nothing is recorded of them; a run of all tenants has those among its candidates. A review
        // has no record, and asks all where one of its own says something new or is gone.
        let isNew = { (tenant: Candidates.Tenant) in try folders.claim(tenant.id).map { recorded[$0.tenantID] != tenant.id } ?? (tenant.folder == nil) }
        if isReview ? try candidates.contains(where: isNew) : !selection.isEverything { asked.formUnion(folders.names.subtracting(known)) }
        asked.formUnion(folders.names.filter { !StringForm.id.accepts($0) })
        var claims: [String: [String]] = [:]
        for name in asked { if let id = try folders.claim(name)?.tenantID { claims[id, default: []].append(name) } }
        for (id, names) in claims {
            var names = Set(names)
            if let owner = recorded[id], !names.contains(owner), folders.names.contains(owner) {
                // A file that cannot be read has not given up its id.
                let now = try folders.claim(owner)
                if now == nil || now?.tenantID == id { names.insert(owner) }
            }
            if names.count > 1 {
                for name in names { problems[name, default: []].append(try duplicate(name, names, folders)) }
            } else if let name = names.first, let owner = recorded[id], owner != name {
                if StringForm.id.accepts(name) { moves[name] = owner } else { problems[owner, default: []].append(try misnamed(name, owner, folders)) }
            }
        }
    }

    /// What the folders of another revision say: tenantId → folder.
    static func recorded(in revision: ConfigRevision, of candidates: [Candidates.Tenant]) throws -> [String: String] {
        let folders = try Folders(revision)
        var recorded: [String: String] = [:]
        for tenant in candidates where tenant.before != nil { if let claim = try folders.claim(tenant.id) { recorded[claim.tenantID] = tenant.id } }
        return recorded
    }

    private func duplicate(_ name: String, _ names: Set<String>, _ folders: Folders) throws -> Diagnostic {
        let others = names.subtracting([name]).sorted(by: JSONWriter.precedes).map { "tenants/\($0)" }.joined(separator: ", ")
        let help = "Give each tenant one folder, and each folder its own tenantId"
        guard let claim = try folders.claim(name) else {
            return Diagnostic(.duplicateTenantID, file: "tenants/\(name)", "The tenantId recorded for this folder is also that of \(others)", help: help)
        }
        return Diagnostic(.duplicateTenantID, at: claim.place, "\(others) has the same tenantId \(claim.tenantID)", help: help)
    }

    private func misnamed(_ name: String, _ owner: String, _ folders: Folders) throws -> Diagnostic {
        let message = "This folder has the tenantId that is recorded for tenant \(owner), so nothing of that tenant is changed"
        let help = "Name the folder with \(StringForm.id.about), such as tenants/\(owner)"
        guard let claim = try folders.claim(name) else { return Diagnostic(.badFileName, file: "tenants/\(name)", message, help: help) }
        return Diagnostic(.badFileName, at: claim.place, message, help: help)
    }
}

extension Candidates {
    /// Finds out who the tenants are, and lets a renamed one take up the entries of its earlier folder.
    ///
    /// - Parameter recorded: tenantId → folder.
    mutating func identify(_ selection: Selection, _ revision: ConfigRevision, isReview: Bool, recorded: [String: String]) throws {
        let identities = try Identities(selection, revision, isReview: isReview, recorded: recorded, tenants)
        problems = identities.problems
        let selected = Set(tenants.map(\.id))
        let folders = try revision.tenantFolders()
        let there = folders.ids
        // Both folders of one tenant are broken, also the one that did not change.
        let others = Set(problems.keys).union(identities.moves.keys).filter { selection.contains($0) && !selected.contains($0) && (there.contains($0) || recorded.values.contains($0)) }
        tenants += others.map { Tenant(id: $0, folder: folders[$0]) }
        let before = Dictionary(tenants.map { ($0.id, $0.before) }, uniquingKeysWith: { first, _ in first })
        for index in tenants.indices {
            guard let old = identities.moves[tenants[index].id] else { continue }
            tenants[index].formerly = [old]
            tenants[index].before = tenants[index].before ?? before[old] ?? nil
        }
        for index in tenants.indices { tenants[index].isLeft = identities.moves.values.contains(tenants[index].id) }
        // A move belongs to the new id.
        let gone = Set(identities.moves.values).subtracting(there)
        elsewhere = gone.filter { old in !tenants.contains { $0.formerly.contains(old) } }
        tenants.removeAll { gone.contains($0.id) }
        tenants.sort { JSONWriter.precedes($0.id, $1.id) }
    }
}
