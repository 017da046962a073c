import Basics
import JSONSource
import Profiles

/// Why a request to Microsoft Graph has no usable answer.
///
/// Everything from the service is made harmless; tokens and secrets are never part of it.
public struct GraphError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// No token: the sign-in service refused, or could not be reached. The number is that of an AADSTS code.
        case signIn(code: Int?)
        /// The service's final word, with its status.
        case refused
        /// Multi Admin Approval: no failure.
        case approval(ApprovalState)
        /// Throttled until easel gave up.
        case throttled
        /// No answer, or 5xx, until easel gave up.
        case unavailable
        /// An answer that leads elsewhere: a token goes to no other host.
        case redirected
        /// An answer that cannot be used: too large, not JSON, a next page elsewhere.
        case badAnswer
        /// A request that easel does not send.
        case badRequest
    }

    public let kind: Kind
    /// The tenant id.
    public let tenant: String
    /// `GET /deviceManagement/deviceConfigurations`; nil for signing in.
    public let request: String?
    public let status: Int?
    /// The service's code: `Forbidden`, `BadRequest`, `AADSTS700016`.
    public let code: String?
    public let message: String
    public let requestID: String?
    /// What to do, as an order.
    public let help: String?
    /// Whether the service may have executed the write although no answer says so. Look before you send it again.
    public let mayHaveHappened: Bool

    init(
        _ kind: Kind, tenant: String, request: GraphRequest? = nil, status: Int? = nil, code: String? = nil, message: String, requestID: String? = nil,
        help: String? = nil, mayHaveHappened: Bool = false
    ) {
        self.kind = kind
        self.tenant = tenant
        self.request = request.map { "\($0.method.rawValue) \(shown($0.place))" }
        self.status = status
        self.code = code.map { shown($0, limit: 80) }
        self.message = shown(message)
        self.requestID = requestID.map { shown($0, limit: 80) }
        self.help = help
        self.mayHaveHappened = mayHaveHappened
    }

    public var description: String { help.map { "\(withoutHelp). \($0)" } ?? withoutHelp }

    /// What happened to the request, without the tenant and without what to do.
    var reason: String {
        let what = request.map { "\($0) failed" } ?? "signing in failed"
        let answer = [status.map(String.init), code].compactMap { $0 }.joined(separator: " ")
        return "\(what): \(answer.isEmpty ? "" : answer + ": ")\(message)\(requestID.map { " (request \($0))" } ?? "")"
    }

    /// The description without what to do, for a message that has its own place for that.
    public var withoutHelp: String {
        var text = "tenant \(tenant): \(reason)"
        if mayHaveHappened { text += ". The service may have executed it all the same" }
        return text
    }
}

extension GraphError {
    /// The error of an answer that is not 2xx.
    static func refusal(_ answer: HTTPAnswer, to request: GraphRequest, tenant: String) -> GraphError {
        let error = ServiceError(answer.body)
        let approval = ApprovalState(status: answer.status, header: answer.header(ApprovalState.codeHeader), code: error.code, message: error.message ?? "")
        if request.isWrite, let approval {
            return GraphError(
                .approval(approval), tenant: tenant, request: request, status: answer.status, code: error.code, message: approval.sentence, requestID: answer.requestID,
                help: approval.help)
        }
        let message = error.message.flatMap { $0.isEmpty ? nil : $0 } ?? "the service gives no reason"
        return GraphError(
            .refused, tenant: tenant, request: request, status: answer.status, code: error.code, message: message, requestID: answer.requestID ?? error.requestID,
            help: help(answer.status, request: request))
    }

    private static func help(_ status: Int, request: GraphRequest) -> String? {
        switch status {
        case 401: "The token was not accepted twice. Check the machine's clock, and that tenantId and cloud in tenant.json are right"
        case 403: Permission(request).help
        case 404: "It does not exist, or not any more"
        default: nil
        }
    }
}

extension ApprovalState {
    var sentence: String {
        switch self {
        case .needsJustification: "the tenant requires Multi Admin Approval, and the request brought no justification"
        case .requested(let code): "a second administrator must approve the change (approval request \(code))"
        case .alreadyRequested: "the same change already awaits approval"
        }
    }

    var help: String {
        switch self {
        case .needsJustification: "Send it with a justification"
        case .requested, .alreadyRequested: "Approve it in the Intune admin center: Tenant administration, Multi Admin Approval"
        }
    }
}

/// The error object in an answer of Graph: `{"error": {"code", "message", "innerError": {"request-id"}}}`.
struct ServiceError {
    private(set) var code: String?
    private(set) var message: String?
    private(set) var requestID: String?

    /// Intune puts a second JSON text into the message, with the part that people can read in "Message".
    init(_ body: [UInt8]) {
        let document = JSONDocument(file: "", bytes: body)
        guard document.isComplete, let error = document.root?["error"] else { return }
        code = error["code"]?.string
        requestID = (error["innerError"] ?? error["innererror"])?["request-id"]?.string
        message = error["message"]?.string
        guard let text = message, text.hasPrefix("{") else { return }
        let inner = JSONDocument(file: "", bytes: Array(text.utf8))
        if inner.isComplete, let readable = inner.root?["Message"]?.string { message = readable }
    }
}
