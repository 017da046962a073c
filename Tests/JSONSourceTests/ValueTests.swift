import JSONSource
import Testing

@Suite struct ValueTests {
    /// Every value's pointer, with the value.
    private func pointers(_ text: String) throws -> [String: JSON] {
        var found: [String: JSON] = [:]
        func visit(_ value: JSONValue) {
            #expect(found.updateValue(value.plain, forKey: value.pointer) == nil, "\(value.pointer) twice")
            for member in value.members {
                #expect(member.key.pointer == member.value.pointer, "a key's pointer is its member's")
                visit(member.value)
            }
            for element in value.elements { visit(element) }
        }
        visit(try #require(document(text).root))
        return found
    }

    /// RFC 6901, section 5, but for the whole document, which cannot stand in itself.
    @Test func pointersAreThoseOfTheSpecification() throws {
        let found = try pointers(##"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"##)
        let expected: [String: JSON] = [
            "/foo": ["bar", "baz"], "/foo/0": "bar", "/foo/1": "baz", "/": 0, "/a~1b": 1, "/c%d": 2, "/e^f": 3, "/g|h": 4, #"/i\j"#: 5, #"/k"l"#: 6,
            "/ ": 7,
            "/m~0n": 8,
        ]
        for (pointer, value) in expected { #expect(found[pointer] == value, "\(pointer)") }
        #expect(found.count == expected.count + 1 && found[""] != nil)
    }

    @Test func pointersEscapeTildesAndSlashesAlone() throws {
        let found = try pointers(#"{"~1":{"/~0/":[[],[[{"":1}]]]},"~":2,"//":3}"#)
        #expect(Set(found.keys) == ["", "/~01", "/~01/~1~00~1", "/~01/~1~00~1/0", "/~01/~1~00~1/1", "/~01/~1~00~1/1/0", "/~01/~1~00~1/1/0/0",
            "/~01/~1~00~1/1/0/0/", "/~0", "/~1~1"])
        // What combines with a tilde or a slash leaves it one; "is the text" asks about bytes, since Swift compares by equivalence.
        #expect(Array(escapedForPointer("a~\u{301}/\u{301}").utf8) == Array("a~0\u{301}~1\u{301}".utf8))
    }

    @Test func scalarsAreRead() throws {
        let root = try #require(
            document(
                #"{"t": true, "n": null, "i": -42, "f": 1.5, "e": 1e2, "big": 9223372036854775808, "max": 9223372036854775807, "s": "a\u00e9\ud83d\ude00\n\/\b\f\r\t\"\\"}"#
            ).root)
        #expect(root["t"]?.bool == true && root["n"]?.isNull == true && root["i"]?.integer == -42 && root["n"]?.bool == nil)
        #expect(root["f"]?.integer == nil && root["e"]?.integer == nil && root["big"]?.integer == nil && root["max"]?.integer == .max)
        #expect(root["f"]?.sourceText == "1.5" && root["f"]?.plain == "1.5" && root["big"]?.kind == .number)
        #expect(root["s"]?.string == "aé😀\n/\u{8}\u{C}\r\t\"\\" && root["missing"] == nil && root.count == 8 && root["t"]?.count == 0)
        #expect(root["s"]?.isString("aé😀\n/\u{8}\u{C}\r\t\"\\") == true && root["s"]?.isString("a") == false && root["i"]?.isString("-42") == false)
        #expect(root["i"].map { $0.position == (1, 29) && $0.offset == 28 } == true)
        #expect(root["i"]?["x"] == nil && root["i"]?.members.first { _ in true } == nil && root.elements.first { _ in true } == nil)
        #expect(root[name: "max"]?.integer == .max && root[name: "t "] == nil)
    }

    @Test func theFirstOfTwoMembersCounts() throws {
        let root = try #require(document(#"{"a": 1, "\u0061": 2}"#).root)
        #expect(root["a"]?.integer == 1 && root[name: "a"]?.integer == 1 && root.plain == ["a": 1])
        #expect(root.members.map { $0.key.isString("a") } == [true, true], "with escapes and without")
    }

    @Test func kindsAreTold() throws {
        let root = try #require(document(#"[{}, [], "", 0, true, null, Nope]"#).root)
        #expect(root.elements.map(\.kind) == [.object, .array, .string, .number, .boolean, .null, .invalid])
    }
}
