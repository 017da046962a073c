import Basics
import Foundation
import GraphEmulator
import JSONSource
import Testing

@testable import Graph

/// Tokens by each kind of credential, and what a refusal says.
@Suite struct TokenTests {
    private func scenario(_ adjust: (inout EmulatedApp) -> Void) -> Scenario {
        twoTenants { adjust(&$0.tenants[0].apps[0]) }
    }

    @Test func byCertificate() async throws {
        let certificates = try Certificates.shared.get()
        let scenario = scenario { $0.certificates = [certificates.appCertificate] }
        try await Bench.with(scenario, environment: ["AZURE_CLIENT_ID": appID, "AZURE_CLIENT_CERTIFICATE_PATH": certificates.appFile]) { bench in
            let status = try await bench.contosoTenant().get(profiles).status
            #expect(status == 200)
        }
        try await Bench.with(scenario, environment: ["AZURE_CLIENT_ID": appID, "AZURE_CLIENT_CERTIFICATE_PATH": certificates.strangerFile]) { bench in
            let error = await bench.error { try await bench.contosoTenant().signIn() }
            #expect(error?.kind == .signIn(code: 700027) && error?.help?.contains("Upload it") == true && bench.tokens.count == 1)
        }
    }

    /// The file is read anew for each token.
    @Test func byTokenFile() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "easel-token-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await Bench.with(
            scenario { $0.federated = ("system:serviceaccount:easel", "api://AzureADTokenExchange") }, environment: ["AZURE_CLIENT_ID": appID, "AZURE_FEDERATED_TOKEN_FILE": file]
        ) { bench in
            let tenant = try bench.contosoTenant()
            await #expect(throws: (any Error).self) { try await tenant.signIn() }
            try Data((bench.emulator.federatedToken(subject: "system:serviceaccount:easel") + "\n").utf8).write(to: URL(filePath: file))
            #expect(try await tenant.get(profiles).status == 200)
            bench.clock.advance(3600)
            // The old assertion is out of time now: tried again, explained.
            let error = await bench.error { _ = try await tenant.get(profiles) }
            #expect(error?.kind == .signIn(code: 700024) && error?.help?.contains("clock") == true && bench.tokens.count == 7)
            #expect(bench.clock.slept.count == 5)
        }
    }

    /// The federation may be minutes old: what is refused today is accepted in a moment, with a fresh assertion.
    @Test func byGitHub() async throws {
        try await Bench.with(
            scenario { $0.federated = ("repo:contoso/config:ref:refs/heads/main", "api://AzureADTokenExchange") }, environment: [:],
            adjust: { settings, emulator in
                settings.environment["AZURE_CLIENT_ID"] = appID
                settings.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = emulator.url + "/oidc/github?x=1"
                settings.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = GraphEmulator.oidcToken
                emulator.add(Fault(.answer(status: 400, message: "AADSTS70021: No matching federated identity record found"), path: "oauth2"))
            }
        ) { bench in
            bench.emulator.clearLog()
            let status = try await bench.contosoTenant().get(profiles).status
            #expect(status == 200)
            #expect(bench.emulator.log.filter { $0.path.hasPrefix("/oidc/github?x=1&audience=api%3A%2F%2FAzureADTokenExchange") }.count >= 1)
        }
    }

    @Test func byAzureDevOps() async throws {
        let connection = "66666666-6666-4666-8666-666666666666"
        try await Bench.with(
            scenario { $0.federated = ("sc://contoso/" + connection, "api://AzureADTokenExchange") }, environment: [:],
            adjust: { settings, emulator in
                settings.environment["AZURE_CLIENT_ID"] = appID
                settings.environment["SYSTEM_OIDCREQUESTURI"] = emulator.url + "/oidc/azure"
                settings.environment["SYSTEM_ACCESSTOKEN"] = GraphEmulator.oidcToken
                settings.environment["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"] = connection
            }
        ) { bench in
            let status = try await bench.contosoTenant().get(profiles).status
            #expect(status == 200) }
    }

    /// Each tenant its own secret, in folders as Kubernetes mounts them, and each request its own tenant's token.
    @Test func byFoldersAndApart() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "easel-credentials-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (tenant, secret) in [("contoso", contosoSecret), ("fabrikam", fabrikamSecret)] {
            let real = "\(folder)/\(tenant)/..data"
            try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: true)
            for (name, text) in [("client-id", appID + "\n"), ("client-secret", secret + "\n")] {
                try Data(text.utf8).write(to: URL(filePath: "\(real)/\(name)"))
                try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(tenant)/\(name)", withDestinationPath: "..data/\(name)")
            }
        }
        try await Bench.with(environment: [:], adjust: { settings, _ in settings.credentials = folder }) { bench in
            let one = try bench.contosoTenant()
            let two = try bench.service.tenant("fabrikam", tenantID: fabrikam, cloud: .global)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask { _ = try await (number % 2 == 0 ? one : two).get(profiles + (number % 2 == 0 ? "?$top=1" : "?$top=2")) }
                }
                try await group.waitForAll()
            }
            // The emulator knows the tenant by the token, the test by what was asked.
            #expect(bench.asked.count == 40 && bench.asked.allSatisfy { $0.tenant == ($0.path.hasSuffix("=1") ? contoso : fabrikam) })
            #expect(throws: CredentialError.self) { try bench.service.tenant("northwind", tenantID: contoso, cloud: .global) }
        }
    }

    /// A sign-in service that answers with another tenant's token does not get its requests.
    @Test func aTokenOfAnotherTenantIsNotUsed() async throws {
        try await Bench.with { bench in
            let claims = Graph.base64URL(Array(#"{"tid":"\#(fabrikam)"}"#.utf8))
            bench.emulator.add(Fault(.body(#"{"token_type":"Bearer","expires_in":3599,"access_token":"e30.\#(claims).c2ln"}"#), path: "oauth2"))
            let error = await bench.error { _ = try await bench.contosoTenant().get(profiles) }
            #expect(error?.message.contains("is for tenant \(fabrikam)") == true && bench.asked.isEmpty)
        }
    }

    @Test func refusalsSayWhatToDo() async throws {
        try await Bench.with(scenario { $0.hasConsent = false }) { bench in
            let tenant = try bench.contosoTenant()
            let error = await bench.error { _ = try await tenant.get(profiles) }
            #expect(error?.kind == .signIn(code: 700016) && error?.help?.contains("\(bench.emulator.url)/\(contoso)/adminconsent?client_id=\(appID)") == true)
            #expect(error?.message.contains("Trace ID") == false)
            // It is not asked again for each of the tenant's requests.
            await #expect(throws: GraphError.self) { _ = try await tenant.get(profiles) }
            #expect(bench.tokens.count == 1)
            let unknown = try bench.service.tenant("northwind", tenantID: "77777777-7777-4777-8777-777777777777", cloud: .global)
            #expect(await bench.error { try await unknown.signIn() }?.kind == .signIn(code: 90002))
        }
    }

    /// No secret, assertion or token in any error, whatever a server sends back.
    @Test func secretsStaySecret() async throws {
        try await Bench.with(environment: ["AZURE_CLIENT_ID": appID, "AZURE_CLIENT_SECRET": "wr0ng=" + contosoSecret]) { bench in
            let wrong = Secret("wr0ng=" + contosoSecret)
            let tenant = try bench.contosoTenant()
            bench.emulator.add(Fault(.answer(status: 400, message: "AADSTS7000215: got '\(wrong.reveal())' \u{1B}[31m ##vso[task.setvariable]"), path: "oauth2"))
            var texts: [String] = []
            let error = await bench.error { try await tenant.signIn() }
            #expect(error?.message.contains("[secret]") == true)
            var dumped = ""
            dump(tenant.credential, to: &dumped)
            texts += ["\(String(describing: error))", "\(error?.description ?? "")", "\(tenant.credential)", dumped, String(reflecting: tenant.credential), tenant.credential.summary, "\([wrong])"]
            for text in texts { #expect(!text.contains("wr0ng") && !text.contains(contosoSecret) && !text.contains("\u{1B}") && !text.contains("##vso["), "\(text)") }
        }
        try await Bench.with { bench in
            let tenant = try bench.contosoTenant()
            try await tenant.signIn()
            let token = try await tenant.session.tokens.token().secret.reveal()
            bench.emulator.add(Fault(.answer(status: 400, code: "BadRequest", message: "you sent Bearer \(token)"), path: "/beta/"))
            let error = await bench.error { _ = try await tenant.get(profiles) }
            #expect(error?.message == "you sent Bearer [secret]" && !"\(String(reflecting: error))".contains(token))
        }
    }
}
