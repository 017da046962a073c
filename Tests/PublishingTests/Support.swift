import JSONSource
import Live
import Payloads
import Profiles
import Testing

@testable import Publishing

let tenantID = "00000000-0000-4000-8000-000000000001"
let names = TenantNames(nil, LiveDirectory())
let certificate = "40000000-0000-4000-8000-000000000001"

func document(_ json: JSON) throws -> JSONValue {
    try #require(JSONDocument(file: "live.json", bytes: Array(json.compact.utf8)).root)
}

/// Members of a profile as Intune has it.
func members(_ name: String = "Staff mail", host: String = "outlook.office365.com", account: String = "Mail", usesCertificate: Bool = false) -> [String: JSON] {
    [
        "@odata.type": "#microsoft.graph.iosEasEmailProfileConfiguration", "displayName": .string(name), "hostName": .string(host), "accountName": .string(account),
        "authenticationMethod": usesCertificate ? "certificate" : "usernameAndPassword", "emailAddressSource": "primarySmtpAddress", "usernameSource": "userPrincipalName",
        "usernameAADSource": "userPrincipalName", "easServices": "calendars,contacts,email,notes,reminders", "requireSsl": true, "durationOfEmailToSync": "userDefined",
    ]
}

func target(_ group: Int) -> JSON {
    ["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": .string("10000000-0000-4000-8000-00000000000\(group)")]]
}

/// A profile as a manifest would mean it.
func profile(_ members: [String: JSON], groups: [Int] = [1]) throws -> EffectiveProfile {
    var members = members
    members["assignments"] = .array(groups.map(target))
    if members["authenticationMethod"] == "certificate" { members["identityCertificate"] = ["id": .string(certificate)] }
    let live = LiveProfile(try document(.object(members)), names: names)
    try #require(!live.diagnostics.contains { $0.severity == .error }, "\(live.diagnostics.map(\.message))")
    return live.effective(id: "staff", unknownAs: nil)
}

func task(from before: EffectiveProfile? = nil, to after: EffectiveProfile? = nil, known: LiveVersion? = nil, awaiting: PublishingTask.Awaiting? = nil) throws -> PublishingTask {
    let change: Payloads.Operation.Change
    switch (before, after) {
    case (let before?, let after?): change = .update(from: before, to: after)
    case (nil, _?): change = .create
    default: change = .remove
    }
    let operation = Payloads.Operation(
        change, tenant: "contoso", tenantID: tenantID, cloud: .global, profile: "staff", displayName: (after ?? before)?.displayName ?? "", fingerprint: String(repeating: "0", count: 32),
        graphID: known?.graphID, files: "staff")
    return PublishingTask(operation, before: before, after: after, known: known, awaiting: awaiting)
}

func course(_ task: PublishingTask) -> OperationCourse { OperationCourse(task, names: names, taken: [], justification: "test") }

/// A tenant as Microsoft Graph keeps it, as far as a publisher sees.
struct ModelTenant {
    var objects: [String: [String: JSON]] = [:]
    /// Lists that a new object is missing from.
    var lag = 0
    private var hiddenFor: [String: Int] = [:]
    private var made = 0

    mutating func list() throws -> [JSONValue] {
        let visible = objects.filter { (hiddenFor[$0.key] ?? 0) <= 0 }
        for id in hiddenFor.keys { hiddenFor[id]? -= 1 }
        return try visible.sorted { $0.key < $1.key }.map { try document(.object($0.value.filter { $0.key != "identityCertificate" })) }
    }

    func look(_ id: String) throws -> JSONValue? { try objects[id].map { try document(.object($0)) } }

    mutating func execute(_ request: ServiceRequest) throws -> JSONValue? {
        let body = request.body.isEmpty ? [:] : try members(request.body)
        let parts = request.url.split(separator: "/").map(String.init)
        guard let index = parts.firstIndex(of: "deviceConfigurations") else { throw ServiceFailure(.refused, message: request.url) }
        guard parts.count > index + 1 else {
            made += 1
            let id = "99999999-0000-4000-8000-0000000000\(made < 10 ? "0" : "")\(made)"
            var object = body
            if let bound = object.removeValue(forKey: "identityCertificate@odata.bind") { object["identityCertificate"] = reference(bound) }
            object.merge(["id": .string(id), "version": 1, "lastModifiedDateTime": "2026-11-26T00:00:00Z", "assignments": []]) { $1 }
            objects[id] = object
            hiddenFor[id] = lag
            return try document(.object(object))
        }
        let id = parts[index + 1]
        guard var object = objects[id] else { throw ServiceFailure(.notFound, code: "404", message: "gone") }
        switch (request.method, parts.last ?? "") {
        case (.delete, id): objects[id] = nil
            return nil
        case (.post, "assign"): object["assignments"] = body["assignments"]
        case (.patch, _): object.merge(body) { $1 }
        case (.put, "$ref"): object[parts[parts.count - 2]] = reference(body["@odata.id"] ?? .null)
        case (.delete, "$ref"): object[parts[parts.count - 2]] = nil
        default: throw ServiceFailure(.refused, message: request.url)
        }
        if case .integer(let version)? = object["version"], request.isAssign == false { object["version"] = .integer(version + 1) }
        objects[id] = object
        return nil
    }

    private func members(_ body: [UInt8]) throws -> [String: JSON] {
        guard case .object(let members)? = JSONDocument(file: "body", bytes: body).root?.plain else { throw ServiceFailure(.refused, message: "no object") }
        return members
    }

    private func reference(_ address: JSON) -> JSON {
        guard case .string(let text) = address else { return .null }
        return text.firstMatch(of: /'([0-9a-f-]+)'/).map { ["id": .string(String($0.output.1))] } ?? .null
    }
}
