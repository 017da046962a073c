import JSONSource
import TestSupport
import Testing

/// What a problem tells: its place, what else is wrong, and where reading stops.
@Suite struct ProblemTests {
    @Test func everyProblemOfAFileIsToldWithItsPlace() {
        let text = #"""
            {
              "a": 01,
              "ä": tru, // why
              "a": [1, 2,],
              "c": "\q",
              "d": [{"e~/f": +1}, {"g": "\ud800"} {}],
              h: None,
              "i": 'x'
            } # end
            """#
        #expect(
            told(text) == [
                "JSON006 2:8 /a", "JSON014 3:8 /ä", "JSON005 3:13 ", "JSON003 4:3 /a", "JSON004 4:13 /a", "JSON007 5:9 /c",
                "JSON006 6:18 /d/0/e~0~1f",
                "JSON008 6:30 /d/1/g", "JSON001 6:39 /d", "JSON001 7:3 ", "JSON014 7:6 /h", "JSON007 8:8 /i", "JSON005 9:3 ",
            ])
    }

    @Test func everyCodeHasItsCase() {
        let cases: [(JSONProblemCode, [UInt8])] = [
            (.unexpected, Array("[*]".utf8)), (.unexpectedEnd, Array("[".utf8)), (.duplicateKey, Array(#"{"a":1,"a":1}"#.utf8)),
            (.trailingComma, Array("[1,]".utf8)),
            (.comment, Array("//\n1".utf8)), (.invalidNumber, Array("01".utf8)), (.invalidString, Array("'a'".utf8)),
            (.loneSurrogate, Array(#""\udc00""#.utf8)),
            (.invalidUTF8, [0x22, 0xFF, 0x22]), (.tooDeep, Array(repeating: 0x5B, count: 65)),
            (.tooLarge, Array(repeating: 0x20, count: JSONLimits.fileSize + 1)),
            (.byteOrderMark, [0xEF, 0xBB, 0xBF, 0x31]), (.afterEnd, Array("1 1".utf8)), (.invalidLiteral, Array("True".utf8)),
        ]
        #expect(cases.map(\.0) == JSONProblemCode.allCases)
        for (number, (code, bytes)) in cases.enumerated() {
            let problems = JSONDocument(file: "f", bytes: bytes).problems
            #expect(problems.map(\.code) == [code])
            #expect(problems.first?.message.isEmpty == false && !code.title.isEmpty)
            #expect(code.rawValue == "JSON0" + (number < 9 ? "0" : "") + String(number + 1), "codes are stable")
        }
    }

    /// Escapes in a key that something is wrong with once crashed the parser: it asked for the pointer of a key not yet read.
    @Test(arguments: [
        (#"{"\q":1}"#, ["JSON007 1:3 "]), (#"{"a":1,"\q":1}"#, ["JSON007 1:9 "]), (#"[{"\ud800":1}]"#, ["JSON008 1:4 /0"]),
        ("{\"a\u{1}\":[]}", ["JSON007 1:4 "]),
        (#"{"\q"#, ["JSON007 1:3 ", "JSON007 1:2 "]), ("{'a", ["JSON007 1:2 "]), (#"{"a":{"b":1,'c':2}}"#, ["JSON007 1:13 /a"]),
    ])
    func aKeyWithSomethingWrongInIt(_ text: String, _ expected: [String]) { #expect(Set(told(text)) == Set(expected)) }

    @Test func aDuplicateKeyIsToldAtEveryPlaceButTheFirst() throws {
        #expect(told(#"{"a":1,"b":{"c":1,"\u0063":2},"a":3,"a":4}"#) == ["JSON003 1:19 /b/c", "JSON003 1:31 /a", "JSON003 1:37 /a"])
        // More than a handful of keys are compared another way.
        let many = "{" + (0..<40).map { "\"k\($0)\":0" }.joined(separator: ",") + #","x":[{"y":1,"y":2}],"k\u0037":1,"#
        let found = told(many + "\"last\":0}")
        #expect(found.count == 2 && found[0].hasSuffix(" /x/0/y") && found[1].hasSuffix(" /k7"))
        let problem = try #require(document("{\n\"a\":1,\n\n\"a\":2}").problems.first)
        #expect(problem.message == "Duplicate key 'a'" && problem.help == "Remove one; the first is in line 2")
    }

    @Test func duplicatesAreToldThoughTheFileEndsTooEarly() {
        #expect(told(#"{"a":1,"a":2,"b":[{"c":1,"c":2"#) == ["JSON003 1:8 /a", "JSON003 1:26 /b/0/c", "JSON002 1:31 /b/0"])
        #expect(told(#"{"a":1,"a"#) == ["JSON007 1:8 "])
        #expect(told(#"{"a":1,"a""#) == ["JSON002 1:11 /a"], "the member has no value yet; one cause is enough")
    }

    @Test func anEarlyEndNamesWhatIsOpen() throws {
        let problem = try #require(document("{\n  \"a\": [\n    1,\n").problems.first)
        #expect(problem.code == .unexpectedEnd && problem.help == "Close the array that begins in line 2" && problem.pointer == "/a")
    }

    @Test func aFileWithOneCauseAndAThousandProblemsTellsAHundred() {
        #expect(told("[" + String(repeating: "tru,", count: 1000) + "1]").count == JSONLimits.problems)
        #expect(told("{" + (0..<1000).map { "\"k\($0 / 2)\":0" }.joined(separator: ",") + "}").count == JSONLimits.problems)
    }

    /// A megabyte of nothing but problems is read about as fast as any other.
    @Test(.timeLimit(.minutes(1))) func aFloodOfProblemsIsNoLoad() {
        func flood(_ piece: (Int) -> String, _ count: Int) -> String { "{" + (0..<count).map(piece).joined(separator: ",\n") + "}" }
        #expect(told(flood({ "\"k\($0 % 40_000)\":0" }, 80_000)).count == JSONLimits.problems)
        #expect(told(flood({ "\"k\($0)\":01" }, 80_000)).count == JSONLimits.problems)
        #expect(told(flood({ "k\($0):'" }, 100_000)).count == 2)
    }

    @Test func depthHasALimit() {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(JSONLimits.depth == 64 && told(nested(64)) == [])
        #expect(told(nested(65)) == ["JSON010 1:65 " + String(repeating: "/0", count: 64)])
        #expect(told(String(repeating: "[", count: 100_000)) == ["JSON010 1:65 " + String(repeating: "/0", count: 64)])
        #expect(told(String(repeating: "{\"a\":", count: 100_000)) == ["JSON010 1:321 " + String(repeating: "/a", count: 64)])
        #expect(told("[" + String(repeating: "[],", count: 1000) + "1]") == [], "depth, not number")
    }

    @Test func sizeHasALimit() {
        #expect(JSONLimits.fileSize == 1_048_576)
        #expect(told("\"" + String(repeating: "a", count: JSONLimits.fileSize - 2) + "\"") == [])
        #expect(told("\"" + String(repeating: "a", count: JSONLimits.fileSize - 1) + "\"") == ["JSON011 1:1 "])
        let huge = JSONDocument(file: "f", bytes: [UInt8](repeating: 0xFF, count: JSONLimits.fileSize * 3))
        #expect(huge.problems.map(\.code) == [.tooLarge] && huge.root == nil && !huge.isComplete)
    }

    @Test func columnsCountScalarsAndLinesEndWithANewline() {
        #expect(told("[\"é😀\", x]") == ["JSON014 1:8 /1"])
        #expect(told("[\"e\u{301}👩‍👩‍👧\", x]") == ["JSON014 1:13 /1"], "a family is five scalars")
        #expect(told("[\r\n1,\r\n\tx]") == ["JSON014 3:2 /1"])
        let text = document("a\nbc\n")
        #expect(text.position(ofOffset: 0) == (1, 1) && text.position(ofOffset: 3) == (2, 2) && text.position(ofOffset: 5) == (3, 1))
        #expect(text.position(ofOffset: -5) == (1, 1) && text.position(ofOffset: 500) == (3, 1), "never outside the file")
    }

    /// In whatever order places are asked for, and over any number of blocks.
    @Test func placesAreThoseOfCountingFromTheStart() {
        var random = Seeded(20)
        let pieces = ["a", "\n", "é", "😀", "\r\n", String(repeating: "x", count: 700)]
        let text = document((0..<3000).map { _ in pieces[random.below(pieces.count)] }.joined())
        let bytes = text.text
        for _ in 0..<300 {
            let offset = random.below(bytes.count + 1)
            let before = bytes[..<offset]
            let line = before.split(separator: 0x0A, omittingEmptySubsequences: false)
            let expected = (line.count, (line.last?.count { $0 & 0xC0 != 0x80 } ?? 0) + 1)
            #expect(text.position(ofOffset: offset) == expected)
        }
    }

    @Test func whatCouldBeReadIsThere() throws {
        let cut = document(#"{"a": [1, {"b": 2, "c"#)
        let root = try #require(cut.root)
        #expect(!cut.isComplete && root["a"]?.count == 2 && root.count == 1)
        #expect(root.plain == ["a": [1, ["b": 2]]], "a key without its value is not there")
        #expect(document(#"{"a": 1, "b" 2}"#).root?.plain == ["a": 1])
        #expect(document(#"["x", "y"#).root?.plain == ["x"])
        #expect(document(#"["x", {"y": "#).root?.plain == ["x", [:]])
        #expect(document("").root == nil)
        let repaired = document(#"{"a": True, /* c */ "b": 2,}"#)
        #expect(repaired.isComplete && repaired.root?["b"]?.integer == 2 && repaired.root?["a"]?.kind == .invalid)
    }

    @Test func easelsOwnFilesMayBeLarger() {
        let text = Array(("[" + String(repeating: " ", count: JSONLimits.fileSize) + "]").utf8)
        #expect(JSONDocument(file: "f", bytes: text).problems.map(\.code) == [.tooLarge])
        #expect(JSONDocument(file: "f", bytes: text, limit: JSONLimits.ownFileSize).problems.isEmpty)
    }

    @Test func anUnquotedKeyStandsWhereItStands() throws {
        let member = try #require(document("{\n  path: 1}").root?.members.first { _ in true })
        #expect(member.key.string == "path" && member.key.sourceText == "path" && member.key.position == (2, 3) && member.value.pointer == "/path")
        let top = try #require(document("{\npath: 1}").root?.members.first { _ in true })
        #expect(top.key.position == (2, 1), "not on the line before")
    }
}
