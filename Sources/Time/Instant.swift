import Basics

/// A moment, to the second. Gates get the current one as a value, so that a plan and a reconcile at the same `--now` agree.
public struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let secondsSince1970: Int64

    public init(secondsSince1970: Int64) { self.secondsSince1970 = secondsSince1970 }

    /// RFC 3339, such as `2026-11-25T12:00:00Z` or `2026-11-25T13:00:00.5+01:00`; a fraction of a second is dropped. Nil for
    /// anything else, including a day that does not exist.
    public init?(_ rfc3339: String) {
        let bytes = Array(rfc3339.utf8)
        guard bytes.count >= 20, bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let date = CivilDate(String(decoding: bytes[..<10], as: UTF8.self)), let hour = decimal(bytes[11..<13]), hour < 24,
            let minute = decimal(bytes[14..<16]), minute < 60, let second = decimal(bytes[17..<19]), second <= 60
        else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !fraction.isEmpty else { return nil }
            rest = rest[fraction.endIndex...]
        }
        guard let offset = Self.offset(rest) else { return nil }
        let minutes = date.daysSince1970 * 1440 + hour * 60 + minute - offset
        // A leap second is the last of a day in UTC and nothing else.
        if second == 60, floorRemainder(minutes, 1440) != 1439 { return nil }
        secondsSince1970 = Int64(minutes * 60 + second)
    }

    /// Minutes east of Greenwich.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(text)
        if bytes.count == 1 { return bytes[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let hours = decimal(bytes[1..<3]), hours < 24,
            let minutes = decimal(bytes[4..<6]), minutes < 60
        else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }

    /// The end of a day in UTC, written like `2027-01-31`: the first moment that is no longer in it. Nil for a text that is not a day.
    public init?(endOfDay text: some StringProtocol) {
        guard let date = CivilDate(text) else { return nil }
        secondsSince1970 = Int64(date.daysSince1970 + 1) * 86_400
    }

    public static func < (one: Instant, other: Instant) -> Bool { one.secondsSince1970 < other.secondsSince1970 }

    /// The moment this many seconds later, or earlier when negative.
    public func adding(seconds: Int) -> Instant { Instant(secondsSince1970: secondsSince1970 + Int64(seconds)) }

    /// RFC 3339 in UTC.
    public var description: String {
        let seconds = Int(secondsSince1970)
        let date = CivilDate(daysSince1970: floorDivision(seconds, 86_400))
        let time = floorRemainder(seconds, 86_400)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
            + "T\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))Z"
    }
}
