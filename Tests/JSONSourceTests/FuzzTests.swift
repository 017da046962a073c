import Foundation
import JSONSource
import TestSupport
import Testing

/// Texts that nobody wrote: no crash, places within the file, and what is accepted is JSON.
@Suite struct FuzzTests {
    /// Everything that can be asked of a document; whether it is strict JSON.
    private func walk(_ bytes: [UInt8]) -> Bool {
        let document = JSONDocument(file: "f", bytes: bytes)
        let lines = 1 + bytes.count { $0 == 0x0A }
        var last = 0
        for problem in document.problems {
            let place = document.position(ofOffset: problem.offset)
            // Plain comparisons: a macro for each would take most of the time.
            if !(0...bytes.count).contains(problem.offset) || !(1...lines).contains(place.line) || place.column < 1 || place.column > bytes.count + 1
                || problem.offset < last || !(problem.pointer.isEmpty || problem.pointer.hasPrefix("/")) || problem.message.isEmpty
            {
                Issue.record("\(problem) of \(String(decoding: bytes, as: UTF8.self))")
            }
            last = problem.offset
        }
        if document.problems.count > JSONLimits.problems { Issue.record("too many problems") }
        if !document.isComplete && document.problems.isEmpty { Issue.record("stopped for no reason: \(String(decoding: bytes, as: UTF8.self))") }
        func visit(_ value: JSONValue) -> Int {
            var count = 1
            if value.offset > bytes.count { Issue.record("outside the file") }
            _ = value.string
            _ = value.sourceText
            var children = 0
            for member in value.members {
                _ = member.key.string
                count += visit(member.value)
                children += 1
            }
            for element in value.elements {
                count += visit(element)
                children += 1
            }
            if children != value.count { Issue.record("\(value.count) children, \(children) found: \(String(decoding: bytes, as: UTF8.self))") }
            return count
        }
        if let root = document.root {
            let count = visit(root)
            if count > bytes.count { Issue.record("more values than bytes") }
            if let last = root.elements.max(by: { $0.offset < $1.offset }) { _ = last.pointer }
        }
        return document.problems.isEmpty
    }

    @Test(arguments: 0..<8) func mutatedTexts(_ seed: Int) {
        var random = Seeded(seed)
        var accepted = 0
        for _ in 0..<4000 {
            // Small numbers: what Foundation finds too large for a Double is JSON all the same.
            let bytes = random.mutated(Array(random.json(3, numbers: [0, -1, 7, 100]).compact.utf8))
            guard walk(bytes) else { continue }
            accepted += 1
            if (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) == nil {
                Issue.record("accepted, and no JSON: \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        Tries.note(4000, of: "changed texts")
        #expect(accepted > 100 && accepted < 3900, "both sides were met: \(accepted)")
    }

    @Test(arguments: Corpus.files("json")) func whatHasOnceBeenTrouble(_ file: Corpus.File) {
        var random = Seeded(7)
        _ = walk(file.bytes)
        for _ in 0..<500 { _ = walk(random.mutated(file.bytes)) }
    }

    @Test(arguments: 0..<4) func textsOfNothingButPieces(_ seed: Int) {
        var random = Seeded(1000 + seed)
        for _ in 0..<4000 { _ = walk((0..<random.below(12)).flatMap { _ in random.piece() }) }
        Tries.note(4000, of: "texts of pieces")
    }

    /// A file cut at any byte is a file that somebody has.
    @Test func everyPrefixOfAFile() {
        let text = Array(#"{"kind": "x", "a~/": [1.5e3, -0, true, {"é\u00e9\ud83d\ude00": null}], 'b': False, c: 01, /* d */ "e": [1,], "e": "\q" // f"#.utf8)
        for length in 0...text.count { _ = walk(Array(text[..<length])) }
    }
}
