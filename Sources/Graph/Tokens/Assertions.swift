import Basics
import JSONSource
import Profiles

/// Gets what proves an app's identity to the token endpoint: a fresh one for each token.
struct Assertions: Sendable {
    let exchange: @Sendable (HTTPCall) async throws -> HTTPAnswer
    let clock: GraphClock

    /// The fields of the token request that hold the proof, and what in them is secret.
    ///
    /// - Parameter audience: of a client assertion: the token endpoint.
    /// - Throws: `CredentialError`, `FileError`, `TransportFailure`, `CancellationError`.
    func proof(_ credential: Credential, audience: String, cloud: Tenant.Cloud) async throws -> (fields: [(name: String, value: String)], secret: Secret) {
        let assertion: Secret
        switch credential.proof {
        case .secret(let secret): return ([("client_secret", secret.reveal())], secret)
        case .certificate(let path):
            let certificate = try ClientCertificate(pem: try readFile(path, limit: 1 << 20, followsLinks: true), path: path)
            let now = clock.now().secondsSince1970
            guard certificate.expires >= now else { throw CredentialError("the certificate in \(path) has expired", help: "Make a new one, and upload it to the app registration") }
            assertion = try await certificate.assertion(clientID: credential.clientID, audience: audience, now: now)
        case .federatedFile(let path):
            let text = fileText(try readFile(path, limit: 1 << 16, followsLinks: true))
            assertion = try Self.checked(text, from: path)
        case .gitHub(let url, let token):
            let separator = url.contains("?") ? "&" : "?"
            assertion = try await ask("GET", url + "\(separator)audience=\(formEncoded(Self.audience(cloud)))", token, key: "value", name: "ACTIONS_ID_TOKEN_REQUEST_URL", headers: [])
        case .azurePipelines(let url, let token, let connection):
            let base = url.hasSuffix("/") ? String(url.dropLast()) : url
            assertion = try await ask(
                "POST", "\(base)?api-version=7.1&serviceConnectionId=\(formEncoded(connection))", token, key: "oidcToken", name: "SYSTEM_OIDCREQUESTURI",
                // Without it the service answers with the page for people to sign in.
                headers: [("X-TFS-FedAuthRedirect", "Suppress"), ("Content-Type", "application/json")])
        }
        return ([("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion.reveal())], assertion)
    }

    /// The audience of a federated token: "Workload identity federation", national clouds.
    static func audience(_ cloud: Tenant.Cloud) -> String {
        switch cloud {
        case .global: "api://AzureADTokenExchange"
        case .usGov, .usGovDoD: "api://AzureADTokenExchangeUSGov"
        case .china: "api://AzureADTokenExchangeChina"
        }
    }

    private func ask(_ method: String, _ address: String, _ token: Secret, key: String, name: String, headers: [(name: String, value: String)]) async throws -> Secret {
        guard let url = ServiceURL(address), headerValue(token.reveal()) != nil else { throw CredentialError("\(name) or its token cannot be used", help: "Let the pipeline set them") }
        let all = [("Authorization", "Bearer \(token.reveal())"), ("Accept", "application/json")] + headers
        let answer = try await exchange(HTTPCall(method: method, url: url, headers: all, limit: 1 << 20))
        guard answer.isSuccess else {
            throw CredentialError("the pipeline's token service answered with status \(answer.status)", help: answer.status == 401 || answer.status == 403 ? "Check the job's permission to ask for tokens, and the service connection" : "Run the job again")
        }
        let document = JSONDocument(file: "token", bytes: answer.body)
        return try Self.checked((document.isComplete ? document.root?[name: key]?.string : nil) ?? "", from: "the answer of the pipeline's token service")
    }

    private static func checked(_ text: String, from place: String) throws -> Secret {
        guard text.split(separator: ".", omittingEmptySubsequences: false).count == 3, text.utf8.allSatisfy({ isAlphanumeric($0) || "-_.=".utf8.contains($0) }) else {
            throw CredentialError("\(place) has no token", help: "It must have one JSON web token and nothing else")
        }
        return Secret(text)
    }
}
