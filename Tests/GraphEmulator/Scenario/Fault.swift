/// Something that goes wrong with requests that match.
public struct Fault: Sendable {
    public enum Effect: Sendable {
        /// An answer in place of the service's own.
        case answer(status: Int, code: String = "", message: String = "", headers: [String: String] = [:])
        /// A body that is not what it should be.
        case body(String)
        /// The connection ends before anything is done.
        case resetBefore
        /// The request is executed, and the connection ends without an answer.
        case resetAfter
        /// The request is executed; so many bytes of the body are sent, then the connection ends.
        case cut(after: Int)
        /// The request is executed; seconds pass before each byte of the body.
        case drip(seconds: Double)
        /// Seconds pass before anything is done.
        case delay(seconds: Double)
        case redirect(to: String)
        /// The token is no longer valid.
        case expiredToken
    }

    public var effect: Effect
    /// A tenant's GUID; nil for all.
    public var tenant: String?
    public var method: String?
    /// A part of the path; nil for every one.
    public var path: String?
    /// How many matching requests pass first.
    public var after = 0
    /// How often it happens; nil for always.
    public var times: Int? = 1

    public init(_ effect: Effect, tenant: String? = nil, method: String? = nil, path: String? = nil, after: Int = 0, times: Int? = 1) {
        self.effect = effect
        self.tenant = tenant
        self.method = method
        self.path = path
        self.after = after
        self.times = times
    }

    func matches(tenant: String, method: String, path: String) -> Bool {
        (self.tenant == nil || self.tenant == tenant) && (self.method == nil || self.method == method) && (self.path == nil || path.contains(self.path ?? ""))
    }
}
