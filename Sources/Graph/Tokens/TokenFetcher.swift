import Basics
import Profiles

/// Gets a token for one tenant from its sign-in service.
struct TokenFetcher: Sendable {
    let tenant: String
    let tenantID: String
    let cloud: Tenant.Cloud
    let credential: Credential
    let endpoints: Endpoints
    let retrying: Retrying
    let clock: GraphClock
    let exchange: @Sendable (HTTPCall) async throws -> HTTPAnswer

    /// - Throws: `GraphError`, `CredentialError`, `FileError`, `CancellationError`.
    func fetch() async throws -> AccessToken {
        var attempt = 1
        let start = clock.elapsed()
        while true {
            let (again, error) = try await once(attempt)
            if let again, case .token(let token) = again { return token }
            guard let again, case .wait(let seconds) = again, clock.elapsed() - start + seconds <= retrying.patience else { throw error ?? failure(message: "no token came") }
            try await clock.sleep(seconds)
            attempt += 1
        }
    }

    private enum Step {
        case token(AccessToken)
        case wait(Double)
    }

    /// One attempt: a token, or how long to wait, or neither; and the error where it was the last.
    private func once(_ attempt: Int) async throws -> (Step?, (any Error)?) {
        let url = endpoints.tokenURL(tenantID: tenantID)
        guard let address = ServiceURL(url) else { throw failure(message: "the token endpoint's address cannot be used") }
        do {
            let proof = try await Assertions(exchange: exchange, clock: clock).proof(credential, audience: url, cloud: cloud)
            let fields = [("client_id", credential.clientID), ("scope", endpoints.resource + "/.default"), ("grant_type", "client_credentials")] + proof.fields
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
            let asked = clock.elapsed()
            let answer = try await exchange(HTTPCall(method: "POST", url: address, headers: headers, body: formBody(fields), limit: 1 << 20))
            guard !answer.isSuccess else { return (.token(try token(answer, asked: asked)), nil) }
            return refusal(answer, proof.secret, attempt)
        } catch let error as TransportFailure {
            let final = failure(.signIn(code: nil), message: error.reason, help: "Check the network, the proxy and --ca-file")
            guard case .again(let seconds, _) = retrying.after(error, attempt: attempt, isRepeatable: true, random: clock.random()) else { return (nil, final) }
            return (.wait(seconds), final)
        }
    }

    private func token(_ answer: HTTPAnswer, asked: Double) throws -> AccessToken {
        guard let token = AccessToken(answer.body, now: asked) else { throw failure(.badAnswer, message: "the sign-in service's answer is not a token", help: "Check AZURE_AUTHORITY_HOST") }
        // A sign-in service that answers for another tenant would let this tenant's changes go to that one.
        if let other = token.tenantID, other != tenantID { throw failure(.badAnswer, message: "the sign-in service's token is for tenant \(shown(other, limit: 40)), not \(tenantID)", help: "Check AZURE_AUTHORITY_HOST") }
        return token
    }

    private func refusal(_ answer: HTTPAnswer, _ secret: Secret, _ attempt: Int) -> (Step?, (any Error)?) {
        if (300..<400).contains(answer.status) {
            return (nil, failure(.redirected, status: answer.status, message: "the sign-in service redirects, and easel sends a credential to no other address", help: "Check AZURE_AUTHORITY_HOST and the proxy"))
        }
        let refusal = SignInRefusal(answer, secrets: [secret])
        let help = refusal.help(credential, consent: endpoints.consentURL(tenantID: tenantID, clientID: credential.clientID))
        let error = failure(.signIn(code: refusal.code), status: answer.status, code: refusal.code.map { "AADSTS\($0)" }, message: refusal.message, help: help)
        if refusal.meaning == .lasting, (400..<500).contains(answer.status), ![408, 429].contains(answer.status) { return (nil, error) }
        if refusal.meaning != .lasting { return (attempt < retrying.attempts ? .wait(retrying.pause(attempt + 1, clock.random())) : nil, error) }
        guard case .again(let seconds, _) = retrying.after(answer, attempt: attempt, isRepeatable: true, now: clock.now(), random: clock.random()) else { return (nil, error) }
        return (.wait(seconds), error)
    }

    private func failure(_ kind: GraphError.Kind = .signIn(code: nil), status: Int? = nil, code: String? = nil, message: String, help: String? = nil) -> GraphError {
        GraphError(kind, tenant: tenant, status: status, code: code, message: message, help: help)
    }
}
