import JSONSource

/// `/deviceManagement/deviceConfigurations` and everything below.
struct DeviceConfigurations {
    let scenario: Scenario

    func answer(_ query: Query, _ rest: [String], _ state: inout TenantState) throws(Refusal) -> Answer {
        guard let id = rest.first else {
            switch query.method {
            case "GET": return .json(try list(query, state))
            case "POST": return .json(try create(query, &state), status: 201)
            default: throw Self.wrongMethod
            }
        }
        guard isGUID(id) else { throw .badRequest("The key value '\(id)' is not a GUID.") }
        guard let index = state.entities.firstIndex(where: { $0.id == id.lowercased() && $0.addressableFrom <= query.time }) else { throw .notFound(id) }
        switch (query.method, Array(rest.dropFirst())) {
        case ("GET", []): return .json(try read(query, state.entities[index]))
        case ("PATCH", []): return .json(try change(query, &state, index))
        case ("DELETE", []):
            if let user = state.entities.first(where: { $0.references.values.contains(state.entities[index].id) }) {
                throw .intune("The profile is referenced by \(user.id) and cannot be deleted.")
            }
            state.entities.remove(at: index)
            return .noContent
        case ("POST", ["assign"]): return .json(try assign(query, &state, index))
        case ("GET", ["assignments"]):
            return .json(["@odata.context": .string("https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations('\(id)')/assignments"), "value": .array(state.entities[index].assignments)])
        case ("GET", ["microsoft.graph.iosEasEmailProfileConfiguration"]) where state.entities[index].isEmailProfile: return .json(try read(query, state.entities[index]))
        case (let method, let path) where path.first == Schema.email: return try navigate(method, Array(path.dropFirst()), query, &state, index)
        // The navigation needs the cast.
        case (_, let path): throw .badRequest("Resource not found for the segment '\(path.first ?? "")'.")
        }
    }

    private static let wrongMethod = Refusal(405, "BadRequest", "Specified HTTP method is not allowed for the request target.")

    // MARK: Reading

    private func list(_ query: Query, _ state: TenantState) throws(Refusal) -> JSON {
        try query.allow("$filter", "$expand", "$top", "$skiptoken", "$select", "$orderby")
        var found = state.entities.filter { $0.inListsFrom <= query.time }
        if let filter = query.options["$filter"] {
            if scenario.supportsIsOf, let type = filter.wholeMatch(of: /isof\('(microsoft\.graph\.\w+)'\)/)?.output.1 {
                let wanted = "#" + String(type)
                found = found.filter { $0.type == wanted }
            } else if let name = filter.wholeMatch(of: /displayName eq '(.*)'/)?.output.1 {
                found = found.filter { $0.properties["displayName"]?.string == String(name).replacing("''", with: "'") }
            } else {
                throw .badRequest("Invalid filter clause: \(filter)")
            }
        }
        let expand = try expandsAssignments(query)
        let objects = found.map { $0.json(withAssignments: expand, select: query.select) }
        return try Page(scenario: scenario).page(objects, query, context: "deviceManagement/deviceConfigurations" + (expand ? "(assignments())" : ""))
    }

    private func read(_ query: Query, _ entity: Entity) throws(Refusal) -> JSON {
        try query.allow("$expand", "$select")
        return entity.json(withAssignments: try expandsAssignments(query), select: query.select)
    }

    private func expandsAssignments(_ query: Query) throws(Refusal) -> Bool {
        guard let expand = query.options["$expand"] else { return false }
        guard expand == "assignments" else {
            throw .badRequest("Parsing OData Select and Expand failed: Could not find a property named '\(expand)' on type 'microsoft.graph.deviceConfiguration'.")
        }
        return true
    }

    // MARK: Writing

    private func create(_ query: Query, _ state: inout TenantState) throws(Refusal) -> JSON {
        var (type, members) = try Self.body(query)
        var references: [String: String] = [:]
        for (key, value) in members where key.hasSuffix("@odata.bind") {
            let name = String(key.dropLast("@odata.bind".count))
            guard type == "#" + Schema.email, Schema.navigation[name] != nil else { throw .badRequest("The property '\(name)' does not exist on type '\(type.dropFirst())'.") }
            references[name] = try target(value, of: name, state)
            members[key] = nil
        }
        let properties = try properties(members, type)
        guard properties["displayName"]?.string?.isEmpty == false else { throw .intune("DisplayName must not be empty.") }
        let entity = Entity(
            id: randomGUID(), type: type, properties: type == "#" + Schema.email ? Schema.defaults.merging(properties) { $1 } : properties, references: references, now: query.now,
            inListsFrom: query.time + scenario.visibilityDelay, addressableFrom: query.time + scenario.addressDelay)
        state.entities.append(entity)
        return entity.json(withAssignments: false)
    }

    private func change(_ query: Query, _ state: inout TenantState, _ index: Int) throws(Refusal) -> JSON {
        let (type, members) = try Self.body(query)
        guard type == state.entities[index].type else { throw .badRequest("The type '\(type)' is not the type of the entity.") }
        if let key = members.keys.sorted().first(where: { $0.hasSuffix("@odata.bind") }) {
            throw .badRequest("The annotation '\(key)' is not supported in an update. Use $ref.")
        }
        state.entities[index].properties.merge(try properties(members, type)) { $1 }
        touch(&state.entities[index], query)
        return state.entities[index].json(withAssignments: false)
    }

    private func touch(_ entity: inout Entity, _ query: Query) {
        entity.version += 1
        entity.modified = query.now
    }

    /// Type and members of a body. A type is needed, since deviceConfiguration itself is abstract.
    private static func body(_ query: Query) throws(Refusal) -> (type: String, members: [String: JSON]) {
        guard case .object(var members)? = query.body else { throw .badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.") }
        guard let type = members.removeValue(forKey: "@odata.type")?.string else { throw .badRequest("Cannot create an abstract class: 'microsoft.graph.deviceConfiguration'. Name the type in @odata.type.") }
        guard type.hasPrefix(Schema.namespace), type.hasSuffix("Configuration") || type.hasSuffix("CertificateProfile") else { throw .badRequest("A type named '\(type)' could not be resolved by the model.") }
        return (type, members)
    }

    private func properties(_ members: [String: JSON], _ type: String) throws(Refusal) -> [String: JSON] {
        guard type == "#" + Schema.email else { return members.filter { !$0.key.contains("@") } }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) { try Schema.check(name, value) }
        return members
    }

    /// The id that an address leads to, `https://HOST/beta/deviceManagement/deviceConfigurations('GUID')`, which must be there and be a certificate.
    private func target(_ value: JSON, of name: String, _ state: TenantState) throws(Refusal) -> String {
        guard let text = value.string, let match = text.wholeMatch(of: /https?:\/\/[^\/]+\/beta\/deviceManagement\/(\w+)(?:\('|\/)([0-9A-Fa-f-]{36})(?:'\))?/), String(match.output.1) == Schema.navigation[name] else {
            throw .badRequest("The value of '\(name)' is not an address of \(Schema.navigation[name] ?? "").")
        }
        let id = match.output.2.lowercased()
        if Schema.navigation[name] == "derivedCredentials" {
            guard state.tenant.derivedCredentials.contains(where: { $0.lowercased() == id }) else { throw .notFound(id) }
            return id
        }
        guard let entity = state.entities.first(where: { $0.id == id }) else { throw .notFound(id) }
        guard entity.type.hasPrefix("#microsoft.graph.ios"), entity.type.hasSuffix("CertificateProfile") else { throw .intune("\(entity.type) is not a certificate profile that \(name) can have.") }
        return id
    }

    // MARK: Navigation and assignments

    private func navigate(_ method: String, _ path: [String], _ query: Query, _ state: inout TenantState, _ index: Int) throws(Refusal) -> Answer {
        guard state.entities[index].isEmailProfile else { throw .badRequest("The entity is not of type '\(Schema.email)'.") }
        guard let name = path.first, let collection = Schema.navigation[name] else { throw .badRequest("Resource not found for the segment '\(path.first ?? "")'.") }
        let current = state.entities[index].references[name]
        switch (method, Array(path.dropFirst())) {
        case ("GET", []):
            guard let current else { throw .notFound(name) }
            if collection == "derivedCredentials" { return .json(["@odata.type": "#microsoft.graph.deviceManagementDerivedCredentialSettings", "id": .string(current)]) }
            guard let entity = state.entities.first(where: { $0.id == current }) else { throw .notFound(current) }
            return .json(entity.json(withAssignments: false))
        case ("GET", ["$ref"]):
            guard let current else { throw .notFound(name) }
            return .json(["@odata.id": .string("\(query.origin)/beta/deviceManagement/\(collection)('\(current)')")])
        case ("PUT", ["$ref"]):
            guard case .object(let members)? = query.body, members.count == 1, let address = members["@odata.id"] else { throw .badRequest("A $ref is {\"@odata.id\": ADDRESS}.") }
            state.entities[index].references[name] = try target(address, of: name, state)
        case ("DELETE", ["$ref"]): state.entities[index].references[name] = nil
        default: throw Self.wrongMethod
        }
        touch(&state.entities[index], query)
        return .noContent
    }

    private static let targets = [
        "allLicensedUsersAssignmentTarget": "acacacac-9df4-4c7d-9d50-4ef0226f57a9", "allDevicesAssignmentTarget": "adadadad-808e-44e2-905a-0b7873a8a531", "groupAssignmentTarget": "",
        "exclusionGroupAssignmentTarget": "",
    ]

    /// Replaces the list, except for what policy sets have assigned.
    private func assign(_ query: Query, _ state: inout TenantState, _ index: Int) throws(Refusal) -> JSON {
        guard case .object(let members)? = query.body, members.keys.allSatisfy({ $0 == "assignments" || $0.hasPrefix("@odata") }), case .array(let list)? = members["assignments"] else {
            throw .badRequest("The action 'assign' has one parameter, 'assignments'.")
        }
        var result = state.entities[index].assignments.filter { $0["source"] == "policySets" }
        for assignment in list { result.append(try self.assignment(assignment, state.entities[index].id)) }
        let ids = result.compactMap { $0["id"]?.string }
        guard Set(ids).count == ids.count else { throw .intune("The same group is assigned more than once.") }
        state.entities[index].assignments = result
        return ["@odata.context": "https://graph.microsoft.com/beta/$metadata#Collection(deviceConfigurationAssignment)", "value": .array(result)]
    }

    private func assignment(_ json: JSON, _ id: String) throws(Refusal) -> JSON {
        guard case .object(let members) = json, case .object(let target)? = members["target"], members.keys.allSatisfy({ ["target", "id", "source", "sourceId", "intent"].contains($0) || $0.hasPrefix("@odata") }) else {
            throw .badRequest("An assignment has a target.")
        }
        let type = String((target["@odata.type"]?.string ?? "").dropFirst(Schema.namespace.count))
        guard let fixed = Self.targets[type] else { throw .badRequest("A type named '\(type)' could not be resolved by the model.") }
        var known: Set<String> = ["@odata.type", "deviceAndAppManagementAssignmentFilterId", "deviceAndAppManagementAssignmentFilterType"]
        if fixed.isEmpty { known.insert("groupId") }
        if let other = target.keys.sorted().first(where: { !known.contains($0) }) { throw .badRequest("The property '\(other)' does not exist on type 'microsoft.graph.\(type)'.") }
        let group = target["groupId"]?.string
        if fixed.isEmpty, group.map(isGUID) != true { throw .intune("groupId must be a GUID.") }
        let mode = target["deviceAndAppManagementAssignmentFilterType"]?.string ?? "none"
        let filter = target["deviceAndAppManagementAssignmentFilterId"]?.string
        guard ["none", "include", "exclude"].contains(mode), mode == "none" || filter.map(isGUID) == true, type != "exclusionGroupAssignmentTarget" || mode == "none" else { throw .intune("The assignment's filter is not valid.") }
        var whole = target
        whole["deviceAndAppManagementAssignmentFilterId"] = mode == "none" ? .null : target["deviceAndAppManagementAssignmentFilterId"] ?? .null
        whole["deviceAndAppManagementAssignmentFilterType"] = .string(mode)
        return ["id": .string("\(id)_\(group?.lowercased() ?? fixed)"), "source": "direct", "sourceId": .string(id), "intent": "apply", "target": .object(whole)]
    }
}

extension Query {
    fileprivate var select: Set<String>? { options["$select"].map { Set($0.split(separator: ",").map(String.init)) } }
}
