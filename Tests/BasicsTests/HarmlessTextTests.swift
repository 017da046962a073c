import Testing

@testable import Basics

@Suite struct HarmlessTextTests {
    @Test func whatPeopleWriteIsLeftAlone() {
        for text in ["Zoë 💌 ❤️ 邮件 بريد", "a::b", "C# and ## twice", "std::vector"] { #expect(harmless(text) == text) }
    }

    @Test func itStaysOneLineThatControlsNothing() {
        #expect(harmless("a\nb\tc\rd") == "a\\nb\\tc\\rd")
        #expect(harmless("\u{1B}[0m\u{9B}\u{202E}\u{200B}\u{AD}\u{E0041}\u{2028}") == "\\u{1B}[0m\\u{9B}\\u{202E}\\u{200B}\\u{AD}\\u{E0041}\\u{2028}")
    }

    @Test func logsFindNoCommandInIt() {
        #expect(harmless("::error::x") == "\\u{3A}:error::x" && harmless("x  ::set-output::") == "x  \\u{3A}:set-output::")
        #expect(harmless("\u{A0}::error::x") == "\u{A0}\\u{3A}:error::x")
        for command in ["##vso[task.complete]", "##[group]", "##teamcity[x]", "x##[group]", "###[group]"] {
            #expect(!harmless(command).contains("##[") && !harmless(command).contains("##vso[") && !harmless(command).contains("##teamcity["))
        }
    }

    @Test func twiceChangesNoMore() {
        for text in ["::error::x", "###[a]", "\u{1B}\n", " ::::"] { #expect(harmless(harmless(text)) == harmless(text)) }
    }

    @Test func linesAndColoursAreEaselsOwn() {
        #expect(harmlessLines("a\n  ::b\r\n\u{1B}[31mc") == "a\n  \\u{3A}:b\\r\n\\u{1B}[31mc")
        #expect(harmlessLines("\u{1B}[31mred\u{1B}[0m\n\u{1B}]0;title\u{7}", keepsColor: true) == "\u{1B}[31mred\u{1B}[0m\n\\u{1B}]0;title\\u{7}")
    }
}
