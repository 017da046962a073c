import Basics
import JSONSource
import Live
import Profiles
import Time

/// Finds in a tenant's audit events who changed profiles.
///
/// Source: Microsoft's "auditEvent resource type". The reference names no query options; by time, and by category, is how events are
/// commonly asked for, and which resource they are about is looked at here.
struct AuditReader {
    let tenant: GraphTenant
    let now: Instant

    /// The record of a change is not of the same second as the change itself.
    private static let tolerance = 300
    /// How far back a deletion is looked for, in days, and in how many pages at most: a busy tenant has thousands of events.
    private static let days = 30
    private static let pages = 20

    /// - Throws: `GraphError` where the record cannot be read.
    func attributions(_ queries: [AttributionQuery]) async throws -> [String: Attribution] {
        var found: [String: Attribution] = [:]
        for query in queries {
            guard let time = query.lastModified else { continue }
            let window = "activityDateTime%20ge%20\(time.adding(seconds: -Self.tolerance))%20and%20activityDateTime%20le%20\(time.adding(seconds: Self.tolerance))"
            try await read("$filter=" + window, [query.graphID], isDeletion: false, into: &found)
        }
        let gone = Set(queries.filter { $0.lastModified == nil }.map(\.graphID))
        guard !gone.isEmpty else { return found }
        let filter = "$filter=category%20eq%20'DeviceConfiguration'%20and%20activityDateTime%20ge%20\(now.adding(seconds: -Self.days * 86_400))"
        // Newest first, so that most deletions are on the first page. Where that order is not understood, all pages are read.
        do { try await read(filter + "&$orderby=activityDateTime%20desc", gone, isDeletion: true, into: &found) } catch let error as GraphError where error.status == 400 {
            try await read(filter, gone, isDeletion: true, into: &found)
        }
        return found
    }

    private func read(_ options: String, _ wanted: Set<String>, isDeletion: Bool, into found: inout [String: Attribution]) async throws {
        var count = 0
        for try await page in tenant.pages("/deviceManagement/auditEvents?" + options) {
            for event in page.root?["value"].map({ Array($0.elements) }) ?? [] {
                guard !isDeletion || Self.isDeletion(event), event["activityResult"]?.string?.lowercased() != "failure", let attribution = Attribution(event) else { continue }
                for resource in event["resources"].map({ Array($0.elements) }) ?? [] {
                    guard let id = resource["resourceId"]?.string?.lowercased(), wanted.contains(id), found[id].map({ $0.time < attribution.time }) ?? true else { continue }
                    found[id] = attribution
                }
            }
            count += 1
            if isDeletion, count >= Self.pages || wanted.allSatisfy({ found[$0] != nil }) { return }
        }
    }

    private static func isDeletion(_ event: JSONValue) -> Bool {
        [event["activityOperationType"], event["activityType"]].contains { $0?.string?.lowercased().hasPrefix("delete") == true }
    }
}

extension Attribution {
    /// Nil for an event that does not say who did it, or when.
    fileprivate init?(_ event: JSONValue) {
        guard let actor = event["actor"], let time = event["activityDateTime"]?.string.flatMap({ Instant($0) }) else { return nil }
        func text(_ key: String) -> String? { actor[name: key]?.string.flatMap { $0.isEmpty ? nil : shown($0, limit: 200) } }
        if let person = text("userPrincipalName") {
            self.init(kind: .person, who: person, time: time)
        } else if let app = text("applicationDisplayName") ?? text("servicePrincipalName") ?? text("applicationId") {
            self.init(kind: .app, who: app, time: time)
        } else {
            return nil
        }
    }
}

extension GraphSource {
    public func attributions(of tenant: LiveTenantQuery, _ queries: [AttributionQuery]) async throws -> Attributions? {
        let service = try service()
        var result = Attributions()
        do {
            result.found = try await AuditReader(tenant: try GraphReading.tenant(tenant, of: service), now: service.settings.clock.now()).attributions(queries)
        } catch {
            guard let problem = GraphReading.problem(error, of: tenant) else { throw error }
            // One permission is missing in many tenants: the sentence is the same for all of them.
            if let error = error as? GraphError, error.status == 403 {
                result.refusal = "the app lacks the application permission \(Permission.audit.name)"
            } else {
                result.refusal = problem.message
            }
        }
        return result
    }
}
