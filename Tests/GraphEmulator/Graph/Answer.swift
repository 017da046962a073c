import JSONSource

/// What the service answers.
struct Answer {
    var status: Int
    var headers: [String: String] = [:]
    var body: JSON?
    /// In place of `body`, for what is not JSON.
    var text: String?

    static func json(_ body: JSON, status: Int = 200) -> Answer { Answer(status: status, body: body) }
    static let noContent = Answer(status: 204)
}

/// An error as Graph words it.
struct Refusal: Error {
    var status: Int
    var code: String
    var message: String
    var headers: [String: String] = [:]

    init(_ status: Int, _ code: String, _ message: String, headers: [String: String] = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    static func badRequest(_ message: String) -> Refusal { Refusal(400, "BadRequest", message) }
    static func notFound(_ what: String) -> Refusal { Refusal(404, "ResourceNotFound", "Resource '\(what)' does not exist or one of its queried reference-property objects are not present.") }

    /// What Intune finds wrong itself comes as JSON in the message.
    static func intune(_ message: String) -> Refusal {
        let inner: JSON = ["_version": 3, "Message": .string(message), "CustomApiErrorPhrase": "", "RetryAfter": .null, "ErrorSourceService": "", "HttpHeaders": "{}"]
        return Refusal(400, "BadRequest", inner.compact)
    }

    func answer(requestID: String) -> Answer {
        let inner: JSON = ["date": "2026-11-26T12:00:00", "request-id": .string(requestID), "client-request-id": .string(requestID)]
        return Answer(status: status, headers: headers, body: ["error": ["code": .string(code), "message": .string(message), "innerError": inner]])
    }
}
