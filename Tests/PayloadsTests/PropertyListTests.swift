import Foundation
import JSONSource
import Profiles
import TestSupport
import Testing

@testable import Payloads

/// The property lists that easel writes, in the eyes of others.
struct PropertyListTests {
    private func list(_ text: String) -> [UInt8] {
        var list = PropertyList()
        list.string(text)
        return list.finish()
    }

    @Test(arguments: [
        ("", ""), ("a & b < c > d ]]>", "a & b < c > d ]]>"), ("\"'", "\"'"), ("tab\tline\nreturn\r\n", "tab\tline\nreturn\r\n"),
        ("\u{0}\u{1}\u{8}\u{B}\u{C}\u{E}\u{1F}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}"), ("\u{FFFD}\u{F8FF}\u{EFFF}\u{FEFF}", "\u{FFFD}\u{F8FF}\u{EFFF}\u{FEFF}"),
        ("\u{7F}\u{80}\u{85}\u{2028}", "\u{7F}\u{80}\u{85}\u{2028}"), ("é メール 📮 \u{10FFFF}", "é メール 📮 \u{10FFFF}"), ("  spaces  ", "  spaces  "),
    ])
    func textComesBack(_ written: String, _ read: String) throws {
        #expect(try PropertyListValue(reading: Data(list(written))) == .string(read))
    }

    @Test func everyCharacterIsWrittenSoThatItCanBeRead() throws {
        let all = (0..<0x300).compactMap(Unicode.Scalar.init) + (0xFF00...0x10010).compactMap(Unicode.Scalar.init)
        let text = list(String(String.UnicodeScalarView(all)))
        let allowed = String(decoding: text, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
            scalar == "\t" || scalar == "\n" || (0x20...0xFFFD).contains(scalar.value) || scalar.value >= 0x10000
        }
        #expect(allowed)
    }

    @Test func everyTypeAndLevel() {
        var list = PropertyList()
        list.beginDictionary()
        list.key("a")
        list.beginArray()
        list.integer(-7)
        list.bool(false)
        list.data(base64: "AAEC")
        list.endArray()
        list.key("b & c")
        list.beginDictionary()
        list.endDictionary()
        list.member("d", true)
        list.endDictionary()
        #expect(
            String(decoding: list.finish(), as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <plist version="1.0">
                <dict>
                \t<key>a</key>
                \t<array>
                \t\t<integer>-7</integer>
                \t\t<false/>
                \t\t<data>AAEC</data>
                \t</array>
                \t<key>b &amp; c</key>
                \t<dict>
                \t</dict>
                \t<key>d</key>
                \t<true/>
                </dict>
                </plist>

                """)
    }

    // MARK: Other readers

    private static let files: [URL] = GoldenCase.all.map { Files.golden.appendingPathComponent($0.name + "/staff-mail.mobileconfig") }
        .filter { FileManager.default.fileExists(atPath: $0.path) }

    @Test(.enabled(if: program("plistutil") != nil, "libplist-utils is not installed"))
    func libplistReadsTheSame() throws {
        let plistutil = try #require(program("plistutil"))
        #expect(Self.files.count > 12)
        for file in Self.files {
            let ours = try PropertyListValue(reading: Data(contentsOf: file))
            let theirs = try PropertyListValue(reading: Program.output([plistutil.path, "-i", file.path, "-o", "-", "-f", "bin"]))
            #expect(theirs == ours, "\(file.path)")
        }
    }

    @Test(.enabled(if: program("python3") != nil, "python3 is not installed"))
    func pythonReadsTheSame() throws {
        let script = """
            import base64, json, plistlib, sys
            def plain(value):
                if isinstance(value, bytes): return {"data": base64.b64encode(value).decode()}
                if isinstance(value, list): return [plain(element) for element in value]
                if isinstance(value, dict): return {key: plain(member) for key, member in value.items()}
                return value
            for path in sys.argv[1:]:
                with open(path, "rb") as file: print(json.dumps(plain(plistlib.load(file))))
            """
        let lines = try Python.run(script, Self.files.map(\.path)).utf8.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == Self.files.count)
        for (file, line) in zip(Self.files, lines) {
            #expect(try read([UInt8](line)) == PropertyListValue(reading: Data(contentsOf: file)).json, "\(file.path)")
        }
    }
}
