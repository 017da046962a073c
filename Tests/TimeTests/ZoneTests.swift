import Foundation
import TestSupport
import Testing

@testable import Time

@Suite struct ZoneTests {
    static let python = "/usr/bin/python3"

    private func local(_ zone: String, _ text: String) throws -> String {
        let instant = try #require(Instant(text))
        let local = try TimeZoneData.load(zone).localTime(at: instant)
        return "\(local.weekday) \(Window.clock(local.minutesSinceMidnight))"
    }

    @Test(arguments: [
        // 2026, from the table of transitions; 2040, from the rule in the footer.
        ("Europe/Amsterdam", "2026-03-29T00:59:59Z", "sun 01:59"), ("Europe/Amsterdam", "2026-03-29T01:00:00Z", "sun 03:00"),
        ("Europe/Amsterdam", "2026-10-25T00:59:59Z", "sun 02:59"), ("Europe/Amsterdam", "2026-10-25T01:00:00Z", "sun 02:00"),
        ("Europe/Amsterdam", "2040-03-25T00:59:59Z", "sun 01:59"), ("Europe/Amsterdam", "2040-03-25T01:00:00Z", "sun 03:00"),
        ("Europe/Amsterdam", "2040-10-28T00:59:59Z", "sun 02:59"), ("Europe/Amsterdam", "2040-10-28T01:00:00Z", "sun 02:00"),
        ("America/New_York", "2026-03-08T06:59:59Z", "sun 01:59"), ("America/New_York", "2026-03-08T07:00:00Z", "sun 03:00"),
        ("America/New_York", "2040-11-04T05:59:59Z", "sun 01:59"), ("America/New_York", "2040-11-04T06:00:00Z", "sun 01:00"),
        ("UTC", "2026-11-25T23:59:59Z", "wed 23:59"), ("Asia/Kolkata", "2026-11-25T18:29:59Z", "wed 23:59"),
        ("Asia/Kolkata", "2040-11-25T18:30:00Z", "mon 00:00"),
    ]) func wallClock(_ zone: String, _ instant: String, _ expected: String) throws { #expect(try local(zone, instant) == expected) }

    @Test func utcNeedsNoFile() throws { #expect(try TimeZoneData.load("UTC", directory: "/nowhere") == .utc) }

    @Test(arguments: ["", "/etc/localtime", "../zoneinfo/UTC", "Europe/../UTC", "Europe//Amsterdam", "Europe/", ".hidden", "Europe Amsterdam", "a\0b", "é"])
    func refusesNames(_ name: String) { #expect(throws: ZoneError.badName(name)) { try TimeZoneData.load(name) } }

    @Test func tellsWhatIsMissing() {
        #expect(throws: ZoneError.unknown("Europe/Amsterdm", near: ["Europe/Amsterdam"])) { try TimeZoneData.load("Europe/Amsterdm") }
        #expect(throws: ZoneError.unknown("Europe", near: ["Europe"])) { try TimeZoneData.load("Europe") }
        #expect(throws: ZoneError.noZoneData(directory: "/nowhere")) { try TimeZoneData.load("Europe/Amsterdam", directory: "/nowhere") }
        #expect(ZoneError.unknown("Europe/Amsterdm", near: ["Europe/Amsterdam"]).message == "Unknown time zone 'Europe/Amsterdm'. Did you mean 'Europe/Amsterdam'?")
    }

    @Test func storeRemembers() throws {
        let store = ZoneStore()
        #expect(try store.zone("Europe/Amsterdam") == store.zone("Europe/Amsterdam"))
        for _ in 0..<2 { #expect(throws: ZoneError.self) { try store.zone("Nowhere/At_all") } }
    }

    @Test func brokenFilesAreRefused() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Amsterdam")))
        #expect(try TZifReader.read(bytes, name: "x").transitions.isEmpty == false)
        // Truncated or damaged data must not crash the reader, and truncated data must not be accepted.
        for count in 0..<bytes.count { #expect(throws: TZifReader.Problem.self) { try TZifReader.read(Array(bytes[..<count]), name: "x") } }
        var random = Seeded(7)
        for _ in 0..<2000 {
            var broken = bytes
            for _ in 0..<3 { broken[Int.random(in: broken.indices, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            if let zone = try? TZifReader.read(broken, name: "x") { _ = zone.localTime(at: noon) }
        }
    }

    @Test func footerRules() throws {
        for text in ["", "CET", "CE-1", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0", "CET-1x", "<CET-1", "CET-25"] {
            #expect(FooterRule(text.utf8) == nil, "\(text)")
        }
        #expect(FooterRule("<+0330>-3:30".utf8)?.standardOffset == 12_600)
        // Daylight saving time all year, as in RFC 8536, section 3.3.1.
        let always = try #require(FooterRule("XXX3EDT4,0/0,J365/23".utf8))
        for days in 0..<800 { #expect(always.offset(at: 1_767_225_600 + days * 86_400 / 2) == -4 * 3600) }
        // J60 is 1 March in every year; 59 is 1 March too, but 29 February in a leap year.
        let julian = try #require(FooterRule("AAA0BBB,J60/0,J61/0".utf8))
        let ordinal = try #require(FooterRule("AAA0BBB,59/0,60/0".utf8))
        for (day, isJulian, isOrdinal) in [("2028-02-29", false, true), ("2028-03-01", true, false), ("2027-03-01", true, true)] {
            let seconds = Int(try #require(Instant(day + "T12:00:00Z")).secondsSince1970)
            #expect((julian.offset(at: seconds) == 3600) == isJulian)
            #expect((ordinal.offset(at: seconds) == 3600) == isOrdinal)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: python)), arguments: [
        "Europe/Amsterdam", "America/New_York", "Etc/UTC", "Asia/Kolkata", "Europe/Dublin", "America/St_Johns", "Australia/Lord_Howe",
        "Antarctica/Troll", "Africa/Casablanca", "America/Nuuk", "Asia/Tehran", "Pacific/Apia", "Pacific/Chatham", "Africa/Cairo", "Asia/Gaza",
    ]) func agreesWithPython(_ name: String) throws {
        let zone = try TimeZoneData.load(name)
        var random = Seeded(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        var instants = (0..<300).map { _ in Int64.random(in: 0...4_102_444_800, using: &random) }
        for transition in zone.transitions.suffix(40) where transition > 0 { instants += [transition - 1, transition, transition + 1] }
        let script = """
            import sys, datetime, zoneinfo
            zone = zoneinfo.ZoneInfo(sys.argv[1])
            for t in sys.argv[2:]:
                d = datetime.datetime.fromtimestamp(int(t), zone)
                print(d.strftime("%a").lower(), d.hour * 60 + d.minute)
            """
        let output = try Python.run(
            script, [name] + instants.map { String($0) }, environment: ["LC_ALL": "C", "PYTHONTZPATH": "/usr/share/zoneinfo"])
        let expected = output.split(separator: "\n").map(String.init)
        let found = instants.map { instant in
            let local = zone.localTime(at: Instant(secondsSince1970: instant))
            return "\(local.weekday) \(local.minutesSinceMidnight)"
        }
        #expect(found == expected)
    }
}
