import TestSupport
import Testing
import Time

@testable import Gates

@Suite struct WindowTests {
    private func window(_ days: [Weekday], _ from: String, _ to: String, _ zone: String = "UTC") throws -> Window {
        Window(
            days: Set(days), from: try #require(Window.minutes(from)), to: try #require(Window.minutes(to)), zone: try TimeZoneData.load(zone))
    }

    private func isOpen(_ window: Window, _ text: String) throws -> Bool { window.isOpen(at: try #require(Instant(text))) }

    @Test func withinADay() throws {
        let window = try window([.wed], "09:00", "10:00")
        for (time, expected) in [
            ("2026-11-25T08:59:59Z", false), ("2026-11-25T09:00:00Z", true), ("2026-11-25T09:59:59Z", true), ("2026-11-25T10:00:00Z", false),
            ("2026-11-26T09:30:00Z", false),
        ] { #expect(try isOpen(window, time) == expected, "\(time)") }
    }

    @Test func pastMidnight() throws {
        // It opens on Sunday, so it includes the first hours of Monday, but not those of Sunday.
        let window = try window([.sun], "22:00", "06:00")
        for (time, expected) in [
            ("2026-11-29T05:59:00Z", false), ("2026-11-29T21:59:00Z", false), ("2026-11-29T22:00:00Z", true), ("2026-11-30T00:00:00Z", true),
            ("2026-11-30T05:59:59Z", true), ("2026-11-30T06:00:00Z", false), ("2026-11-30T22:00:00Z", false),
        ] { #expect(try isOpen(window, time) == expected, "\(time)") }
    }

    @Test func equalTimesAreTheWholeDay() throws {
        for times in ["00:00", "09:00"] {
            let window = try window([.wed], times, times)
            for (time, expected) in [
                ("2026-11-24T23:59:59Z", false), ("2026-11-25T00:00:00Z", true), ("2026-11-25T23:59:59Z", true), ("2026-11-26T00:00:00Z", false),
            ] { #expect(try isOpen(window, time) == expected, "\(times) \(time)") }
        }
    }

    @Test func nightsWhenTheClocksChange() throws {
        // 02:30 does not exist on 29 March 2026, and exists twice on 25 October.
        let window = try window([.sun], "02:30", "02:45", "Europe/Amsterdam")
        let midnight = try #require(Instant("2026-03-29T00:00:00Z"))
        for minute in 0..<120 { #expect(!window.isOpen(at: midnight.adding(seconds: 60 * minute))) }
        #expect(try isOpen(window, "2026-10-25T00:30:00Z") && isOpen(window, "2026-10-25T01:44:59Z"))
        #expect(try !isOpen(window, "2026-10-25T00:45:00Z") && !isOpen(window, "2026-10-25T01:45:00Z"))
        // So before that night the next opening is a week later.
        let before = try #require(Instant("2026-03-28T12:00:00Z"))
        #expect(window.nextOpening(after: before)?.description == "2026-04-05T00:30:00Z")
    }

    @Test func nextOpeningIsTheFirstOpenMinute() throws {
        var random = Seeded(3)
        for seed in 0..<60 {
            let days = Weekday.allCases.filter { _ in random.chance(1, in: 3) }
            let zone = ["UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"][seed % 5]
            let window = Window(
                days: days.isEmpty ? [.sat] : Set(days), from: Int.random(in: 0..<1440, using: &random), to: Int.random(in: 0..<1440, using: &random),
                zone: try TimeZoneData.load(zone))
            // Some of them just before a change of the clocks.
            let around = try #require(Instant(seed % 2 == 0 ? "2026-03-26T00:00:00Z" : "2026-10-22T00:00:00Z"))
            let now = around.adding(seconds: Int.random(in: 0..<300_000, using: &random))
            var minute = now.adding(seconds: 60 - Int(now.secondsSince1970 % 60))
            while !window.isOpen(at: minute) { minute = minute.adding(seconds: 60) }
            #expect(window.nextOpening(after: now) == minute)
        }
    }

    @Test func words() throws {
        #expect(try window([.sat, .sun], "22:00", "06:00", "Europe/Amsterdam").words == "Saturday and Sunday, 22:00 to 06:00 (Europe/Amsterdam)")
        #expect(try window(Weekday.allCases, "00:00", "00:00").words == "every day, all day (UTC)")
        #expect(try window([.mon, .wed, .fri], "09:00", "17:00").words == "Monday, Wednesday and Friday, 09:00 to 17:00 (UTC)")
    }
}
