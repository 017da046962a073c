import Glibc
import HTTPTypes
import Hummingbird
import JSONSource
import NIOCore

func clockOfDay() -> Int { Glibc.time(nil) }

/// The connection ends here.
private struct Broken: Error {}

extension GraphEmulator {
    /// What a request is about, before anything is done.
    private struct Incoming: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: [UInt8]
        /// The tenant, where the path or the token says so.
        let tenant: String
        let token: TokenService.Issued?
        let isToken: Bool
    }

    func respond(_ request: Request, _ channel: any Channel) async throws -> Response {
        let buffer = try await request.body.collect(upTo: 8 << 20)
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let incoming = identify(request.method.rawValue, request.head.path ?? "/", headers, Array(buffer: buffer))
        let effect = state.withLock { $0.fault(tenant: incoming.tenant, method: incoming.method, path: incoming.path) }
        var lastly: Fault.Effect?
        switch effect {
        case .resetBefore?:
            note(incoming, 0)
            try await channel.close()
            throw Broken()
        case .answer(let status, _, let message, let extra)? where incoming.isToken:
            return response(Answer(status: status, headers: extra, body: ["error": "invalid_request", "error_description": .string(message)]), incoming)
        case .answer(let status, let code, let message, let extra)?:
            return response(Refusal(status, code, message, headers: extra).answer(requestID: randomGUID()), incoming)
        case .body(let text)?: return response(Answer(status: 200, headers: ["Content-Type": "application/json"], text: text), incoming)
        case .redirect(let target)?: return response(Answer(status: 302, headers: ["Location": target]), incoming)
        case .expiredToken?: return response(Self.expired.answer(requestID: randomGUID()), incoming)
        case .delay(let seconds)?: try await Task.sleep(for: .seconds(seconds))
        case .resetAfter?, .cut?, .drip?: lastly = effect
        case nil: break
        }
        let latency = state.withLock { $0.scenario.latency }
        if latency > 0, !incoming.isToken { try await Task.sleep(for: .seconds(latency)) }
        let answer = execute(incoming)
        switch lastly {
        case .resetAfter?:
            note(incoming, 0)
            try await channel.close()
            throw Broken()
        case .cut(let count)?: return broken(answer, incoming) { bytes, writer in
            try await writer.write(ByteBuffer(bytes: bytes.prefix(count)))
            try await channel.close()
            throw Broken()
        }
        case .drip(let seconds)?: return broken(answer, incoming) { bytes, writer in
            for byte in bytes {
                try await writer.write(ByteBuffer(bytes: [byte]))
                try await Task.sleep(for: .seconds(seconds))
            }
            try await writer.finish(nil)
        }
        default: return response(answer, incoming)
        }
    }

    private static let expired = Refusal(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")

    // MARK: What it is about

    private func identify(_ method: String, _ path: String, _ headers: [String: String], _ body: [UInt8]) -> Incoming {
        if let match = path.wholeMatch(of: /\/([^\/]+)\/oauth2\/v2\.0\/token/) {
            return Incoming(method: method, path: path, headers: headers, body: body, tenant: match.output.1.lowercased(), token: nil, isToken: true)
        }
        let bearer = headers["authorization"].flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
        let token = state.withLock { state in bearer.flatMap { state.tokens[$0] } }
        return Incoming(method: method, path: path, headers: headers, body: body, tenant: token?.issued.tenant ?? "", token: token.flatMap { $0.expires > time ? $0.issued : nil }, isToken: false)
    }

    // MARK: What is done

    private func execute(_ incoming: Incoming) -> Answer {
        if incoming.isToken { return giveToken(incoming) }
        if incoming.path.hasPrefix("/oidc/") { return giveFederatedToken(incoming) }
        do throws(Refusal) { return try graph(incoming) } catch { return error.answer(requestID: randomGUID()) }
    }

    private func giveToken(_ incoming: Incoming) -> Answer {
        guard incoming.method == "POST", incoming.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true else { return Answer(status: 405) }
        let form = formFields(String(decoding: incoming.body, as: UTF8.self))
        return state.withLock { state in
            do throws(TokenService.Problem) {
                let issued = try tokenService(state).issue(tenant: incoming.tenant, form: form, usedIDs: &state.usedIDs)
                state.tokens[issued.token] = (issued, time + Double(state.scenario.tokenLifetime))
                return .json(["token_type": "Bearer", "expires_in": .integer(state.scenario.tokenLifetime), "ext_expires_in": .integer(state.scenario.tokenLifetime), "access_token": .string(issued.token)])
            } catch { return error.answer }
        }
    }

    /// GitHub: GET with an audience. Azure DevOps: POST with a version and a connection.
    private func giveFederatedToken(_ incoming: Incoming) -> Answer {
        guard incoming.headers["authorization"] == "Bearer \(Self.oidcToken)" else { return Answer(status: 401) }
        let fields = formFields(incoming.path.drop { $0 != "?" }.dropFirst())
        switch (incoming.method, incoming.path.prefix { $0 != "?" }) {
        case ("GET", "/oidc/github"): return .json(["value": .string(federatedToken(subject: "repo:contoso/config:ref:refs/heads/main", audience: fields["audience"] ?? "https://github.com/contoso"))])
        case ("POST", "/oidc/azure") where fields["api-version"] == "7.1" && fields["serviceConnectionId"] != nil:
            return .json(["oidcToken": .string(federatedToken(subject: "sc://contoso/\(fields["serviceConnectionId"] ?? "")"))])
        default: return Answer(status: 400)
        }
    }

    private func graph(_ incoming: Incoming) throws(Refusal) -> Answer {
        guard let token = incoming.token else {
            throw incoming.headers["authorization"] == nil ? Refusal(401, "InvalidAuthenticationToken", "Access token is empty.") : Self.expired
        }
        let path = String(incoming.path.prefix { $0 != "?" })
        guard path.hasPrefix("/beta/"), let parts = Query.parts(String(path.dropFirst("/beta".count))) else { throw .badRequest("Invalid version: only /beta is here.") }
        var body: JSON?
        if !incoming.body.isEmpty {
            guard incoming.headers["content-type"]?.hasPrefix("application/json") == true else { throw Refusal(415, "UnsupportedMediaType", "A JSON body is expected.") }
            let document = JSONDocument(file: "body", bytes: incoming.body)
            guard document.problems.isEmpty, let root = document.root else { throw .badRequest("Unable to read JSON request payload.") }
            body = root.plain
        }
        let query = Query(
            method: incoming.method, parts: parts, options: formFields(incoming.path.drop { $0 != "?" }.dropFirst()), headers: incoming.headers, body: body, path: incoming.path,
            origin: url, time: time, now: now)
        let result: Result<Answer, Refusal> = state.withLock { state in
            do throws(Refusal) {
                if let seconds = state.throttle(token.tenant + " " + token.clientID, isWrite: query.isWrite, time: query.time) {
                    throw Refusal(429, "TooManyRequests", "Too many requests.", headers: ["Retry-After": String(seconds)])
                }
                guard var tenant = state.tenants[token.tenant] else { throw .notFound(token.tenant) }
                defer { state.tenants[token.tenant] = tenant }
                return .success(try GraphAPI(scenario: state.scenario, permissions: token.permissions).answer(query, &tenant))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    // MARK: What goes back

    private func note(_ incoming: Incoming, _ status: Int) {
        let entry = LoggedRequest(tenant: incoming.tenant, method: incoming.method, path: incoming.path, status: status, isToken: incoming.isToken, time: time)
        state.withLock { $0.log.append(entry) }
    }

    private func head(_ answer: Answer) -> HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = answer.body == nil ? nil : "application/json;odata.metadata=minimal"
        for (name, value) in answer.headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        if let name = HTTPField.Name("request-id") { fields[name] = randomGUID() }
        return fields
    }

    private func bytes(_ answer: Answer) -> [UInt8] { Array((answer.text ?? answer.body?.compact ?? "").utf8) }

    private func response(_ answer: Answer, _ incoming: Incoming) -> Response {
        note(incoming, answer.status)
        return Response(status: .init(code: answer.status), headers: head(answer), body: .init(byteBuffer: ByteBuffer(bytes: bytes(answer))))
    }

    private func broken(_ answer: Answer, _ incoming: Incoming, _ write: @escaping @Sendable ([UInt8], inout any ResponseBodyWriter) async throws -> Void) -> Response {
        note(incoming, 0)
        let bytes = bytes(answer)
        return Response(status: .init(code: answer.status), headers: head(answer), body: ResponseBody(contentLength: bytes.count) { writer in try await write(bytes, &writer) })
    }
}
