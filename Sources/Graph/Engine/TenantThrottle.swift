/// When the next request of one tenant may go out: its token buckets, and the time that the service asked it to wait.
struct TenantThrottle: Sendable {
    private var requests: TokenBucket
    private var writes: TokenBucket
    private var pausedUntil = -Double.infinity

    init(_ limits: ThrottleLimits, now: Double) {
        requests = TokenBucket(limit: limits.requests, window: limits.window, burst: limits.requestBurst, now: now)
        writes = TokenBucket(limit: limits.writes, window: limits.window, burst: limits.writeBurst, now: now)
    }

    /// Nil when the request may go out now, else the seconds to wait before asking again.
    mutating func admit(isWrite: Bool, now: Double) -> Double? {
        if now < pausedUntil { return pausedUntil - now }
        if let wait = requests.take(now: now) { return wait }
        if isWrite, let wait = writes.take(now: now) {
            requests.giveBack()
            return wait
        }
        return nil
    }

    /// The service asked to wait: that holds for everything that goes to it for this tenant.
    mutating func pause(until moment: Double) { pausedUntil = max(pausedUntil, moment) }
}
