/// What the clocks of a place show, at any time: a TZif file (RFC 8536) in memory.
public struct TimeZoneData: Sendable, Hashable {
    /// The IANA name, such as `Europe/Amsterdam`.
    public let name: String
    /// Seconds since 1970 at which the clocks change, ascending.
    let transitions: [Int64]
    /// Seconds east of Greenwich, each from the transition at the same position onwards.
    let offsets: [Int]
    /// Seconds east of Greenwich before the first transition.
    let firstOffset: Int
    /// The rule after the last transition; nil: its offset stays.
    let footer: FooterRule?

    /// Needs no file, and so no zone data on the machine.
    public static let utc = TimeZoneData(name: "UTC", transitions: [], offsets: [], firstOffset: 0, footer: nil)

    /// What a clock on the wall shows.
    public struct LocalTime: Sendable, Hashable {
        public let weekday: Weekday
        /// 0...1439
        public let minutesSinceMidnight: Int
    }

    public func localTime(at instant: Instant) -> LocalTime {
        let local = Int(instant.secondsSince1970) + offset(at: instant)
        return LocalTime(
            weekday: Weekday(daysSince1970: floorDivision(local, 86_400)), minutesSinceMidnight: floorRemainder(local, 86_400) / 60)
    }

    /// Seconds east of Greenwich.
    public func offset(at instant: Instant) -> Int {
        let seconds = instant.secondsSince1970
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        // `low` transitions are in the past.
        if low == transitions.count, let footer { return footer.offset(at: Int(seconds)) }
        return low == 0 ? firstOffset : offsets[low - 1]
    }
}
