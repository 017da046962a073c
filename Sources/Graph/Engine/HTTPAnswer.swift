/// What came back over HTTP.
struct HTTPAnswer: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    func header(_ name: String) -> String? { headers[name] }

    var requestID: String? { header("request-id") ?? header("x-ms-request-id") }
    var isSuccess: Bool { (200..<300).contains(status) }
}

/// What goes out over HTTP.
struct HTTPCall: Sendable {
    var method: String
    var url: ServiceURL
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Bytes that an answer may have.
    var limit = 32 << 20
}

/// Why there is no answer.
enum TransportFailure: Error, Sendable, Hashable {
    /// The request certainly did not reach the service. Another try cannot do it twice.
    case notSent(String)
    /// It may have reached the service.
    case unanswered(String)
    /// The host did not show a certificate that is trusted. Nothing was sent, and another try will not change that.
    case untrusted(String)
    /// The answer is larger than allowed.
    case tooLarge(Int)

    var reason: String {
        switch self {
        case .notSent(let reason), .unanswered(let reason): reason
        case .untrusted(let reason): "the host's certificate is not trusted (\(reason))"
        case .tooLarge(let limit): "the answer has more than \(limit) bytes"
        }
    }
}

/// Carries one call to its host and back: the network, or a test's stand-in for it.
protocol Transport: Sendable {
    /// - Throws: `TransportFailure`, or `CancellationError`.
    func exchange(_ call: HTTPCall) async throws -> HTTPAnswer
    func shutdown() async
}
