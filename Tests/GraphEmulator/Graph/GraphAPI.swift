import JSONSource
import Time

/// Microsoft Graph for one tenant: `/beta`, as far as easel uses it.
struct GraphAPI {
    let scenario: Scenario
    /// Permissions of the app that asks.
    let permissions: Set<String>

    func answer(_ query: Query, _ state: inout TenantState) throws(Refusal) -> Answer {
        guard let first = query.parts.first else { throw .badRequest("Resource not found for the segment ''.") }
        let rest = Array(query.parts.dropFirst())
        switch (first, rest.first) {
        case ("deviceManagement", "deviceConfigurations"?):
            try need(query.isWrite ? ["DeviceManagementConfiguration.ReadWrite.All"] : ["DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"])
            return try withApproval(query, &state) { (state) throws(Refusal) in
                try DeviceConfigurations(scenario: scenario).answer(query, Array(rest.dropFirst()), &state)
            }
        case ("deviceManagement", "assignmentFilters"?):
            try need(["DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"])
            return try list(state.tenant.assignmentFilters, query, "deviceManagement/assignmentFilters", rest)
        case ("deviceManagement", "roleScopeTags"?):
            try need(["DeviceManagementRBAC.Read.All", "DeviceManagementRBAC.ReadWrite.All"])
            return try list(state.tenant.roleScopeTags, query, "deviceManagement/roleScopeTags", rest)
        case ("deviceManagement", "auditEvents"?):
            try need(["DeviceManagementApps.Read.All", "DeviceManagementApps.ReadWrite.All"])
            return try auditEvents(query, state, rest)
        case ("deviceManagement", "operationApprovalRequests"?) where rest.count == 2:
            try need(["DeviceManagementRBAC.Read.All", "DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"])
            guard let approval = state.approvals[rest[1]] else { throw .notFound(rest[1]) }
            return .json(["id": .string(rest[1]), "status": approval.isApproved ? "approved" : "needsApproval"])
        case ("organization", nil):
            try need(["Organization.Read.All", "Directory.Read.All"])
            return try list([["id": .string(state.tenant.id), "displayName": .string(state.tenant.displayName)]], query, "organization", ["organization"])
        case ("users", "$count"?):
            try need(["User.Read.All", "User.ReadBasic.All", "Directory.Read.All"])
            guard query.headers["consistencylevel"] == "eventual" else { throw Self.notEventual }
            return Self.count(state.tenant.users)
        case ("deviceManagement", "managedDeviceOverview"?) where rest.count == 1:
            try need(["DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All"])
            return .json(["id": .string(state.tenant.id), "enrolledDeviceCount": .integer(state.tenant.iPhones + 3), "deviceOperatingSystemSummary": ["iosCount": .integer(state.tenant.iPhones), "windowsCount": 3]])
        case ("groups", _): return try groups(query, state, rest)
        default: throw .badRequest("Resource not found for the segment '\(rest.first ?? first)'.")
        }
    }

    private func need(_ names: Set<String>) throws(Refusal) {
        guard permissions.isDisjoint(with: names) else { return }
        throw Refusal(403, "Forbidden", "Application is not authorized to perform this operation. Application must have one of the following scopes: \(names.sorted().joined(separator: ", "))")
    }

    // MARK: Multi Admin Approval

    /// A protected write is filed, and executed when the same request comes back with the code of an approval.
    private func withApproval(_ query: Query, _ state: inout TenantState, _ execute: (inout TenantState) throws(Refusal) -> Answer) throws(Refusal) -> Answer {
        guard state.tenant.requiresApproval, query.isWrite else { return try execute(&state) }
        let fingerprint = "\(query.method) \(query.path) \(query.body?.compact ?? "")"
        if let code = query.headers["x-msft-approval-code"] {
            guard let approval = state.approvals[code], approval.fingerprint == fingerprint else { throw .badRequest("The approval code does not match the request.") }
            guard approval.isApproved else { throw Self.filed(code) }
            let answer = try execute(&state)
            state.approvals[code] = nil
            return answer
        }
        guard query.headers["x-msft-approval-justification"]?.isEmpty == false else { throw .intune("Header 'x-msft-approval-justification' is required to request approval") }
        guard !state.approvals.values.contains(where: { $0.fingerprint == fingerprint }) else { throw Refusal(409, "Conflict", "An active Approval Request already exists for this resource.") }
        let code = randomGUID()
        state.approvals[code] = (fingerprint, false)
        throw Self.filed(code)
    }

    private static func filed(_ code: String) -> Refusal {
        Refusal(403, "ApprovalRequired", "Approval Required. Request Approval using the request ID returned as part of the x-msft-approval-code response header. x-msft-approval-code: \(code)", headers: ["x-msft-approval-code": code])
    }

    // MARK: Other collections

    private func groups(_ query: Query, _ state: TenantState, _ rest: [String]) throws(Refusal) -> Answer {
        guard query.method == "GET" else { throw Refusal(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.") }
        guard let id = rest.first else {
            try need(["Group.Read.All", "GroupMember.Read.All", "Directory.Read.All"])
            return try list(state.tenant.groups.map(Self.group), query, "groups", ["groups"])
        }
        guard let group = state.tenant.groups.first(where: { $0["id"]?.string?.lowercased() == id.lowercased() }) else {
            throw Refusal(404, "Request_ResourceNotFound", "Resource '\(id)' does not exist or one of its queried reference-property objects are not present.")
        }
        if rest.count == 1 {
            try need(["Group.Read.All", "GroupMember.Read.All", "Directory.Read.All"])
            try query.allow("$select")
            return .json(Self.group(group))
        }
        guard rest.count == 4, rest[1] == "transitiveMembers", rest[3] == "$count", let key = ["microsoft.graph.user": "users", "microsoft.graph.device": "devices"][rest[2]] else {
            throw .badRequest("Resource not found for the segment '\(rest[1])'.")
        }
        try need(["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"])
        guard query.headers["consistencylevel"] == "eventual" else { throw Self.notEventual }
        return Self.count(group[key]?.integer ?? 0)
    }

    private static let notEventual = Refusal(400, "Request_UnsupportedQuery", "Request requires ConsistencyLevel header with value 'eventual'.")

    /// A number comes as text, with a byte order mark.
    private static func count(_ number: Int) -> Answer { Answer(status: 200, headers: ["Content-Type": "text/plain"], text: "\u{FEFF}\(number)") }

    private static func group(_ group: JSON) -> JSON { ["id": group["id"] ?? "", "displayName": group["displayName"] ?? .null] }

    private func auditEvents(_ query: Query, _ state: TenantState, _ rest: [String]) throws(Refusal) -> Answer {
        var events = state.tenant.auditEvents
        for clause in query.options["$filter"].map({ $0.split(separator: /\s+and\s+/) }) ?? [] {
            if let match = clause.wholeMatch(of: /activityDateTime (ge|gt|le|lt) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)/), let limit = Instant(String(match.output.2)) {
                events = events.filter { event in
                    guard let time = event["activityDateTime"]?.string.flatMap({ Instant($0) }) else { return false }
                    return switch match.output.1 {
                    case "ge": time >= limit
                    case "gt": time > limit
                    case "le": time <= limit
                    default: time < limit
                    }
                }
            } else if let match = clause.wholeMatch(of: /(category|activityType) eq '([^']*)'/) {
                events = events.filter { $0[String(match.output.1)]?.string == String(match.output.2) }
            } else {
                throw .badRequest("Invalid filter clause: \(clause)")
            }
        }
        if let order = query.options["$orderby"] {
            guard order == "activityDateTime desc" || order == "activityDateTime" else { throw .badRequest("Invalid orderby: \(order)") }
            events.sort { ($0["activityDateTime"]?.string ?? "") < ($1["activityDateTime"]?.string ?? "") }
            if order.hasSuffix("desc") { events.reverse() }
        }
        return try list(events, query, "deviceManagement/auditEvents", rest, alsoAllowed: ["$filter", "$orderby"])
    }

    private func list(_ objects: [JSON], _ query: Query, _ name: String, _ rest: [String], alsoAllowed: [String] = []) throws(Refusal) -> Answer {
        guard query.method == "GET", rest.count == 1 else { throw Refusal(405, "BadRequest", "Specified HTTP method is not allowed for the request target.") }
        if let other = query.options.keys.sorted().first(where: { !(["$top", "$skiptoken", "$select"] + alsoAllowed).contains($0) }) { throw .badRequest("The query option '\(other)' is not supported here.") }
        return .json(try Page(scenario: scenario).page(objects, query, context: name))
    }
}

/// Cuts a list into pages.
struct Page {
    let scenario: Scenario

    func page(_ objects: [JSON], _ query: Query, context: String) throws(Refusal) -> JSON {
        var size = scenario.pageSize
        if let top = query.options["$top"] {
            guard let number = Int(top), number > 0 else { throw .badRequest("Invalid value '\(top)' for $top.") }
            size = min(number, 1000)
        }
        var start = 0
        if let token = query.options["$skiptoken"] {
            guard token.hasPrefix("p"), let number = Int(token.dropFirst()) else { throw .badRequest("Invalid $skiptoken.") }
            start = number
        }
        let page = Array(objects.dropFirst(start).prefix(size))
        var result: [String: JSON] = ["@odata.context": .string("https://graph.microsoft.com/beta/$metadata#\(context)"), "value": .array(page)]
        if start + size < objects.count {
            let kept = query.path.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&").filter { !$0.hasPrefix("$skiptoken") && !$0.hasPrefix("%24skiptoken") }.map { $0 + "&" } ?? []
            let path = query.path.prefix { $0 != "?" }
            result["@odata.nextLink"] = .string("\(query.origin)\(path)?\(kept.joined())$skiptoken=p\(start + size)")
        }
        return .object(result)
    }
}
