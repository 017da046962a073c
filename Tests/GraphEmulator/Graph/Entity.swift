import JSONSource
import Time

/// One device configuration.
struct Entity {
    let id: String
    let type: String
    var properties: [String: JSON]
    /// Navigation property → the id that it leads to.
    var references: [String: String] = [:]
    var assignments: [JSON] = []
    let created: String
    var modified: String
    var version = 1
    /// On the emulator's clock.
    var inListsFrom = 0.0
    var addressableFrom = 0.0

    var isEmailProfile: Bool { type == "#" + Schema.email }

    /// As the service returns it.
    func json(withAssignments: Bool, select: Set<String>? = nil) -> JSON {
        var members = properties
        members["@odata.type"] = .string(type)
        members["id"] = .string(id)
        members["createdDateTime"] = .string(created)
        members["lastModifiedDateTime"] = .string(modified)
        members["version"] = .integer(version)
        members["supportsScopeTags"] = true
        if let select { members = members.filter { select.contains($0.key) || $0.key.hasPrefix("@") || $0.key == "id" } }
        if withAssignments {
            members["assignments"] = .array(assignments)
            members["assignments@odata.context"] = .string("https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations('\(id)')/\(type.dropFirst())/assignments")
        }
        return .object(members)
    }

    /// Reads an object of a scenario; nil for what is no object.
    init?(scenario: JSON, now: String) {
        guard case .object(var members) = scenario else { return nil }
        id = members.removeValue(forKey: "id")?.string?.lowercased() ?? randomGUID()
        type = members.removeValue(forKey: "@odata.type")?.string ?? "#" + Schema.email
        assignments = members.removeValue(forKey: "assignments")?.elements ?? []
        created = members.removeValue(forKey: "createdDateTime")?.string ?? now
        modified = members.removeValue(forKey: "lastModifiedDateTime")?.string ?? now
        version = members.removeValue(forKey: "version")?.integer ?? 1
        for name in Schema.navigation.keys { if let target = members.removeValue(forKey: name)?.string { references[name] = target.lowercased() } }
        members = members.filter { !Schema.readOnly.contains($0.key) && !$0.key.contains("@") }
        properties = type == "#" + Schema.email ? Schema.defaults.merging(members) { $1 } : members
    }

    init(id: String, type: String, properties: [String: JSON], references: [String: String], now: String, inListsFrom: Double, addressableFrom: Double) {
        self.id = id
        self.type = type
        self.properties = properties
        self.references = references
        created = now
        modified = now
        self.inListsFrom = inListsFrom
        self.addressableFrom = addressableFrom
    }
}
