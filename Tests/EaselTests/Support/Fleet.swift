import Foundation
import Testing

/// A small config repository in `config`: two tenants on one base, and one of its own kind.
extension Workshop {
    /// Makes and commits it.
    func makeFleet() throws {
        try write(Fleet.base, to: "config/bases/online.json")
        for tenant in Fleet.tenants {
            try write(Fleet.tenant(tenant), to: "config/tenants/\(tenant)/tenant.json")
            for profile in Fleet.profiles { try write(Fleet.manifest(profile), to: "config/tenants/\(tenant)/profiles/\(profile).json") }
        }
        try git("init", "--quiet", "--initial-branch", "main", "config")
        try commit("fleet")
    }

    /// Makes it, and applies it.
    func makeAppliedFleet() throws {
        try makeFleet()
        let outcome = try easel("reconcile", in: "config")
        try #require(outcome.status == 0, "\(outcome.out)\(outcome.err)")
    }

    /// Replaces text in a file of the config repository, which must have it.
    func edit(_ file: String, _ before: String, _ after: String) throws {
        let text = try read("config/" + file)
        try #require(text.contains(before), "\(file) has no \(before)")
        try write(text.replacingOccurrences(of: before, with: after), to: "config/" + file)
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: self("config/" + file)) }

    /// The tip of the state branch; nil when there is none.
    func tip(_ repository: String = "config", branch: String = "easel/applied") throws -> String? {
        let outcome = try run(["/usr/bin/git", "rev-parse", "--verify", "--quiet", "refs/heads/\(branch)"], in: repository)
        return outcome.status == 0 ? outcome.out.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }

    func applied(_ file: String, _ repository: String = "config") throws -> String { try git("show", "easel/applied:\(file)", in: repository) }
}

enum Fleet {
    static let tenants = ["contoso", "fabrikam", "northwind"]
    /// `staff` and `board` extend the base; `kiosk` stands alone and signs in with a certificate.
    static let profiles = ["board", "kiosk", "staff"]

    static let base = """
        {
          "kind": "iosEmailProfile",
          "account": {
            "server": "outlook.office365.com",
            "usernameAttribute": "userPrincipalName",
            "emailAddressAttribute": "primarySmtpAddress",
            "authentication": { "method": "usernameAndPassword" },
            "oauth": false
          }
        }

        """

    static func tenant(_ id: String) -> String {
        let number = (tenants.firstIndex(of: id) ?? 0) + 1
        // Two folders of one tenant would be an error.
        let tenantID = tenants.contains(id) ? "00000000-0000-4000-8000-00000000000\(number)" : Workshop.graphID(id, "tenant")
        return """
            {
              "kind": "tenant",
              "tenantId": "\(tenantID)",
              "displayName": "\(id.capitalized)",
              "exchange": "online",
              "iosAccountsApp": "granted",
              "minimumOS": "16.0",
              "groups": {
                "staff": { "id": "10000000-0000-4000-8000-00000000000\(number)", "members": 100 },
                "board": { "id": "20000000-0000-4000-8000-00000000000\(number)", "members": 7 },
                "floor": { "id": "30000000-0000-4000-8000-00000000000\(number)" }
              },
              "certificateProfiles": {
                "device": { "id": "40000000-0000-4000-8000-00000000000\(number)", "type": "pkcs" },
                "signing": { "id": "50000000-0000-4000-8000-00000000000\(number)", "type": "pkcs" }
              }
            }

            """
    }

    static func manifest(_ id: String) -> String {
        switch id {
        case "kiosk":
            """
            {
              "kind": "iosEmailProfile",
              "displayName": "Kiosk mail",
              "account": {
                "server": "outlook.office365.com",
                "accountName": "Kiosk",
                "usernameAttribute": "userPrincipalName",
                "emailAddressAttribute": "primarySmtpAddress",
                "authentication": { "method": "certificate", "certificateProfile": "device" },
                "oauth": true
              },
              "assignments": { "include": [ { "group": "floor" } ] }
            }

            """
        default:
            """
            {
              "kind": "iosEmailProfile",
              "extends": "bases/online.json",
              "displayName": "\(id.capitalized) mail",
              "account": { "accountName": "Mail" },
              "assignments": { "include": [ { "group": "\(id)" } ] }
            }

            """
        }
    }
}
