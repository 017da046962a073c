/// A token bucket: how many requests may go out, as a pure value that is told the time.
///
/// In any `window` seconds it lets at most `limit` requests through: a burst of a part of them at once, the others evenly.
public struct TokenBucket: Sendable, Hashable {
    private let capacity: Double
    private let rate: Double
    private var tokens: Double
    private var last: Double

    /// - Parameters:
    ///   - limit: requests in any `window` seconds; more than 0.
    ///   - burst: of those, how many may go out at once.
    ///   - now: seconds.
    public init(limit: Int, window: Double, burst: Int, now: Double) {
        capacity = Double(max(1, min(burst, limit)))
        rate = max(Double(limit) - capacity, 1) / window
        tokens = capacity
        last = now
    }

    /// Takes a token if there is one.
    ///
    /// - Returns: nil when it was taken, else the seconds until there is one.
    public mutating func take(now: Double) -> Double? {
        refill(now)
        // Sums of fractions may miss the whole number by a hair.
        guard tokens < 1 - 1e-9 else {
            tokens -= 1
            return nil
        }
        return (1 - tokens) / rate
    }

    /// Gives a token back that was not used.
    mutating func giveBack() { tokens = min(capacity, tokens + 1) }

    private mutating func refill(_ now: Double) {
        guard now > last else { return }
        tokens = min(capacity, tokens + (now - last) * rate)
        last = now
    }
}

/// Intune's documented limits for one app in one tenant, and how far below them easel stays.
///
/// "Microsoft Graph service-specific throttling limits", Intune: 100 writes and 1,000 requests in 20 seconds for an app in a tenant.
public struct ThrottleLimits: Sendable, Hashable {
    public var window: Double
    public var requests: Int
    public var requestBurst: Int
    public var writes: Int
    public var writeBurst: Int

    public init(window: Double, requests: Int, requestBurst: Int, writes: Int, writeBurst: Int) {
        self.window = window
        self.requests = requests
        self.requestBurst = requestBurst
        self.writes = writes
        self.writeBurst = writeBurst
    }

    public static let intune = ThrottleLimits(window: 20, requests: 950, requestBurst: 150, writes: 95, writeBurst: 15)
}
