import Glibc
import Time

/// When the run began, for the report's `run` object.
struct Clock: Sendable {
    private let monotonic: Int64
    let startedAt: String

    static func now() -> Clock {
        Clock(monotonic: milliseconds(CLOCK_MONOTONIC), startedAt: Instant(secondsSince1970: milliseconds(CLOCK_REALTIME) / 1000).description)
    }

    /// Milliseconds since then.
    var elapsed: Int { Int(Self.milliseconds(CLOCK_MONOTONIC) - monotonic) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
