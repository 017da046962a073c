import JSONSource

/// A scenario file that cannot be used.
public struct ScenarioError: Error, CustomStringConvertible {
    public let description: String
}

extension Scenario {
    /// Reads a scenario file. A key that it does not know is an error: a misspelt fault would never happen.
    public init(file: String, bytes: [UInt8]) throws {
        let document = JSONDocument(file: file, bytes: bytes, limit: 256 << 20)
        if let problem = document.problems.first {
            let place = document.position(ofOffset: problem.offset)
            throw ScenarioError(description: "\(file):\(place.line):\(place.column): \(problem.message)")
        }
        guard let root = document.root?.plain else { throw ScenarioError(description: "\(file): no JSON") }
        self.init()
        for (key, value) in try root.members("the scenario") {
            switch key {
            case "tenants": tenants = try value.list(key).map(EmulatedTenant.init(json:))
            case "faults": faults = try value.list(key).map(Fault.init(json:))
            case "latencyMilliseconds": latency = Double(try value.number(key)) / 1000
            case "visibilityDelayMilliseconds": visibilityDelay = Double(try value.number(key)) / 1000
            case "addressDelayMilliseconds": addressDelay = Double(try value.number(key)) / 1000
            case "tokenLifetimeSeconds": tokenLifetime = try value.number(key)
            case "pageSize": pageSize = try value.number(key)
            case "supportsIsOf": supportsIsOf = value == true
            case "limits": limits = value == .null ? nil : try Limits(json: value)
            default: throw ScenarioError(description: "\(file): unknown key '\(key)'")
            }
        }
    }
}

extension Scenario.Limits {
    fileprivate init(json: JSON) throws {
        self.init()
        for (key, value) in try json.members("limits") {
            switch key {
            case "writes": writes = try value.number(key)
            case "requests": requests = try value.number(key)
            case "windowSeconds": window = Double(try value.number(key))
            default: throw ScenarioError(description: "limits: unknown key '\(key)'")
            }
        }
    }
}

extension EmulatedTenant {
    fileprivate init(json: JSON) throws {
        self.init(id: try json.text("id"), displayName: json["displayName"]?.string ?? "Contoso", apps: [])
        for (key, value) in try json.members("a tenant") {
            switch key {
            case "id", "displayName": break
            case "apps": apps = try value.list(key).map(EmulatedApp.init(json:))
            case "deviceConfigurations":
                deviceConfigurations = try value.list(key)
                for object in deviceConfigurations { _ = try object.members("a device configuration") }
            case "users": users = try value.number(key)
            case "iPhones": iPhones = try value.number(key)
            case "groups": groups = try value.list(key)
            case "assignmentFilters": assignmentFilters = try value.list(key)
            case "roleScopeTags": roleScopeTags = try value.list(key)
            case "auditEvents": auditEvents = try value.list(key)
            case "derivedCredentials": derivedCredentials = try value.list(key).compactMap(\.string)
            case "requiresApproval": requiresApproval = value == true
            default: throw ScenarioError(description: "tenant \(id): unknown key '\(key)'")
            }
        }
    }
}

extension EmulatedApp {
    fileprivate init(json: JSON) throws {
        self.init(clientID: try json.text("clientId"), secret: json["secret"]?.string)
        for (key, value) in try json.members("an app") {
            switch key {
            case "clientId", "secret": break
            case "certificates": certificates = try value.list(key).compactMap(\.string)
            case "federated": federated = (try value.text("subject"), try value.text("audience"))
            case "permissions": permissions = Set(try value.list(key).compactMap(\.string))
            case "consent": hasConsent = value != false
            default: throw ScenarioError(description: "app \(clientID): unknown key '\(key)'")
            }
        }
    }
}

extension Fault {
    fileprivate init(json: JSON) throws {
        let headers = try (json["headers"] ?? [:]).members("headers").compactMapValues(\.string)
        let seconds = Double(json["milliseconds"]?.integer ?? 0) / 1000
        let effect: Effect =
            switch try json.text("effect") {
            case "answer": .answer(status: try (json["status"] ?? .null).number("status"), code: json["code"]?.string ?? "", message: json["message"]?.string ?? "", headers: headers)
            case "body": .body(try json.text("body"))
            case "resetBefore": .resetBefore
            case "resetAfter": .resetAfter
            case "cut": .cut(after: try (json["bytes"] ?? .null).number("bytes"))
            case "drip": .drip(seconds: seconds)
            case "delay": .delay(seconds: seconds)
            case "redirect": .redirect(to: try json.text("location"))
            case "expiredToken": .expiredToken
            case let other: throw ScenarioError(description: "unknown effect '\(other)' of a fault")
            }
        self.init(effect, tenant: json["tenant"]?.string?.lowercased(), method: json["method"]?.string, path: json["path"]?.string, after: json["after"]?.integer ?? 0, times: json["times"] == .null ? nil : json["times"]?.integer ?? 1)
    }
}

extension JSON {
    subscript(key: String) -> JSON? { if case .object(let members) = self { members[key] } else { nil } }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }

    fileprivate func members(_ what: String) throws -> [String: JSON] {
        guard case .object(let members) = self else { throw ScenarioError(description: "\(what): an object is expected") }
        return members
    }

    fileprivate func list(_ key: String) throws -> [JSON] {
        guard case .array(let elements) = self else { throw ScenarioError(description: "\(key): a list is expected") }
        return elements
    }

    fileprivate func number(_ key: String) throws -> Int {
        guard let integer, integer >= 0 else { throw ScenarioError(description: "\(key): a whole number is expected") }
        return integer
    }

    fileprivate func text(_ key: String) throws -> String {
        guard let text = self[key]?.string else { throw ScenarioError(description: "\(key): a text is expected") }
        return text
    }
}
