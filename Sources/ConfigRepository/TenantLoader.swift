import Basics
import Gates
import Git
import JSONSource
import Live
import Payloads
import Profiles
import Time

/// One tenant as the config repository wants it.
public struct DesiredTenant {
    public let id: String
    /// Of its tree; empty where files are read as they lie.
    public var folderID = ""
    /// There is nothing to compare it with.
    public var isIncomparable = false
    /// Nil when `tenant.json` is missing or broken.
    public var tenant: Tenant?
    /// In the order of their ids; complete only if nothing is broken.
    public var profiles: [EffectiveProfile] = []
    /// The manifests of `profiles`, by id; for the places of what changes.
    public var manifests: [String: Manifest] = [:]
    /// `tenant.json`, if it could be read.
    public var document: JSONDocument?
    /// How many manifests there are, broken or not.
    public var manifestCount = 0
    /// Path → blob id of every base that a manifest stands on.
    public var bases: [String: String] = [:]
    public var policy: Policy?
    /// Differences from what is live that are wanted.
    public var accepted = AcceptedDrift()
    /// Then nothing at all may be applied: gates fail closed.
    public var policyIsBroken = false
    public var diagnostics: [Diagnostic] = []

    public init(id: String, folderID: String = "") {
        self.id = id
        self.folderID = folderID
    }

    /// A tenant with an error is left exactly as applied.
    public var isBroken: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads a tenant's folder into effective profiles. One per thread.
public final class TenantLoader {
    private let reader: any ConfigReader
    private let bases: Bases
    private let baseFiles: [String: ConfigEntry]
    private let zones: ZoneStore

    public init(reader: any ConfigReader, bases: Bases, baseFiles: [String: ConfigEntry], zones: ZoneStore) {
        self.reader = reader
        self.bases = bases
        self.baseFiles = baseFiles
        self.zones = zones
    }

    /// The ids of a tenant's manifests, without reading them; none where its folder is damaged, which `load` tells.
    public func manifestIDs(_ folder: ConfigEntry) throws -> Set<String> {
        do {
            guard let profiles = try reader.entries(of: folder).first(where: { $0.name == "profiles" && $0.kind == .folder }) else { return [] }
            return Set(try reader.entries(of: profiles).compactMap(\.manifestID))
        } catch let error as GitError where error.isOfOneObject { return [] }
    }

    public func load(_ id: String, _ folder: ConfigEntry) throws -> DesiredTenant {
        var desired = DesiredTenant(id: id, folderID: folder.id)
        try load("tenants/\(id)/", folder, &desired)
        for index in desired.diagnostics.indices where desired.diagnostics[index].tenant == nil { desired.diagnostics[index].tenant = id }
        return desired
    }

    /// A folder's entries; none where the repository is damaged there, which is told.
    private func entries(_ path: String, _ folder: ConfigEntry, _ desired: inout DesiredTenant) throws -> [ConfigEntry]? {
        do { return try reader.entries(of: folder) } catch let error as GitError where error.isOfOneObject {
            desired.diagnostics.append(Self.damage(path, error))
            return nil
        }
    }

    private static func damage(_ path: String, _ error: GitError) -> Diagnostic {
        Diagnostic(.unreadable, file: path, "cannot \(error.operation): \(error.message)", help: error.help ?? "run 'git fsck' on the repository")
    }

    private func load(_ path: String, _ folder: ConfigEntry, _ desired: inout DesiredTenant) throws {
        let id = desired.id
        guard let entries = try entries(path, folder, &desired) else { return }
        let profiles = entries.first { $0.name == "profiles" }
        if let file = entries.first(where: { $0.name == "tenant.json" }) {
            if let document = try document(path + "tenant.json", file, &desired) {
                desired.document = document
                let before = desired.diagnostics.count
                desired.diagnostics += Diagnostic.problems(of: document)
                if document.isComplete, let root = document.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &desired.diagnostics) }
                if desired.diagnostics.count == before { desired.tenant = Tenant(id: id, document, targets: PayloadTargets.descriptions) }
            }
        } else {
            desired.diagnostics.append(
                Diagnostic(
                    .missingTenantFile, file: path + "tenant.json", "tenant \(id) has no tenant.json",
                    help: profiles == nil ? "write one, or take the folder away" : "its profiles cannot be resolved without it; \"easel schema tenant\" prints its form"))
        }
        if let file = entries.first(where: { $0.name == "policy.json" }) { try readPolicy(path + "policy.json", file, &desired) }
        let accepted = "accepted-drift.json"
        if let file = entries.first(where: { $0.name == accepted }), let document = try document(path + accepted, file, &desired) {
            desired.accepted = AcceptedDrift(document, diagnostics: &desired.diagnostics)
        }
        if let profiles, profiles.kind != .folder {
            desired.diagnostics.append(Diagnostic(.notARegularFile, file: path + "profiles", "'profiles' must be a folder; links and submodules are not followed"))
        }
        if let profiles, profiles.kind == .folder { try loadProfiles(path + "profiles/", profiles, &desired) }
    }

    private func loadProfiles(_ path: String, _ folder: ConfigEntry, _ desired: inout DesiredTenant) throws {
        var places: [String: (file: String, place: Diagnostic)] = [:]
        for entry in try entries(path, folder, &desired) ?? [] {
            guard let name = entry.name else {
                desired.diagnostics.append(Diagnostic(.badFileName, file: path, "a file name that is not valid UTF-8"))
                continue
            }
            // Files of other kinds are none of easel's business.
            guard name.hasSuffix(".json"), entry.kind != .folder else { continue }
            desired.manifestCount += 1
            guard desired.manifestCount <= Self.manifestLimit else {
                desired.diagnostics.append(
                    Diagnostic(.outOfRange, file: path, "tenant \(desired.id) has more than \(Self.manifestLimit) manifests", help: "no tenant needs so many profiles; look for a script that went wrong"))
                return
            }
            let id = String(name.dropLast(5))
            guard StringForm.id.accepts(id) else {
                desired.diagnostics.append(
                    Diagnostic(.badFileName, file: path + name, "'\(id.prefix(80))' cannot be a profile id", help: "a manifest's name must be \(StringForm.id.about), and .json"))
                continue
            }
            guard let bytes = try bytes(path + name, entry, &desired) else { continue }
            let manifest = try Manifest(id: id, file: path + name, bytes: bytes, bases: bases, reader: baseSource)
            desired.bases.merge(manifest.sources) { first, _ in first }
            guard let tenant = desired.tenant else {
                desired.diagnostics += manifest.formDiagnostics
                continue
            }
            guard let profile = manifest.resolve(in: tenant, diagnostics: &desired.diagnostics) else { continue }
            if let place = manifest.displayNamePlace {
                let name = profile.displayName
                if let earlier = places[name] {
                    var problem = place
                    problem.message = "the display name '\(name)' is taken by \(earlier.file)"
                    problem.help = "display names are unique in a tenant, so that a profile can be found by its name in Intune"
                    problem.profile = id
                    desired.diagnostics.append(problem)
                } else {
                    places[name] = (path + entry.nameOrEmpty, place)
                }
            }
            desired.profiles.append(profile)
            desired.manifests[id] = manifest
        }
        desired.profiles.sort { JSONWriter.precedes($0.id, $1.id) }
    }

    private func readPolicy(_ path: String, _ file: ConfigEntry, _ desired: inout DesiredTenant) throws {
        let before = desired.diagnostics.count
        if let document = try document(path, file, &desired) {
            let (policy, diagnostics) = Policy.read(document, source: .tenant(id: desired.id, file: path), zones: zones)
            desired.diagnostics += diagnostics
            desired.policy = policy
        }
        desired.policyIsBroken = desired.diagnostics[before...].contains { $0.severity == .error }
    }

    /// Reads a base for `Bases`.
    public func baseSource(_ path: String) throws -> Bases.Source? {
        guard let entry = baseFiles[path] else { return nil }
        do {
            return Bases.Source(bytes: try reader.read(entry, limit: Self.readLimit), id: entry.id)
        } catch let error as GitError where error.kind == .tooLarge {
            // The parser tells the size, with the file's name.
            return Bases.Source(bytes: [UInt8](repeating: 0x20, count: JSONLimits.fileSize + 1), id: entry.id)
        } catch var error as GitError {
            error.operation = "read \(path): \(error.operation)"
            throw error
        }
    }

    /// Manifests of one tenant: far more than anybody has, few enough that one broken tenant does not hold up a run.
    private static let manifestLimit = 2000

    /// Above the limit of JSON files, so that a file that is a little too large is told its size.
    private static let readLimit = JSONLimits.fileSize * 4

    private func document(_ path: String, _ entry: ConfigEntry, _ desired: inout DesiredTenant) throws -> JSONDocument? {
        try bytes(path, entry, &desired).map { JSONDocument(file: path, bytes: $0) }
    }

    private func bytes(_ path: String, _ entry: ConfigEntry, _ desired: inout DesiredTenant) throws -> [UInt8]? {
        guard entry.kind == .file else {
            desired.diagnostics.append(Diagnostic(.notARegularFile, file: path, "a regular file is expected; links and submodules are not followed"))
            return nil
        }
        do {
            return try reader.read(entry, limit: Self.readLimit)
        } catch let error as GitError where error.kind == .tooLarge {
            desired.diagnostics.append(
                Diagnostic(code: JSONProblemCode.tooLarge.rawValue, message: "the file has more than \(JSONLimits.fileSize) bytes", help: "split it: one profile to a file", file: path))
        } catch let error as GitError where error.isOfOneObject {
            desired.diagnostics.append(Self.damage(path, error))
        } catch let error as FileError {
            desired.diagnostics.append(Diagnostic(.unreadable, file: path, error.description))
        }
        return nil
    }
}

extension ConfigEntry {
    public var nameOrEmpty: String { name ?? "" }

    /// The profile id of a manifest's file.
    public var manifestID: String? {
        guard let name, name.hasSuffix(".json"), kind != .folder else { return nil }
        let id = String(name.dropLast(5))
        return StringForm.id.accepts(id) ? id : nil
    }
}
