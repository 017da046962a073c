import Basics
import Gates
import Git
import JSONSource
import Live
import Payloads
import Profiles
import Time

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

    /// The ids of a tenant's manifests, without reading them; none where its folder is damaged, which `load` reports.
    public func manifestIDs(_ folder: ConfigEntry) throws -> Set<String> {
        do {
            guard let profiles = try reader.entries(of: folder).folder("profiles") else { return [] }
            return Set(try reader.entries(of: profiles).compactMap(\.manifestID))
        } catch let error as GitError where error.isOfOneObject { return [] }
    }

    public func load(_ id: String, _ folder: ConfigEntry) throws -> DesiredTenant {
        var desired = DesiredTenant(id: id, folderID: folder.id)
        try load("tenants/\(id)/", folder, &desired)
        for index in desired.diagnostics.indices where desired.diagnostics[index].tenant == nil { desired.diagnostics[index].tenant = id }
        return desired
    }

    private func load(_ path: String, _ folder: ConfigEntry, _ desired: inout DesiredTenant) throws {
        let id = desired.id
        guard let entries = try reader.entries(path, folder, &desired.diagnostics) else { return }
        let profiles = entries.named("profiles")
        if let file = entries.named("tenant.json") {
            if let document = try reader.document(path + "tenant.json", file, &desired.diagnostics) {
                desired.document = document
                let before = desired.diagnostics.count
                desired.diagnostics += Diagnostic.problems(of: document)
                if document.isComplete, let root = document.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &desired.diagnostics) }
                if desired.diagnostics.count == before { desired.tenant = Tenant(id: id, document, targets: PayloadTargets.descriptions) }
            }
        } else {
            desired.diagnostics.append(
                Diagnostic(
                    .missingTenantFile, file: path + "tenant.json", "Tenant \(id) has no tenant.json",
                    help: profiles == nil ? "Write one, or remove the folder" : "Write one: its profiles cannot be resolved without it, and \"easel schema tenant\" prints its form"))
        }
        if let file = entries.named("policy.json") { try readPolicy(path + "policy.json", file, &desired) }
        let accepted = "accepted-drift.json"
        if let file = entries.named(accepted), let document = try reader.document(path + accepted, file, &desired.diagnostics) {
            desired.accepted = AcceptedDrift(document, diagnostics: &desired.diagnostics)
        }
        if let profiles, profiles.kind != .folder {
            desired.diagnostics.append(Diagnostic(.notARegularFile, file: path + "profiles", "'profiles' must be a folder; links and submodules are not followed"))
        }
        if let profiles, profiles.kind == .folder { try loadProfiles(path + "profiles/", profiles, &desired) }
    }

    private func loadProfiles(_ path: String, _ folder: ConfigEntry, _ desired: inout DesiredTenant) throws {
        var places: [String: (file: String, place: Diagnostic)] = [:]
        for entry in try reader.entries(path, folder, &desired.diagnostics) ?? [] {
            guard let fileName = entry.name else {
                desired.diagnostics.append(Diagnostic(.badFileName, file: path, "This folder holds a file whose name is not valid UTF-8"))
                continue
            }
            // Files of other kinds are not easel's.
            guard fileName.hasSuffix(".json"), entry.kind != .folder else { continue }
            desired.manifestCount += 1
            guard desired.manifestCount <= Self.manifestLimit else {
                desired.diagnostics.append(
                    Diagnostic(.outOfRange, file: path, "Tenant \(desired.id) has more than \(Self.manifestLimit) manifests", help: "No tenant needs so many profiles; look for a script that went wrong"))
                return
            }
            let id = String(fileName.dropLast(5))
            guard StringForm.id.accepts(id) else {
                desired.diagnostics.append(
                    Diagnostic(.badFileName, file: path + fileName, "'\(id.prefix(80))' cannot be a profile id", help: "Name it with \(StringForm.id.about), then .json"))
                continue
            }
            guard let bytes = try reader.bytes(path + fileName, entry, &desired.diagnostics) else { continue }
            let manifest = try Manifest(id: id, file: path + fileName, bytes: bytes, bases: bases, reader: baseSource)
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
                    problem.message = "\(earlier.file) already has the display name '\(name)'"
                    problem.help = "Give each profile of a tenant its own display name, so that people can find it in Intune"
                    problem.profile = id
                    desired.diagnostics.append(problem)
                } else {
                    places[name] = (path + fileName, place)
                }
            }
            desired.profiles.append(profile)
            desired.manifests[id] = manifest
        }
        desired.profiles.sort { JSONWriter.precedes($0.id, $1.id) }
    }

    private func readPolicy(_ path: String, _ file: ConfigEntry, _ desired: inout DesiredTenant) throws {
        let before = desired.diagnostics.count
        if let document = try reader.document(path, file, &desired.diagnostics) {
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
            return Bases.Source(bytes: try reader.read(entry, limit: JSONLimits.fileSize * 4), id: entry.id ?? "")
        } catch let error as GitError where error.kind == .tooLarge {
            // The parser reports the size, with the file's name.
            return Bases.Source(bytes: [UInt8](repeating: 0x20, count: JSONLimits.fileSize + 1), id: entry.id ?? "")
        } catch var error as GitError {
            error.operation = "read \(path): \(error.operation)"
            throw error
        }
    }

    /// Manifests of one tenant: far more than anybody has, few enough that one broken tenant does not hold up a run.
    private static let manifestLimit = 2000
}
