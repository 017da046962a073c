import Live
import Profiles

/// Counts whom a tenant's groups reach.
///
/// Sources: Microsoft's "List group transitive members" (`$count` needs `ConsistencyLevel: eventual`) and "Get managedDeviceOverview".
struct AudienceReader {
    let tenant: GraphTenant
    var result = AudienceCounts()

    private enum Answer {
        case count(GroupCount)
        /// The service's final word: no such group, or no permission.
        case refused(GraphError)
    }

    mutating func read(_ query: AudienceQuery) async throws {
        let answers = try await answers(query.groups)
        var isForbidden = false
        for (id, answer) in zip(query.groups, answers) {
            switch answer {
            case .count(let count): result.groups[id] = count
            case .refused(let error) where error.status == 404: result.missing.insert(id)
            case .refused(let error):
                // One permission is missing, and not one for each group.
                if !isForbidden { note("Groups cannot be counted, so their numbers stay as they are: \(error.withoutHelp)", help: error.help) }
                isForbidden = true
            }
        }
        if query.allUsers {
            result.allUsers = try await permitted("allUsers") { (tenant) in try await tenant.count("/users/$count") }
        }
        if query.allDevices {
            // A profile for iOS reaches no other device.
            let iPhones = try await permitted("allDevices") { (tenant) in
                try await tenant.get("/deviceManagement/managedDeviceOverview").body?["deviceOperatingSystemSummary"]?["iosCount"]?.integer
            }
            result.allDevices = iPhones ?? nil
        }
    }

    private func answers(_ groups: [String]) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for (position, id) in groups.enumerated() {
                group.addTask { [tenant] in
                    let place = "/groups/\(id)/transitiveMembers/microsoft.graph."
                    do {
                        async let users = tenant.count(place + "user/$count")
                        async let devices = tenant.count(place + "device/$count")
                        return (position, .count(GroupCount(users: try await users, devices: try await devices)))
                    } catch let error as GraphError where error.status == 403 || error.status == 404 {
                        return (position, .refused(error))
                    }
                }
            }
            var answers: [(Int, Answer)] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private mutating func permitted<T>(_ what: String, _ ask: (GraphTenant) async throws -> T) async throws -> T? {
        do { return try await ask(tenant) } catch let error as GraphError where error.status == 403 {
            note("\(what) cannot be counted, so its number stays as it is: \(error.withoutHelp)", help: error.help)
            return nil
        }
    }

    private mutating func note(_ message: String, help: String?) {
        result.diagnostics.append(Diagnostic(.unreadableTenant, severity: .warning, file: GraphReading.place(of: tenant.id), message, help: help))
    }
}

extension GraphSource: AudienceSource {
    public func counts(_ query: AudienceQuery) async throws -> AudienceCounts {
        let service = try service()
        var result = AudienceCounts()
        do {
            var reader = AudienceReader(tenant: try GraphReading.tenant(query.tenant, of: service))
            try await reader.read(query)
            return reader.result
        } catch {
            guard let problem = GraphReading.problem(error, of: query.tenant) else { throw error }
            result.diagnostics.append(problem)
        }
        return result
    }
}
