import JSONSource
import Testing

/// RFC 8259's grammar, and nothing beside it.
@Suite struct GrammarTests {
    @Test(arguments: [
        // Structures, white space
        "{}", "[]", "[[]   ]", " [] ", "\t\r\n[\n1\r\n,\t2 ] \n", "[[[[]]]]", #"{"a":{"b":[{}]}}"#, #"[null, 1, "1", {}]"#, "[1\n]",
        "[1,null,null,null,2]",
        // Literals at the top
        "null", "true", "false", #""""#, #"" ""#, "42", "-0.1",
        // Numbers
        "0", "-0", "1", "-1", "10", "-10", "[0e+1]", "[0E1]", "[0e0]", "[1e5]", "[1E-5]", "[1E+2]", "[123.456e78]", "[0.1e10]", "[20e1]",
        "[-0.000000001]",
        "[123456789012345678901234567890]", "[1e999999]", "[1.5]", "[ 4]", "[-123123e100000]",
        // Strings
        #""\"\\\/\b\f\n\r\t""#, #""\u0041\u00e9\u00E9""#, #""\ud83d\ude00""#, #""\uD834\uDd1e""#, "\"é😀\"", #"["\u0000"]"#, #"["\\u0000"]"#,
        #"["\\a"]"#,
        #"["\\n"]"#, "[\"\u{7F}\"]", "[\"\u{2028}\u{2029}\"]", "[\"\u{FFFF}\u{10FFFF}\u{FEFF}\"]", #"["\uFFFF\uDBFF\uDFFF"]"#, #"["a/*b*/c/*d//e#"]"#,
        #"["\u0022"]"#, #"["new\u000Aline"]"#, "[\"\u{200B}⍂㈴⍂\"]",
        // Objects
        #"{"":0}"#, #"{"a":[]}"#, #"{"a":1,"A":2}"#, #"{"a":"b","c":"b"}"#, #"{"foo\u0000bar":42}"#, #"{"x":[{"id":"a"}],"id":"a"}"#,
        "{\n\"a\": \"b\"\n}",
        // Keys that Unicode finds equivalent are two keys for JSON: é, and e with an accent that combines.
        "{\"\u{E9}\":1,\"e\u{301}\":2}",
    ])
    func accepts(_ text: String) { #expect(told(text) == []) }

    /// With the first problem; the codes of every further one follow from it or are tested elsewhere.
    @Test(arguments: [
        // Arrays
        ("[", "JSON002 1:2 "), ("[1", "JSON002 1:3 "), ("[1,", "JSON002 1:4 "), ("[1,\n1\n,1", "JSON002 3:3 "), (#"["a","#, "JSON002 1:6 "),
        ("[1 true]", "JSON001 1:4 "), (#"["" 1]"#, "JSON001 1:5 "), (#"["": 1]"#, "JSON001 1:4 "), ("[1,,2]", "JSON001 1:4 /1"),
        ("[,1]", "JSON001 1:2 /0"),
        ("[,]", "JSON001 1:2 /0"), ("[1,]", "JSON004 1:3 "), ("[1,\n]", "JSON004 1:3 "), (#"["",]"#, "JSON004 1:4 "), ("[]]", "JSON013 1:3 "),
        ("[1}", "JSON001 1:3 "),
        ("[*]", "JSON001 1:2 /0"), ("[\u{0B}1]", "JSON001 1:2 /0"), ("[\u{0C}]", "JSON001 1:2 /0"), ("[\u{A0}]", "JSON001 1:2 /0"),
        ("[\u{2060}]", "JSON001 1:2 /0"),
        ("[1:2]", "JSON001 1:3 "), ("[<null>]", "JSON001 1:2 /0"), (#"[\u000A""]"#, "JSON001 1:2 /0"),
        // Objects
        ("{", "JSON002 1:2 "), (#"{"a""#, "JSON002 1:5 /a"), (#"{"a":"#, "JSON002 1:6 /a"), (#"{"a":1"#, "JSON002 1:7 "),
        (#"{"a":1,"#, "JSON002 1:8 "),
        (#"{"a" 1}"#, "JSON001 1:6 /a"), (#"{"a"}"#, "JSON001 1:5 /a"), (#"{"a"::1}"#, "JSON001 1:6 /a"), (#"{"a":}"#, "JSON001 1:6 /a"),
        ("{a: 1}", "JSON001 1:2 "),
        ("{1: 1}", "JSON001 1:2 "), ("{null: 1}", "JSON001 1:2 "), (#"{:1}"#, "JSON001 1:2 "), (#"{"a":1,}"#, "JSON004 1:7 "),
        (#"{"a":1,,"b":2}"#, "JSON001 1:8 "),
        ("{,}", "JSON001 1:2 "), (#"{"a":1 "b":2}"#, "JSON001 1:8 "), (#"{"a":1]"#, "JSON001 1:7 "), (#"{"a":1}}"#, "JSON013 1:8 "),
        (#"{"a", 1}"#, "JSON001 1:5 /a"),
        (#"{[]: 1}"#, "JSON001 1:2 "), (#"{'a':1}"#, "JSON007 1:2 "), (#"{"a":"b"}#"#, "JSON005 1:10 "), (#"{"a":1,"a":2}"#, "JSON003 1:8 /a"),
        // Top level
        ("", "JSON002 1:1 "), (" \n ", "JSON002 2:2 "), ("1 2", "JSON013 1:3 "), ("{} x", "JSON013 1:4 "), ("\"a\":1", "JSON013 1:4 "),
        ("]", "JSON001 1:1 "),
        (",", "JSON001 1:1 "), ("å", "JSON001 1:1 "), ("\u{2060}", "JSON001 1:1 "), ("<.>", "JSON001 1:1 "), ("1]", "JSON013 1:2 "),
        ("[][]", "JSON013 1:3 "),
        ("\u{1A}", "JSON001 1:1 "), ("\u{0}", "JSON001 1:1 "), ("{}\u{0}", "JSON013 1:3 "), ("*", "JSON001 1:1 "), ("\\u000A{}", "JSON001 1:1 "),
        // Comments
        ("[1] // end", "JSON005 1:5 "), ("/* c */ 1", "JSON005 1:1 "), ("# c\n1", "JSON005 1:1 "), ("[1/**/]", "JSON005 1:3 "),
        ("[1 /* open", "JSON005 1:4 "),
        ("/", "JSON001 1:1 "), ("/*/", "JSON005 1:1 "), (#"{"a"/**/:1}"#, "JSON005 1:5 /a"),
        // Numbers
        ("01", "JSON006 1:1 "), ("-01", "JSON006 1:1 "), ("[00]", "JSON006 1:2 /0"), ("[-012]", "JSON006 1:2 /0"), ("[+1]", "JSON006 1:2 /0"),
        ("[++1]", "JSON006 1:2 /0"),
        ("[.5]", "JSON006 1:2 /0"), ("[-.5]", "JSON006 1:2 /0"), ("[1.]", "JSON006 1:2 /0"), ("[2.e3]", "JSON006 1:2 /0"),
        ("[0.e1]", "JSON006 1:2 /0"),
        ("[1e]", "JSON006 1:2 /0"), ("[1E+]", "JSON006 1:2 /0"), ("[1e-]", "JSON006 1:2 /0"), ("[1eE2]", "JSON006 1:2 /0"),
        ("[1.5.2]", "JSON006 1:2 /0"),
        ("-", "JSON006 1:1 "), ("[-]", "JSON006 1:2 /0"), ("[-foo]", "JSON006 1:2 /0"), ("[NaN]", "JSON006 1:2 /0"), ("[Infinity]", "JSON006 1:2 /0"),
        ("[-Infinity]", "JSON006 1:2 /0"), ("[-NaN]", "JSON006 1:2 /0"), ("[0x10]", "JSON006 1:2 /0"), ("[1_000]", "JSON006 1:2 /0"),
        ("[1a]", "JSON006 1:2 /0"),
        ("[1-2]", "JSON001 1:3 "), ("[-+1]", "JSON006 1:2 /0"), ("[\u{FF11}]", "JSON001 1:2 /0"), ("[1\u{0}]", "JSON001 1:3 "),
        // Strings
        ("'a'", "JSON007 1:1 "), (#"["a"#, "JSON007 1:2 /0"), (#"""#, "JSON007 1:1 "), (#"["\"]"#, "JSON007 1:2 /0"),
        ("[\"a\nb\"]", "JSON007 1:2 /0"),
        ("[\"a\tb\"]", "JSON007 1:4 /0"), ("[\"\u{0}\"]", "JSON007 1:3 /0"), ("[\"\u{1F}\"]", "JSON007 1:3 /0"), (#"["\x41"]"#, "JSON007 1:3 /0"),
        (#"["\a"]"#, "JSON007 1:3 /0"), (#"["\'"]"#, "JSON007 1:3 /0"), (#"["\"#, "JSON007 1:2 /0"), (#"["\u"]"#, "JSON007 1:3 /0"),
        (#"["\u12"]"#, "JSON007 1:3 /0"),
        (#"["\u00G0"]"#, "JSON007 1:3 /0"), (#"["\U0041"]"#, "JSON007 1:3 /0"), (#"["\u+041"]"#, "JSON007 1:3 /0"), ("[\"\\😀\"]", "JSON007 1:3 /0"),
        ("[\"\\\u{0}\"]", "JSON007 1:3 /0"), ("[\u{201C}a\u{201D}]", "JSON001 1:2 /0"), ("[`a`]", "JSON001 1:2 /0"),
        (#"["\ud800"]"#, "JSON008 1:3 /0"), (#"["\udc00"]"#, "JSON008 1:3 /0"), (#"["\ud800\u0041"]"#, "JSON008 1:3 /0"),
        (#"["\ud800\n"]"#, "JSON008 1:3 /0"),
        (#"["\ude00\ud83d"]"#, "JSON008 1:3 /0"), (#"["a\uD888\u1234"]"#, "JSON008 1:4 /0"), (#"["\ud800\ud800\udc00"]"#, "JSON008 1:3 /0"),
        (#"["\ud800abc"]"#, "JSON008 1:3 /0"),
        (#"["\ud800\u"]"#, "JSON008 1:3 /0"),
        // Words
        ("[True]", "JSON014 1:2 /0"), ("[TRUE]", "JSON014 1:2 /0"), ("[None]", "JSON014 1:2 /0"), ("[undefined]", "JSON014 1:2 /0"),
        ("[nul]", "JSON014 1:2 /0"),
        ("[truth]", "JSON014 1:2 /0"), ("[tru", "JSON014 1:2 /0"), ("nulll", "JSON014 1:1 "), ("[yes]", "JSON014 1:2 /0"), ("abc", "JSON014 1:1 "),
        ("[off]", "JSON014 1:2 /0"),
        ("[$env]", "JSON014 1:2 /0"),
    ])
    func refuses(_ text: String, _ first: String) { #expect(told(text).first == first, "\(text)") }

    @Test func refusesOtherEncodings() {
        func inString(_ bytes: [UInt8]) -> [String] { told(Array("[\"a".utf8) + bytes + Array("\"]".utf8)) }
        // A stray continuation, a surrogate, overlong forms, beyond the last scalar, cut short, bytes that UTF-8 never has.
        let bad: [[UInt8]] = [
            [0x80], [0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF],
            [0xF0, 0x80, 0x80, 0xAF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
            [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80],
            [0xFE], [0xFF], [0xFC, 0x80, 0x80, 0x80, 0x80, 0x80],
        ]
        for bytes in bad { #expect(inString(bytes) == ["JSON009 1:4 "], "\(bytes)") }
        for bytes: [UInt8] in [[0xC2, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xE0, 0xA0, 0x80], [0xF0, 0x90, 0x80, 0x80],
            [0xF4, 0x8F, 0xBF, 0xBF]] {
            #expect(inString(bytes) == [], "\(bytes)")
        }
        #expect(told([0xE9]) == ["JSON009 1:1 "] && told([0x5B, 0xE2, 0x82]) == ["JSON009 1:2 "])
        // The test for eight ASCII bytes at once must not step over the first that is not.
        for length in 0..<24 { #expect(told([0x22] + [UInt8](repeating: 0x61, count: length) + [0xFF, 0x22]) == ["JSON009 1:\(length + 2) "]) }
        #expect(told([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]) == ["JSON009 1:1 "])
        #expect(JSONDocument(file: "f", bytes: [0xFE, 0xFF, 0x00, 0x7B]).problems.first?.message == "The file is UTF-16, not UTF-8")
        #expect(told([0x7B, 0x00, 0x7D, 0x00]).first == "JSON001 1:2 ", "UTF-16 without a mark")
    }

    @Test func aByteOrderMarkIsRefusedAndReadingGoesOn() {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        #expect(told(mark + Array("{}".utf8)) == ["JSON012 1:1 "])
        #expect(told(mark + Array("{\"a\": tru}".utf8)) == ["JSON012 1:1 ", "JSON014 1:8 /a"], "columns count the mark, as a scalar")
        #expect(told(mark) == ["JSON012 1:1 ", "JSON002 1:2 "])
        #expect(told(Array("{}".utf8) + mark) == ["JSON013 1:3 "])
        #expect(told([0xEF, 0xBB]) == ["JSON009 1:1 "])
    }
}
