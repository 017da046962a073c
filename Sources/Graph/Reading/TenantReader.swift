import Basics
import JSONSource
import Live
import Payloads
import Profiles

/// Reads one tenant: the list of its profiles with their assignments, then for each profile the certificates that it uses.
struct TenantReader {
    let tenant: GraphTenant
    var result: LiveObjects

    static let collection = "/deviceManagement/deviceConfigurations"

    // MARK: Profiles

    /// - Parameter all: whether the other configurations are read too, for the names of certificates and VPN profiles.
    mutating func readProfiles(all: Bool) async throws {
        let objects = try await list(all: all)
        let profiles = objects.filter { $0["@odata.type"]?.string == GraphNames.emailProfileType }
        let completed = try await complete(profiles)
        for object in objects where object["@odata.type"]?.string != GraphNames.emailProfileType { result.add(object) }
        for profile in completed { result.add(profile) }
    }

    func list(all: Bool) async throws -> [JSONValue] {
        let expanded = Self.collection + "?$expand=assignments"
        if !all {
            // Not documented for every cloud: where it is not understood, the whole list has the same profiles.
            do { return try await objects(expanded + "&$filter=isof('\(GraphNames.emailProfileCast)')") } catch let error as GraphError where error.status == 400 || error.status == 501 {}
        }
        return try await objects(expanded)
    }

    private func objects(_ path: String) async throws -> [JSONValue] {
        var objects: [JSONValue] = []
        for try await page in tenant.pages(path) { objects += page.root?["value"].map { Array($0.elements) } ?? [] }
        return objects
    }

    /// The profiles with what their list leaves out, in the same order.
    private func complete(_ profiles: [JSONValue]) async throws -> [JSONValue] {
        try await withThrowingTaskGroup(of: (Int, JSONValue).self) { group in
            for (position, profile) in profiles.enumerated() {
                group.addTask { [self] in (position, try await complete(profile)) }
            }
            var result: [(Int, JSONValue)] = []
            for try await completed in group { result.append(completed) }
            return result.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// - Parameter references: navigation properties to look at although the profile does not use them.
    func complete(_ profile: JSONValue, references: Set<String> = []) async throws -> JSONValue {
        guard let id = profile["id"]?.string, StringForm.guid.accepts(id) else { return profile }
        var more: [String: JSON] = [:]
        let place = "\(Self.collection)/\(id)"
        for property in references.union(Self.navigation(of: profile)).sorted() { more[property] = try await target("\(place)/\(GraphNames.emailProfileCast)/\(property)") }
        // A long list of assignments is cut off within the list of profiles.
        if let next = profile["assignments@odata.nextLink"], !next.isNull { more["assignments"] = .array(try await objects(place + "/assignments").map(\.plain)) }
        guard !more.isEmpty, case .object(let members) = profile.plain else { return profile }
        var writer = JSONWriter()
        writer.value(.object(members.merging(more) { $1 }.filter { $0.key != "assignments@odata.nextLink" }))
        return JSONDocument(file: "\(tenant.session.endpoints.graph.host)/beta\(place)", bytes: writer.finish(), limit: JSONLimits.ownFileSize).root ?? profile
    }

    /// The navigation properties that have an effect in a profile. The others are not asked for: each is a request for each profile.
    private static func navigation(of profile: JSONValue) -> [String] {
        let types = [("authenticationMethod", "identityCertificate"), ("signingCertificateType", "smimeSigningCertificate"), ("encryptionCertificateType", "smimeEncryptionCertificate")]
        var names = types.filter { profile[name: $0.0]?.isString("certificate") == true }.map(\.1)
        if types.contains(where: { profile[name: $0.0]?.isString("derivedCredential") == true }) { names.append("derivedCredentialSettings") }
        return names
    }

    /// What a navigation property leads to; null where it leads nowhere.
    private func target(_ path: String) async throws -> JSON {
        do { return try await tenant.get(path).body?.plain ?? .null } catch let error as GraphError where error.status == 404 { return .null }
    }

    // MARK: Names

    /// Names that the app may not read are left out: what has them stays an id.
    mutating func readNames() async throws {
        try await readNames("/organization?$select=id,displayName", of: "organization", "The tenant's name is missing")
        try await readNames("/deviceManagement/roleScopeTags?$select=id,displayName", of: "roleScopeTags", "Names of scope tags are missing")
        try await readNames("/deviceManagement/assignmentFilters", of: "assignmentFilters", "Names of filters are missing")
        try await readGroups()
    }

    private mutating func readGroups() async throws {
        let (tenant, groups) = (tenant, groups)
        @Sendable func place(_ id: String) -> String { "/groups/\(id)?$select=id,displayName" }
        @Sendable func group(_ id: String) async throws -> JSONValue? {
            do { return try await tenant.get(place(id)).body } catch let error as GraphError where error.status == 404 { return nil }
        }
        guard let first = groups.first else { return }
        do {
            // Alone: where it is refused, the others would be as well.
            let found = try await [group(first)] + concurrently(Array(groups.dropFirst()), work: group)
            for object in found { if let object { result.addName(object, of: "groups") } }
        } catch let error as GraphError where error.status == 403 { note("Names of groups are missing", place(first)) }
    }

    private mutating func readNames(_ path: String, of collection: String, _ missing: String) async throws {
        do { for object in try await objects(path) { result.addName(object, of: collection) } } catch let error as GraphError where error.status == 403 { note(missing, path) }
    }

    /// The same sentence in every tenant, so that a thousand of them are told at once.
    private mutating func note(_ missing: String, _ path: String) {
        result.notes.append("\(missing): the app lacks the application permission \(Permission(GraphRequest(.get, path)).name)")
    }

    /// The groups that profiles are assigned to, each once, in order.
    private var groups: [String] {
        var found: Set<String> = []
        for profile in result.profiles {
            for assignment in profile["assignments"].map({ Array($0.elements) }) ?? [] {
                if let id = assignment["target"]?["groupId"]?.string, StringForm.guid.accepts(id) { found.insert(id.lowercased()) }
            }
        }
        return found.sorted()
    }
}
