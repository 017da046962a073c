import Dispatch
import Glibc
import Time

/// Time as the engine needs it, so that tests wait for nothing.
public struct GraphClock: Sendable {
    /// Seconds since some moment; never goes back.
    public let elapsed: @Sendable () -> Double
    /// The time of day, for assertions and dates in `Retry-After`.
    public let now: @Sendable () -> Instant
    /// Waits this many seconds. Throws `CancellationError` when the task is cancelled.
    public let sleep: @Sendable (Double) async throws -> Void
    /// From 0 up to, and without, 1: spreads retries of many tenants.
    public let random: @Sendable () -> Double

    public init(
        elapsed: @escaping @Sendable () -> Double, now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Double) async throws -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.elapsed = elapsed
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    public static let system = GraphClock(
        elapsed: { Double(DispatchTime.now().uptimeNanoseconds) / 1_000_000_000 },
        now: { Instant(secondsSince1970: Int64(time(nil))) },
        sleep: { try await Task.sleep(nanoseconds: UInt64(max(0, min($0, 86_400)) * 1_000_000_000)) },
        random: { Double.random(in: 0..<1) })
}
