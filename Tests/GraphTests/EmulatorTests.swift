import Foundation
import GraphEmulator
import JSONSource
import TestSupport
import Testing

@testable import Graph

/// The emulator is as strict as the service: what it lets through, a tenant would.
@Suite struct EmulatorTests {
    private let type = "#microsoft.graph.iosEasEmailProfileConfiguration"

    private func body(_ changes: [String: JSON]) -> JSON {
        guard case .object(let members) = profileBody else { return .null }
        return .object(members.merging(changes) { $1 }.filter { $0.value != .null || changes[$0.key] == nil || $0.key == "useOAuth" })
    }

    @Test func refusesWhatTheServiceRefuses() async throws {
        let stranger = "99999999-9999-4999-8999-999999999999"
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            for (changes, reason) in [
                (["hostname": "x"], "does not exist on type"), (["version": 2], "read-only"), (["easServices": "email, notes"], "was not found"), (["authenticationMethod": "kerberos"], "was not found"),
                (["requireSsl": "true"], "Cannot convert"), (["useOAuth": .null], "Cannot convert"), (["@odata.type": .null], "abstract class"), (["@odata.type": "#microsoft.graph.group"], "could not be resolved"),
                (["identityCertificate@odata.bind": .string("https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('\(stranger)')")], "does not exist"),
                (["identityCertificate@odata.bind": "https://graph.microsoft.com/beta/users('x')"], "not an address"), (["perAppVPNProfileId": "vpn"], "Cannot convert"), (["displayName": ""], "must not be empty"),
            ] as [([String: JSON], String)] {
                let error = await bench.error { _ = try await tenant.send(GraphRequest(.post, profiles, json: body(changes))) }
                #expect(error?.message.contains(reason) == true, "\(changes): \(String(describing: error))")
            }
            #expect(bench.emulator.configurations(of: contoso).isEmpty)
            let id = try #require(try await tenant.send(GraphRequest(.post, profiles, json: profileBody)).body?["id"]?.string)
            let place = "\(profiles)/\(id)"
            let cast = "\(place)/microsoft.graph.iosEasEmailProfileConfiguration/identityCertificate"
            for (request, reason) in [
                (GraphRequest(.patch, place, json: ["useOAuth": true]), "abstract class"), (GraphRequest(.patch, place, json: ["@odata.type": .string(type), "identityCertificate@odata.bind": "x"]), "Use $ref"),
                (GraphRequest(.put, "\(place)/identityCertificate/$ref", json: ["@odata.id": "x"]), "Resource not found for the segment"), (GraphRequest(.put, cast + "/$ref", json: ["id": "x"]), "A $ref is"),
                (GraphRequest(.get, profiles + "?$expand=identityCertificate"), "Could not find a property"), (GraphRequest(.get, profiles + "?$filter=x"), "Invalid filter"), (GraphRequest(.get, profiles + "?$fitler=x"), "not supported"),
                (GraphRequest(.post, place + "/assign", json: ["assignments": [["target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget"]]]]), "must be a GUID"),
                (GraphRequest(.post, place + "/assign", json: ["assignments": [["target": ["@odata.type": "#microsoft.graph.allDevicesAssignmentTarget", "groupId": .string(stranger)]]]]), "does not exist on type"),
                (GraphRequest(.get, "/groups/\(stranger)"), "does not exist"),
            ] {
                let error = await bench.error { _ = try await tenant.send(request) }
                #expect(error?.message.contains(reason) == true, "\(request): \(String(describing: error))")
            }
        }
    }

    @Test func limitsAndVisibility() async throws {
        let scenario = twoTenants { scenario in
            scenario.limits?.writes = 3
            scenario.visibilityDelay = 30
        }
        try await Bench.with(scenario, adjust: { settings, _ in settings.retrying.attempts = 1 }) { bench in
            let tenant = try bench.contosoTenant()
            for _ in 0..<3 { _ = try await tenant.send(GraphRequest(.post, profiles, json: profileBody)) }
            #expect(await bench.error { _ = try await tenant.send(GraphRequest(.post, profiles, json: profileBody)) }?.kind == .throttled)
            #expect(try await tenant.get(profiles).body?["value"]?.count == 0)
            bench.clock.advance(31)
            #expect(try await tenant.get(profiles).body?["value"]?.count == 3)
            #expect(try await tenant.send(GraphRequest(.post, profiles, json: profileBody)).status == 201)
        }
    }

    /// The program that scripts start: a scenario from a file, its address on the first line.
    @Test func theProgramServesAScenarioFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "easel-emulator-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scenario: JSON = [
            "tenants": [["id": .string(contoso), "apps": [["clientId": .string(appID), "secret": "s"]], "deviceConfigurations": [profileBody]]],
            "faults": [["effect": "answer", "status": 429, "headers": ["Retry-After": "1"], "path": "/beta/"]], "limits": .null, "pageSize": 5,
        ]
        try Data(scenario.compact.utf8).write(to: URL(filePath: folder + "/scenario.json"))
        let process = Process()
        // Beside the tests' own program.
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "graph-emulator")
        process.arguments = [folder + "/scenario.json"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        #expect(line.hasPrefix("http://127.0.0.1:"))
        func curl(_ arguments: String...) throws -> String { String(decoding: try Program.output(["/usr/bin/curl", "-sS"] + arguments), as: UTF8.self) }
        let answer = try curl("-d", "grant_type=client_credentials&client_id=\(appID)&client_secret=s&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default", "\(line)/\(contoso)/oauth2/v2.0/token")
        let token = try #require(JSONDocument(file: "", bytes: Array(answer.utf8)).root?["access_token"]?.string)
        let list = ["-H", "Authorization: Bearer \(token)", "\(line)/beta\(profiles)"]
        #expect(try curl(list[0], list[1], list[2]).contains("TooManyRequests") == false)
        #expect(try curl(list[0], list[1], list[2]).contains(#""displayName":"Staff mail""#))
        #expect(throws: ScenarioError.self) { try Scenario(file: "s.json", bytes: Array(#"{"fautls": []}"#.utf8)) }
    }
}
