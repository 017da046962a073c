import Impact
import JSONSource
import ReportModel
import Testing

@testable import Reports

/// What stands in a terminal or a pipeline's log.
@Suite struct TextTests {
    private static func withoutColour(_ text: String) -> String { text.replacing(/\u{1B}\[[0-9;]*m/, with: "") }

    /// Control characters, and those that reorder or hide text.
    private static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            if scalar == "\n" { return true }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: return false
            default: return !scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isVariationSelector
            }
        }
    }

    @Test func hostileTextDoesNothing() throws {
        for seed in UInt64(1)...12 {
            let report = Hostile.report(seed: seed)
            let text = try report.text()
            #expect(Self.isHarmless(text), "seed \(seed)")
            let coloured = try report.text(color: true)
            #expect(coloured.contains("\u{1B}") && Self.withoutColour(coloured) == text, "colours are all that colour adds")
            let last = try #require(text.split(separator: "\n").last)
            #expect(!last.contains(Hostile.mark) && last.hasPrefix("Plan: "))
        }
    }

    /// Nobody forges a line of the report, or a command to the pipeline in whose log it stands: these look for `::` where a
    /// line begins, whatever its indentation, and for `##vso[` anywhere.
    @Test func noTextIsALineOrACommand() throws {
        for seed in UInt64(1)...12 {
            for line in try Hostile.report(seed: seed).text(width: 40).split(separator: "\n") {
                #expect(!line.hasPrefix("Plan: nothing") && !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("::"), "\(line)")
                #expect(!line.contains(/##[a-zA-Z]*\[/), "\(line)")
            }
        }
        #expect(Words.plain("::error::x ::y a::b") == "\\u{3A}:error::x \\u{3A}:y a::b")
        #expect(Words.plain("##vso[task] ###[x] # ## a##[b ##vso") == "\\u{23}#vso[task] #\\u{23}#[x] # ## a\\u{23}#[b ##vso")
    }

    @Test(arguments: Samples.names) func coloursAreAllThatColourAdds(_ name: String) throws {
        let report = try Samples.report(name)
        #expect(Self.withoutColour(try report.text(color: true)) == (try report.text()))
        #expect(!(try report.text().contains("\u{1B}")))
    }

    @Test func proseIsWrapped() throws {
        for line in try Samples.report("everything").text(width: 60).split(separator: "\n") where line.hasPrefix("          ") {
            #expect(line.count <= 60, "\(line)")
        }
        let style = TextStyle(color: false, width: 20)
        #expect(style.wrap("one two three four five", first: "  a: ") == ["  a: one two three", "     four five"])
        #expect(style.wrap("a-word-that-is-longer-than-a-line b", first: "") == ["a-word-that-is-longer-than-a-line", "b"])
        #expect(style.wrap("", first: "x ") == ["x "])
    }

    @Test func theMildestAreCounted() throws {
        let text = try Samples.report("everything").text(detail: 2)
        #expect(text.contains("and 5 other kinds of change to 7 profiles, no worse than these; the JSON report has them all."))
        #expect(text.contains("EAS007") && !text.contains("EAS020  Only the console changes"), "only rules of what is told are explained")
    }

    @Test func manyDiagnosticsAreCutErrorsFirst() throws {
        var report = Report()
        report.diagnostics = (0..<300).map { number in
            var diagnostic = number % 3 == 0 ? Samples.unknownKey : Samples.warning
            diagnostic.line = number + 1
            return diagnostic
        }
        let text = try report.text()
        #expect(text.matches(of: /: error: .* \[CFG001\]\n/).count == 100 && text.matches(of: /: warning: .* \[CFG009\]\n/).count == 100)
        #expect(text.contains("and 100 more; the JSON report has them all."))
        #expect(text.hasSuffix("100 errors, 200 warnings; nothing else to do: 0 profiles in 0 tenants as applied.\n"))
    }

    @Test func numbersOfPeople() {
        func sentence(_ people: Int, _ unknown: Int) -> String {
            var count = ReportSummary.Count()
            count.profiles = 9
            count.people = people
            count.peopleUnknown = unknown
            return count.sentence(.signInChange)
        }
        #expect(sentence(0, 0) == "nobody")
        #expect(sentence(1, 0) == "at most 1 person: sign in differently")
        #expect(sentence(1234, 0) == "at most 1,234 people sign in differently")
        #expect(sentence(0, 9) == "an unknown number of people sign in differently", "unknown is never 0")
        #expect(sentence(120, 2) == "at most 120 people and an unknown number in 2 profiles sign in differently")
        #expect(Words.people(0, unknown: 0) == "nobody" && Words.people(0, unknown: 3) == "an unknown number")
        #expect(Words.people(1_000_000, unknown: 1) == "at most 1,000,000 people, unknown in 1 profile")
    }

    @Test func numbersAndTimes() {
        #expect([0, 7, 999, 1000, 12_345, 1_234_567].map(Words.number) == ["0", "7", "999", "1,000", "12,345", "1,234,567"])
        #expect([0, 5, 50, 1_234, 61_000].map { ReportTail.Run(startedAt: "", duration: $0).durationSeconds } == ["0.000", "0.005", "0.050", "1.234", "61.000"])
        #expect(Words.count(1, "profile") == "1 profile" && Words.count(2000, "profile") == "2,000 profiles")
    }

    @Test func longText() {
        #expect(Words.shortened("abcdef", to: 6) == "abcdef")
        #expect(Words.shortened("abcdefg", to: 6) == "abc…(1 more character)…efg")
        #expect(Words.shortened(String(repeating: "é", count: 9), to: 6) == "ééé…(3 more characters)…ééé")
        #expect(Words.shortened("ééééé", to: 6) == "ééééé", "characters count, not bytes")
        // One character of ten thousand accents.
        #expect(Words.shortened("a" + String(repeating: "\u{301}", count: 10_000), to: 6).utf8.count < 80)
    }
}
