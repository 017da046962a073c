import Basics
import Time

/// Decides whether a request is sent again, and when: pure functions of what happened.
public struct Retrying: Sendable, Hashable {
    /// How often a request is sent at most.
    public var attempts: Int
    /// Seconds before the second attempt, doubled each time.
    public var base: Double
    /// Seconds at most between two attempts, where the service does not say.
    public var longest: Double
    /// Seconds at most that the service may ask to wait. One that asks for more is not waited for.
    public var longestAsked: Double

    /// Seconds after which a request is given up rather than waited for again.
    public var patience: Double

    public init(attempts: Int = 6, base: Double = 1, longest: Double = 30, longestAsked: Double = 300, patience: Double = 600) {
        self.attempts = attempts
        self.base = base
        self.longest = longest
        self.longestAsked = longestAsked
        self.patience = patience
    }

    enum Decision: Equatable {
        /// - Parameter isPause: whether the service asked for it, which holds for all requests of the tenant.
        case again(after: Double, isPause: Bool)
        case giveUp
    }

    /// After an answer.
    ///
    /// 429 says that nothing was done, and so does 503 with `Retry-After`: anything may be sent again. Any other 5xx leaves open what was
    /// done: only what is repeatable is sent again.
    func after(_ answer: HTTPAnswer, attempt: Int, isRepeatable: Bool, now: Instant, random: Double) -> Decision {
        let asked = Self.retryAfter(answer.header("retry-after"), now: now)
        switch answer.status {
        case 429, 503, 504:
            guard attempt < attempts, isRepeatable || answer.status == 429 || (answer.status == 503 && asked != nil) else { return .giveUp }
            guard let asked else { return .again(after: pause(attempt, random), isPause: answer.status == 429) }
            // A little more than asked, so that a thousand tenants do not come back in one moment.
            return asked <= longestAsked ? .again(after: asked + random, isPause: true) : .giveUp
        case 500, 502, 408: return attempt < attempts && isRepeatable ? .again(after: pause(attempt, random), isPause: false) : .giveUp
        default: return .giveUp
        }
    }

    /// After no answer.
    func after(_ failure: TransportFailure, attempt: Int, isRepeatable: Bool, random: Double) -> Decision {
        let isSafe: Bool =
            switch failure {
            case .notSent: true
            case .unanswered: isRepeatable
            case .untrusted, .tooLarge: false
            }
        return attempt < attempts && isSafe ? .again(after: pause(attempt, random), isPause: false) : .giveUp
    }

    /// Exponential, with half of it left to chance.
    func pause(_ attempt: Int, _ random: Double) -> Double {
        var pause = base
        for _ in 1..<max(1, attempt) where pause < longest { pause *= 2 }
        return min(pause, longest) * (0.5 + random / 2)
    }

    /// Seconds from a `Retry-After` header: a number, or a date of RFC 9110 (`Sun, 06 Nov 1994 08:49:37 GMT`). Nil for anything else.
    static func retryAfter(_ value: String?, now: Instant) -> Double? {
        guard let value = value?.trimmingSpaces, !value.isEmpty else { return nil }
        if value.utf8.allSatisfy(isDigit) { return Double(value) }
        guard let moment = httpDate(value) else { return nil }
        return Double(max(0, moment.secondsSince1970 - now.secondsSince1970))
    }
}

/// A moment as HTTP's headers write it (RFC 9110): `Sun, 06 Nov 1994 08:49:37 GMT`. Nil for anything else.
func httpDate(_ text: String) -> Instant? {
    let parts = text.trimmingSpaces.split(separator: " ").map(String.init)
    guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", parts[1].count == 2, parts[3].count == 4,
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].firstIndex(of: parts[2])
    else { return nil }
    return Instant("\(parts[3])-\(padded(month + 1, 2))-\(parts[1])T\(parts[4])Z")
}
