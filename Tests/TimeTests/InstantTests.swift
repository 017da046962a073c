import TestSupport
import Testing

@testable import Time

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-25T12:00:00Z", 1_795_608_000), ("2026-11-25t13:00:00+01:00", 1_795_608_000),
        ("2026-11-25T12:00:00.987z", 1_795_608_000), ("2026-11-25T06:30:00-05:30", 1_795_608_000), ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400), ("2016-12-31T23:59:60Z", 1_483_228_800), ("2017-01-01T00:59:60+01:00", 1_483_228_800),
        ("0000-01-01T00:00:00Z", -62_167_219_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]) func reads(_ text: String, _ seconds: Int) { #expect(Instant(text)?.secondsSince1970 == Int64(seconds)) }

    @Test(arguments: [
        "", "2026-11-25", "2026-11-25T12:00:00", "2026-11-25T12:00Z", "2026-11-25 12:00:00Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-25T24:00:00Z", "2026-11-25T12:60:00Z",
        "2026-11-25T12:00:61Z", "2026-11-25T12:00:60Z", "2026-11-25T12:00:00.Z", "2026-11-25T12:00:00+0100", "2026-11-25T12:00:00+24:00",
        "2026-11-25T12:00:00+01:60", "2026-11-25T12:00:00Zz", "2026-11-25T12:00:00é", "+026-11-25T12:00:00Z", "٢٠٢٦-11-25T12:00:00Z",
    ]) func refuses(_ text: String) { #expect(Instant(text) == nil) }

    @Test func everyDayComesBack() throws {
        for days in stride(from: -800_000, through: 3_000_000, by: 97) {
            let date = CivilDate(daysSince1970: days)
            #expect(date.daysSince1970 == days)
            #expect(CivilDate(year: date.year, month: date.month, day: date.day) == date)
        }
        var random = Seeded(1)
        for _ in 0..<500 {
            let instant = Instant(secondsSince1970: Int64.random(in: -62_167_219_200...253_402_300_799, using: &random))
            #expect(Instant(instant.description) == instant)
        }
        #expect(Instant(secondsSince1970: 1_795_608_000).description == "2026-11-25T12:00:00Z")
        #expect(Weekday(daysSince1970: 0) == .thu && Weekday(daysSince1970: -1) == .wed)
    }
}
