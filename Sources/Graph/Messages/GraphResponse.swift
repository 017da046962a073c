import Basics
import JSONSource
import Time

/// An answer of Microsoft Graph with a status of 2xx.
public struct GraphResponse: Sendable {
    public let status: Int
    /// The body, read by the strict parser; nil where there is none.
    public let document: JSONDocument?
    /// The service's id of the request, for its support; made harmless.
    public let requestID: String?
    /// The service's clock when it answered; nil where it does not say.
    public let date: Instant?

    public var body: JSONValue? { document?.root }
}

func base64(_ text: String) -> String { Base64.text(text.utf8) }

/// A short text of somebody else's, made harmless for a message.
func shown(_ text: String, limit: Int = 400) -> String {
    harmless(text.count > limit ? text.prefix(limit) + "…" : text)
}

/// A header value that can be sent: printable ASCII. Nil for anything else.
func headerValue(_ text: String) -> String? { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : nil }
