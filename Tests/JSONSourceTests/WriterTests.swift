import Foundation
import JSONSource
import TestSupport
import Testing

@Suite struct WriterTests {
    @Test func sortsIndentsAndEscapes() {
        let json: JSON = ["b": [1, -2, []], "a": ["x": "\"\\\n\r\t\u{1}\u{7F}é😀/"], "c": [:], "d": [.null, true, false]]
        #expect(
            written(json) == #"""
                {
                  "a": {
                    "x": "\"\\\n\r\t\u0001\u007fé😀/"
                  },
                  "b": [
                    1,
                    -2,
                    []
                  ],
                  "c": {},
                  "d": [
                    null,
                    true,
                    false
                  ]
                }

                """#)
        #expect(json.compact == #"{"a":{"x":"\"\\\n\r\t\u0001\u007fé😀/"},"b":[1,-2,[]],"c":{},"d":[null,true,false]}"#)
    }

    @Test func keysStandInTheOrderOfTheirBytes() {
        let keys = ["", " ", "$comment", "A", "Z", "a", "aa", "ab", "b", "e\u{301}", "\u{E9}", "\u{FFFD}", "\u{10000}"]
        let json = JSON.object(Dictionary(uniqueKeysWithValues: keys.filter { $0 != "\u{E9}" }.shuffled().map { ($0, .null) }))
        #expect(document(json.compact).root?.members.map { $0.key.string } == keys.filter { $0 != "\u{E9}" })
        for (one, other) in zip(keys, keys.dropFirst()) { #expect(JSONWriter.precedes(one, other) && !JSONWriter.precedes(other, one)) }
        #expect(!JSONWriter.precedes("a", "a"))
    }

    @Test func everyControlCharacterIsEscaped() {
        for scalar in (0..<0x80).compactMap({ Unicode.Scalar($0) }) {
            let text = JSON.string("<\(Character(scalar))>").compact
            #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(scalar.value)")
            #expect(document(text).root?.string == "<\(Character(scalar))>")
        }
    }

    @Test func nothingIsACommandToThePipelineWhoseLogItStandsIn() {
        #expect(JSON.string("##vso[task] # a ###").compact == ##""#\u0023vso[task] # a #\u0023\u0023""##)
        #expect(document(JSON.string("##[x] ###").compact).root?.string == "##[x] ###")
    }

    @Test func whatIsWrittenStepByStepIsWhatIsWrittenAtOnce() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("a")
            writer.array { writer in
                writer.integer(1)
                writer.string("x")
                writer.bool(true)
                writer.null()
                writer.raw("{}".utf8)
            }
            writer.member("b", "text")
            writer.member("c", 3)
            writer.member("d", false)
            writer.member("e", JSON.null)
        }
        #expect(String(decoding: writer.finish(), as: UTF8.self) == written(["a": [1, "x", true, .null, [:]], "b": "text", "c": 3, "d": false,
            "e": .null]))
    }

    @Test func aFragmentIsIndentedAsItsPlaceIs() {
        var fragment = JSONWriter(indentation: 1)
        fragment.value(["x": [1]])
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("f")
            writer.raw(fragment.finish())
        }
        #expect(String(decoding: writer.finish(), as: UTF8.self) == written(["f": ["x": [1]]]))
    }

    @Test func aStreamIsDrainedInPieces() {
        var writer = JSONWriter(style: .compact)
        var text: [UInt8] = []
        writer.beginArray()
        for number in 0..<5 {
            writer.integer(number)
            writer.drain { text += $0 }
        }
        writer.endArray()
        text += writer.finish()
        #expect(String(decoding: text, as: UTF8.self) == "[0,1,2,3,4]")
    }

    @Test(arguments: 0..<10) func whatIsWrittenIsReadBack(_ seed: Int) throws {
        var random = Seeded(seed)
        for _ in 0..<200 {
            let value = random.json(4)
            for style in [JSONWriter.Style.pretty, .compact] {
                let text = written(value, style)
                let document = document(text)
                try #require(document.problems.isEmpty, "\(text)")
                #expect(document.root?.plain == value)
                #expect(document.root.map { written($0.plain, style) } == text)
            }
        }
    }

    /// Somebody else's parser reads the same.
    @Test func anotherParserReadsWhatIsWritten() throws {
        var random = Seeded(77)
        for _ in 0..<200 {
            let value = JSON.array([random.json(3)])
            let read = try JSONSerialization.jsonObject(with: Data(written(value).utf8))
            let again = try JSONSerialization.data(withJSONObject: read, options: [.sortedKeys, .withoutEscapingSlashes])
            #expect(document(String(decoding: again, as: UTF8.self)).root?.plain == value)
        }
    }
}
