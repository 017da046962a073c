import Impact
import Time

/// How many people noticed something on each day (UTC), in all runs of that day together; for `peoplePerDay`.
public struct DayLedger: Sendable, Hashable {
    /// Days, such as `2026-11-25`, that a ledger remembers.
    public static let length = 7
    /// More than any limit allows: what fills a day.
    public static let full = 100_000_000

    /// Day → people.
    public private(set) var days: [String: Int] = [:]

    public init(days: [String: Int] = [:]) { self.days = days }

    /// The day of a moment.
    public static func day(_ now: Instant) -> String { String(now.description.prefix(10)) }

    public func people(on day: String) -> Int { days[day] ?? 0 }

    /// Enters people, and forgets all but the last days.
    public mutating func enter(_ people: Int, on day: String) {
        guard people > 0 else { return }
        days[day] = Self.sum(self.people(on: day), people)
        for old in days.keys.sorted().dropLast(Self.length) { days[old] = nil }
    }

    static func sum(_ one: Int, _ other: Int) -> Int { min(full, one + other) }
}

extension Proposal {
    /// People to enter into a ledger when the profile goes out; an unknown number fills the day.
    public var peopleOfTheDay: Int { isNoticed ? min(impact.people.number ?? DayLedger.full, DayLedger.full) : 0 }
}
