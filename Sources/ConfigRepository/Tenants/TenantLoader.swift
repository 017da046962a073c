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
    private let baseFiles: BaseFiles
    private let zones: ZoneStore

    public init(reader: any ConfigReader, bases: Bases, baseFiles: BaseFiles, zones: ZoneStore) {
        self.reader = reader
        self.bases = bases
        self.baseFiles = baseFiles
        self.zones = zones
    }

    /// The ids of a tenant's manifests, without reading them; none where its folder is damaged, which `load` reports.
    public func manifestIDs(_ folder: TenantFolder) throws -> Set<String> {
        var ignored: [Diagnostic] = []
        guard let entry = folder.entry, let profiles = try reader.entries("", entry, &ignored)?.folder("profiles") else { return [] }
        return Set(try reader.entries("", profiles, &ignored)?.compactMap(\.manifestID) ?? [])
    }

    public func load(_ id: String, _ folder: TenantFolder) throws -> DesiredTenant {
        var desired = DesiredTenant(id: id, folderID: folder.id)
        desired.diagnostics = folder.problems
        if let entry = folder.entry { try load("tenants/\(id)/", entry, &desired) }
        for index in desired.diagnostics.indices where desired.diagnostics[index].tenant == nil { desired.diagnostics[index].tenant = id }
        return desired
    }

    private func load(_ path: String, _ folder: ConfigEntry, _ desired: inout DesiredTenant) throws {
        let id = desired.id
        guard let everything = try reader.entries(path, folder, &desired.diagnostics) else { return }
        let inspection = try ConfigFolder.tenant(id).inspect(everything, reader)
        let entries = inspection.placed
        desired.diagnostics += inspection.diagnostics
        desired.policyIsBroken = inspection.concernsGates
        let profiles = entries.folder("profiles")
        var problems: [Diagnostic] = []
        if let file = entries.named("tenant.json") {
            if let document = try reader.document(path + "tenant.json", file, &desired.diagnostics) {
                desired.document = document
                problems = Diagnostic.problems(of: document)
                if document.isComplete, let root = document.root { Tenant.check(root, targets: PayloadTargets.descriptions, into: &problems) }
                desired.diagnostics += problems
                if problems.isEmpty { desired.tenant = Tenant(id: id, document, targets: PayloadTargets.descriptions) }
                if desired.tenant?.tenantID == Tenant.unknownID, let place = document.root?["tenantId"] {
                    desired.diagnostics.append(
                        Diagnostic(.unknownTenantID, severity: .warning, at: place, "The tenantId of tenant \(id) is not known yet", help: "Replace the zeros with the tenant's id from Microsoft Entra ID"))
                }
            }
        } else if !inspection.meant.contains("tenant.json") {
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
        // Manifests are checked as far as a broken tenant.json lets them: otherwise its repair would only bring up the next errors.
        let tenant = desired.tenant ?? Tenant(id: id, readableIn: desired.document, problems: problems, targets: PayloadTargets.descriptions)
        if let profiles { try loadProfiles(path + "profiles/", profiles, tenant, &desired) }
    }

    /// - Parameter tenant: what could be read of `tenant.json`.
    private func loadProfiles(_ path: String, _ folder: ConfigEntry, _ tenant: Tenant, _ desired: inout DesiredTenant) throws {
        var places: [String: (file: String, place: Diagnostic)] = [:]
        guard let entries = try reader.entries(path, folder, &desired.diagnostics) else { return }
        let inspection = try ConfigFolder.profiles(tenant: desired.id).inspect(entries, reader)
        desired.diagnostics += inspection.diagnostics
        for entry in inspection.placed {
            guard let fileName = entry.name else { continue }
            desired.manifestCount += 1
            guard desired.manifestCount <= Self.manifestLimit else {
                desired.diagnostics.append(
                    Diagnostic(.outOfRange, file: path, "Tenant \(desired.id) has more than \(Self.manifestLimit) manifests", help: "No tenant needs so many profiles; look for a script that went wrong"))
                return
            }
            let id = String(fileName.dropLast(5))
            let hasID = StringForm.id.accepts(id)
            if !hasID {
                desired.diagnostics.append(
                    Diagnostic(.badFileName, file: path + fileName, "'\(id.prefix(80))' cannot be a profile id", help: "Name it with \(StringForm.id.about), then .json"))
            }
            guard let bytes = try reader.bytes(path + fileName, entry, &desired.diagnostics) else { continue }
            let manifest = try Manifest(id: id, file: path + fileName, bytes: bytes, bases: bases, reader: baseSource)
            desired.bases.merge(manifest.sources) { first, _ in first }
            let before = desired.diagnostics.count
            let profile = manifest.resolve(in: tenant, diagnostics: &desired.diagnostics)
            guard hasID else {
                for index in desired.diagnostics.indices[before...] { desired.diagnostics[index].profile = nil }
                continue
            }
            if let name = manifest.displayName, let place = manifest.displayNamePlace {
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
            guard let profile, desired.tenant != nil else { continue }
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
        if desired.diagnostics[before...].contains(where: { $0.severity == .error }) { desired.policyIsBroken = true }
    }

    /// Reads a base for `Bases`.
    public func baseSource(_ path: String) throws -> Bases.Source? {
        guard let entry = baseFiles[path] else { return baseFiles.problem(path).map(Bases.Source.init(problem:)) }
        var problems: [Diagnostic] = []
        if let bytes = try reader.bytes(path, entry, &problems) { return Bases.Source(bytes: bytes, id: entry.id ?? "") }
        return problems.first.map(Bases.Source.init(problem:))
    }

    /// Manifests of one tenant: far more than anybody has, few enough that one broken tenant does not hold up a run.
    private static let manifestLimit = 2000
}
