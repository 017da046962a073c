import Basics

/// The rule in the footer of a TZif file, for times after its last transition: a POSIX TZ string with the extensions of
/// RFC 8536, section 3.3.1 (hours from -167 to 167), such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct FooterRule: Sendable, Hashable {
    /// Seconds east of Greenwich outside daylight saving time.
    let standardOffset: Int
    let daylight: Daylight?

    struct Daylight: Sendable, Hashable {
        let offset: Int
        let begin: Moment
        let end: Moment
    }

    /// When in a year the clocks change, in the local time before the change.
    struct Moment: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            /// The `week`th (5: last) weekday (0: Sunday) of a month.
            case weekday(month: Int, week: Int, weekday: Int)
            /// 1...365; 29 February is never counted.
            case julian(Int)
            /// 0...365; 29 February is counted.
            case ordinal(Int)
        }

        let day: Day
        /// Seconds from midnight; may be outside the day.
        let time: Int

        /// Seconds since 1970, as if local time were UTC.
        func local(in year: Int) -> Int {
            let january1 = daysSince1970(year, 1, 1)
            let date: Int
            switch day {
            case .julian(let number): date = january1 + number - 1 + (CivilDate.isLeap(year) && number > 59 ? 1 : 0)
            case .ordinal(let number): date = january1 + number
            case .weekday(let month, let week, let weekday):
                let first = daysSince1970(year, month, 1)
                // 1 January 1970 was a Thursday, 4 when Sunday is 0.
                let earliest = first + floorRemainder(weekday - (first + 4), 7)
                let last = first + CivilDate.days(inMonth: month, of: year) - 1
                let wanted = earliest + (week - 1) * 7
                date = wanted > last ? wanted - 7 : wanted
            }
            return date * 86_400 + time
        }

        private func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
            CivilDate(year: year, month: month, day: day)?.daysSince1970 ?? 0
        }
    }

    /// Seconds east of Greenwich.
    func offset(at seconds: Int) -> Int {
        guard let daylight else { return standardOffset }
        let year = CivilDate(daysSince1970: floorDivision(seconds + standardOffset, 86_400)).year
        // The last change that is not after the moment decides. Daylight saving time all year is written as an end and a
        // begin at the same moment: then the begin wins.
        var latest = Int.min
        var offset = standardOffset
        for year in year - 1...year + 1 {
            let end = daylight.end.local(in: year) - daylight.offset
            if end <= seconds, end > latest { (latest, offset) = (end, standardOffset) }
            let begin = daylight.begin.local(in: year) - standardOffset
            if begin <= seconds, begin >= latest { (latest, offset) = (begin, daylight.offset) }
        }
        return offset
    }
}

extension FooterRule {
    /// Nil for a text that is not such a rule.
    init?(_ text: some Sequence<UInt8>) {
        var cursor = Cursor(text: Array(text))
        guard cursor.skipName(), let west = cursor.time(hours: 24) else { return nil }
        standardOffset = -west
        if cursor.isAtEnd {
            daylight = nil
            return
        }
        guard cursor.skipName() else { return nil }
        var offset = standardOffset + 3600
        if !cursor.isAt(",") {
            guard let west = cursor.time(hours: 24) else { return nil }
            offset = -west
        }
        guard let begin = cursor.moment(), let end = cursor.moment(), cursor.isAtEnd else { return nil }
        daylight = Daylight(offset: offset, begin: begin, end: end)
    }

    private struct Cursor {
        let text: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == text.count }

        func isAt(_ character: Unicode.Scalar) -> Bool { position < text.count && text[position] == UInt8(ascii: character) }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard isAt(character) else { return false }
            position += 1
            return true
        }

        /// `CET`, or `<+0330>`.
        mutating func skipName() -> Bool {
            if skip("<") {
                while position < text.count, !isAt(">") { position += 1 }
                return skip(">")
            }
            let start = position
            while position < text.count, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[position] | 0x20) { position += 1 }
            return position - start >= 3
        }

        mutating func number(upTo limit: Int) -> Int? {
            let start = position
            while position < text.count, isDigit(text[position]) { position += 1 }
            guard let number = decimal(text[start..<position]), number <= limit else { return nil }
            return number
        }

        /// Seconds of `[+-]h[:m[:s]]`.
        mutating func time(hours: Int) -> Int? {
            let sign = skip("-") ? -1 : 1
            if sign == 1 { _ = skip("+") }
            guard var seconds = number(upTo: hours).map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where skip(":") {
                guard let value = number(upTo: 59) else { return nil }
                seconds += value * unit
            }
            return sign * seconds
        }

        /// `,M3.5.0/3`, `,J60` or `,59`.
        mutating func moment() -> Moment? {
            guard skip(","), let day = day() else { return nil }
            guard skip("/") else { return Moment(day: day, time: 7200) }
            return time(hours: 167).map { Moment(day: day, time: $0) }
        }

        private mutating func day() -> Moment.Day? {
            if skip("J") { return number(upTo: 365).flatMap { $0 > 0 ? .julian($0) : nil } }
            guard skip("M") else { return number(upTo: 365).map(Moment.Day.ordinal) }
            guard let month = number(upTo: 12), month > 0, skip("."), let week = number(upTo: 5), week > 0, skip("."),
                let weekday = number(upTo: 6)
            else { return nil }
            return .weekday(month: month, week: week, weekday: weekday)
        }
    }
}
