import Basics

/// The times of the week at which a gate lets profiles through, in the local time of a zone.
public struct Window: Sendable, Hashable {
    /// The days on which the window opens; it may close on the next day.
    public let days: Set<Weekday>
    /// Minutes since midnight.
    public let from: Int
    /// Minutes since midnight. When before `from`, the window closes on the next day; when equal, it is open all day.
    public let to: Int
    public let zone: TimeZoneData

    public init(days: Set<Weekday>, from: Int, to: Int, zone: TimeZoneData) {
        self.days = days
        self.from = from
        self.to = to
        self.zone = zone
    }

    private var isWholeDay: Bool { from == to }

    /// Local time counts: on the night the clocks go back, the hour that comes twice is in or out both times.
    public func isOpen(at instant: Instant) -> Bool { isOpen(zone.localTime(at: instant)) }

    private func isOpen(_ local: TimeZoneData.LocalTime) -> Bool { isOpen(weekday: local.weekday, minute: local.minutesSinceMidnight) }

    public func isOpen(weekday: Weekday, minute: Int) -> Bool {
        if isWholeDay { return days.contains(weekday) }
        if from < to { return days.contains(weekday) && from <= minute && minute < to }
        return days.contains(weekday) && from <= minute || days.contains(weekday.before) && minute < to
    }

    /// The minutes of a week in which it is open, in local time from Monday 00:00; in order, and apart from each other.
    public var openSpans: [Range<Int>] {
        let length = isWholeDay ? 1440 : from < to ? to - from : 1440 - from + to
        var spans: [Range<Int>] = []
        for day in days {
            let start = day.index * 1440 + (isWholeDay ? 0 : from)
            spans.append(start..<min(start + length, Self.week))
            if start + length > Self.week { spans.append(0..<start + length - Self.week) }
        }
        spans.sort { $0.lowerBound < $1.lowerBound }
        return spans.reduce(into: []) { joined, span in
            guard let last = joined.last, span.lowerBound <= last.upperBound else { return joined.append(span) }
            joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
        }
    }

    private static let week = 7 * 1440

    /// The next minute in which the window is open; nil when there is none within 60 days.
    public func nextOpening(after now: Instant) -> Instant? {
        var instant = now.adding(seconds: 60 - floorRemainder(Int(now.secondsSince1970), 60))
        let end = now.adding(seconds: 60 * 86_400)
        while instant < end {
            let local = zone.localTime(at: instant)
            if isOpen(local) { return instant }
            // Six hours at a time where the clocks run evenly, and minute by minute where they change, since that may skip an opening or
            // make it earlier.
            let step = 60 * max(1, min(minutesToOpening(local), 6 * 60))
            let isEven = zone.offset(at: instant) == zone.offset(at: instant.adding(seconds: step))
            instant = instant.adding(seconds: isEven ? step : 60)
        }
        return nil
    }

    /// If the clocks do not change until then.
    private func minutesToOpening(_ local: TimeZoneData.LocalTime) -> Int {
        let opening = isWholeDay ? 0 : from
        return days.map { day in
            floorRemainder((day.index - local.weekday.index) * 1440 + opening - local.minutesSinceMidnight, Self.week)
        }.min() ?? Self.week
    }

    /// Such as "Saturday and Sunday, 22:00 to 06:00 (Europe/Amsterdam)".
    public var words: String {
        let names = Weekday.allCases.filter(days.contains).map(\.words)
        let on =
            days.count == 7 ? "every day" : names.count == 1 ? names[0] : "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
        return "\(on), \(isWholeDay ? "all day" : "\(Self.clock(from)) to \(Self.clock(to))") (\(zone.name))"
    }

    /// Such as "on Saturday at 22:00". There is no date, since in reports only `run` depends on the time.
    public func wordsForNextOpening(after now: Instant) -> String? {
        nextOpening(after: now).map { opening in
            let local = zone.localTime(at: opening)
            return "on \(local.weekday.words) at \(Self.clock(local.minutesSinceMidnight))"
        }
    }

    public static func clock(_ minutes: Int) -> String { "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))" }

    /// Minutes since midnight; reads the form `22:00`, and no other.
    public static func minutes(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = decimal(bytes[0..<2]), hour < 24, let minute = decimal(bytes[3..<5]),
            minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// ECMA-262, for the JSON Schema.
    public static let clockForm = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
}
