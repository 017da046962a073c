import Glibc

/// When a run began, and how long ago, for the report's `run` object.
public struct StopWatch: Sendable {
    /// Also counts the time in which the machine was suspended: claims on tenants end meanwhile.
    private let boot: Int64
    /// RFC 3339.
    public let startedAt: String

    public static func now() -> StopWatch {
        StopWatch(boot: milliseconds(CLOCK_BOOTTIME), startedAt: Instant(secondsSince1970: milliseconds(CLOCK_REALTIME) / 1000).description)
    }

    /// Milliseconds since then.
    public var elapsed: Int { Int(Self.milliseconds(CLOCK_BOOTTIME) - boot) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
