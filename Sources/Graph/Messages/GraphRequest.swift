import Basics
import JSONSource

/// One request to Microsoft Graph, without host, token and tenant: those belong to the `GraphTenant` that sends it.
public struct GraphRequest: Sendable, Hashable {
    public enum Method: String, Sendable, Hashable { case get = "GET", post = "POST", patch = "PATCH", put = "PUT", delete = "DELETE" }

    public let method: Method
    /// Below `/beta`, with a leading slash, percent-encoded: `/deviceManagement/deviceConfigurations?$top=100`.
    public let path: String
    /// JSON; empty for none.
    public var body: [UInt8]
    public var headers: [String: String] = [:]
    /// Whether it may be sent again when nobody knows whether the service has executed it: the second time changes nothing.
    ///
    /// True for GET, PUT and DELETE, and for a PATCH, which sets explicit values. A POST creates; only `/assign`, which replaces a list,
    /// may be told to be repeatable.
    public var isRepeatable: Bool
    /// The state of Multi Admin Approval: what the request brings along.
    public var approval: Approval?

    public enum Approval: Sendable, Hashable {
        /// Why the change is made: asks for approval where the tenant requires one.
        case justification(String)
        /// The code of an earlier answer: executes what was approved. Method, address and body must be those of that request.
        case code(String)
    }

    public init(_ method: Method, _ path: String, body: [UInt8] = [], headers: [String: String] = [:], isRepeatable: Bool? = nil, approval: Approval? = nil) {
        self.method = method
        self.path = path
        self.body = body
        self.headers = headers
        self.isRepeatable = isRepeatable ?? (method != .post)
        self.approval = approval
    }

    public init(_ method: Method, _ path: String, json: JSON, isRepeatable: Bool? = nil, approval: Approval? = nil) {
        var writer = JSONWriter(style: .compact)
        writer.value(json)
        self.init(method, path, body: writer.finish(), isRepeatable: isRepeatable, approval: approval)
    }

    public var isWrite: Bool { method != .get }

    /// The path without its query, for messages.
    var place: String { String(path.prefix { $0 != "?" }) }

    /// Whether no header can begin another one, and none takes the place of the token.
    var hasSafeHeaders: Bool {
        let approval = approval.map { [$0.header.name: $0.header.value] } ?? [:]
        return headers.merging(approval) { $1 }.allSatisfy { name, value in
            !name.isEmpty && name.lowercased() != "authorization" && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") } && headerValue(value) != nil
        }
    }

    /// Whether the path stays below `/beta` of the host that it is sent to.
    var hasSafePath: Bool {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"<>"\^`{|}#"#.utf8.contains($0) }) else { return false }
        return !place.lowercased().split(separator: "/", omittingEmptySubsequences: false).dropFirst().contains { part in
            part.isEmpty || [".", "..", "%2e", "%2e%2e", ".%2e", "%2e."].contains(part) || part.contains("%2f") || part.contains("%5c")
        }
    }
}

extension GraphRequest.Approval {
    /// The header that carries it. A justification goes in base64.
    var header: (name: String, value: String) {
        switch self {
        case .justification(let text): ("x-msft-approval-justification", base64(text))
        case .code(let code): (ApprovalState.codeHeader, code)
        }
    }
}
