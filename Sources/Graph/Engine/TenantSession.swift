import Basics
import JSONSource
import Profiles
import Synchronization

/// Everything that one tenant's requests share: its token, its limits, its places in the engine.
final class TenantSession: Sendable {
    let id: String
    let tenantID: String
    let cloud: Tenant.Cloud
    let credential: Credential
    let endpoints: Endpoints
    let tokens: TokenCache
    private let settings: GraphService.Settings
    private let transport: any Transport
    private let slots: Slots
    private let ownSlots: Slots
    private let throttle: Mutex<TenantThrottle>
    private let sending = Atomic(0)
    private var clock: GraphClock { settings.clock }

    init(
        id: String, tenantID: String, cloud: Tenant.Cloud, credential: Credential, endpoints: Endpoints, settings: GraphService.Settings, transport: any Transport, slots: Slots
    ) {
        (self.id, self.tenantID, self.cloud, self.credential, self.endpoints) = (id, tenantID, cloud, credential, endpoints)
        (self.settings, self.transport, self.slots) = (settings, transport, slots)
        ownSlots = Slots(settings.tenantConcurrency)
        throttle = Mutex(TenantThrottle(settings.limits, now: settings.clock.elapsed()))
        tokens = TokenCache(
            TokenFetcher(
                tenant: id, tenantID: tenantID, cloud: cloud, credential: credential, endpoints: endpoints, retrying: settings.retrying, clock: settings.clock,
                exchange: { call in try await slots.run { try await transport.exchange(call) } }))
    }

    /// What is known of a request from its attempts so far.
    private struct Course {
        var attempt = 1
        var hasRenewed = false
        /// An attempt had no answer, or one that leaves open what was done.
        var isUncertain = false
        let start: Double
    }

    func send(_ request: GraphRequest) async throws -> GraphResponse {
        guard request.hasSafePath, request.hasSafeHeaders, let url = ServiceURL(endpoints.graph.origin + "/beta" + request.path) else {
            throw GraphError(.badRequest, tenant: id, request: request, message: "its path or a header has characters that cannot be sent")
        }
        var course = Course(start: clock.elapsed())
        var token = try await tokens.token()
        while true {
            try stopIfCancelled(request, course)
            let decision: Retrying.Decision
            let failure: GraphError
            do {
                let answer = try await exchange(call(request, url, token), isWrite: request.isWrite)
                if answer.isSuccess { return try response(answer, to: request, course) }
                if answer.status == 401, !course.hasRenewed {
                    course.hasRenewed = true
                    token = try await tokens.token(insteadOf: token)
                    continue
                }
                decision = settings.retrying.after(answer, attempt: course.attempt, isRepeatable: request.isRepeatable, now: clock.now(), random: clock.random())
                if request.isWrite, answer.status >= 500, answer.status != 503 || answer.header("retry-after") == nil { course.isUncertain = true }
                failure = error(answer, to: request, course, token)
            } catch let error as TransportFailure {
                decision = settings.retrying.after(error, attempt: course.attempt, isRepeatable: request.isRepeatable, random: clock.random())
                if request.isWrite, error.mayHaveArrived { course.isUncertain = true }
                failure = self.error(error, to: request, course)
            }
            guard case .again(let seconds, let isPause) = decision, clock.elapsed() - course.start + seconds <= settings.retrying.patience else { throw failure }
            if isPause { throttle.withLock { $0.pause(until: clock.elapsed() + seconds) } }
            try await wait(seconds, request, course)
            course.attempt += 1
            token = try await tokens.token()
        }
    }

    // MARK: One attempt

    private func call(_ request: GraphRequest, _ url: ServiceURL, _ token: AccessToken) -> HTTPCall {
        var headers = [("Authorization", "Bearer \(token.secret.reveal())"), ("Accept", "application/json"), ("client-request-id", randomID())]
        if !request.body.isEmpty { headers.append(("Content-Type", "application/json")) }
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) { headers.append((name, value)) }
        if let approval = request.approval?.header { headers.append((approval.name, approval.value)) }
        return HTTPCall(method: request.method.rawValue, url: url, headers: headers, body: request.body, limit: settings.answerLimit)
    }

    /// Waits for the tenant's turn and sends. A write that has begun goes on when the task is cancelled, so that its answer is known.
    private func exchange(_ call: HTTPCall, isWrite: Bool) async throws -> HTTPAnswer {
        try await ownSlots.run {
            while let seconds = throttle.withLock({ $0.admit(isWrite: isWrite, now: clock.elapsed()) }) { try await clock.sleep(seconds) }
            return try await slots.run {
                try Task.checkCancellation()
                guard isWrite else { return try await transport.exchange(call) }
                sending.add(1, ordering: .relaxed)
                defer { sending.subtract(1, ordering: .relaxed) }
                return try await Task { [transport] in try await transport.exchange(call) }.value
            }
        }
    }

    /// Whether a write is under way.
    var isSending: Bool { sending.load(ordering: .relaxed) > 0 }

    // MARK: Between attempts

    private func wait(_ seconds: Double, _ request: GraphRequest, _ course: Course) async throws {
        do { try await clock.sleep(seconds) } catch is CancellationError { try stopIfCancelled(request, course, isCancelled: true) }
    }

    private func stopIfCancelled(_ request: GraphRequest, _ course: Course, isCancelled: Bool = Task.isCancelled) throws {
        guard isCancelled else { return }
        guard course.isUncertain else { throw CancellationError() }
        throw GraphError(.unavailable, tenant: id, request: request, message: "easel was stopped before an answer came", mayHaveHappened: true)
    }

    // MARK: Answers

    private func response(_ answer: HTTPAnswer, to request: GraphRequest, _ course: Course) throws -> GraphResponse {
        var bytes = answer.body
        // The numbers of $count come as text with a byte order mark.
        if answer.header("content-type")?.hasPrefix("text/plain") == true, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        let id = answer.requestID.map { shown($0, limit: 80) }
        let date = answer.header("date").flatMap(httpDate)
        guard !bytes.isEmpty else { return GraphResponse(status: answer.status, document: nil, requestID: id, date: date) }
        let document = JSONDocument(file: "\(endpoints.graph.host)/beta\(request.place)", bytes: bytes, limit: settings.answerLimit)
        guard document.isComplete, document.problems.isEmpty else {
            let problem = document.problems.first.map { "\($0.message) (\($0.code.rawValue), byte \($0.offset))" } ?? "it ends too early"
            throw GraphError(
                .badAnswer, tenant: self.id, request: request, status: answer.status, message: "the answer is not JSON: \(problem)", requestID: answer.requestID,
                help: "Check --graph-endpoint and the proxy: something other than Microsoft Graph may have answered", mayHaveHappened: request.isWrite)
        }
        return GraphResponse(status: answer.status, document: document, requestID: id, date: date)
    }

    private func error(_ answer: HTTPAnswer, to request: GraphRequest, _ course: Course, _ token: AccessToken) -> GraphError {
        let uncertain = course.isUncertain
        switch answer.status {
        case 300..<400:
            let target = answer.header("location").flatMap { ServiceURL($0)?.host }.map { " to \($0)" } ?? ""
            return GraphError(
                .redirected, tenant: id, request: request, status: answer.status, message: "the answer redirects\(target), and a token goes to no other address", requestID: answer.requestID,
                help: "Check --graph-endpoint and cloud in tenant.json", mayHaveHappened: uncertain)
        case 429:
            let asked = answer.header("retry-after").map { " (Retry-After: \(shown($0, limit: 40)))" } ?? ""
            return GraphError(
                .throttled, tenant: id, request: request, status: 429, message: "the tenant is throttled, after \(course.attempt) attempt\(course.attempt == 1 ? "" : "s")\(asked)", requestID: answer.requestID,
                help: "Other apps may use up the tenant's limit. Run again later", mayHaveHappened: uncertain)
        default:
            let safe = HTTPAnswer(status: answer.status, headers: answer.headers, body: Array(withoutSecrets(String(decoding: answer.body, as: UTF8.self), [token.secret]).utf8))
            let refusal = GraphError.refusal(safe, to: request, tenant: id)
            let isServer = answer.status >= 500 || answer.status == 408
            return GraphError(
                isServer ? .unavailable : refusal.kind, tenant: id, request: request, status: answer.status, code: refusal.code, message: refusal.message, requestID: refusal.requestID,
                help: isServer ? "Run again later; the service is in trouble" : refusal.help, mayHaveHappened: uncertain)
        }
    }

    private func error(_ failure: TransportFailure, to request: GraphRequest, _ course: Course) -> GraphError {
        let help =
            switch failure {
            case .untrusted: "Check --graph-endpoint, and give the issuer's certificate with --ca-file if the host is yours"
            case .tooLarge: "Check --graph-endpoint"
            case .notSent, .unanswered: "Check the network and the proxy, then run again"
            }
        let kind: GraphError.Kind = if case .tooLarge = failure { .badAnswer } else { .unavailable }
        return GraphError(kind, tenant: id, request: request, message: failure.reason, help: help, mayHaveHappened: course.isUncertain)
    }
}

extension TransportFailure {
    /// Whether the service may have seen the request.
    var mayHaveArrived: Bool {
        switch self {
        case .notSent, .untrusted: false
        case .unanswered, .tooLarge: true
        }
    }
}
