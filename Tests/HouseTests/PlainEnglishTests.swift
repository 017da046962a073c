import Foundation
import Testing

/// How easel speaks: phrases that read like a translation, wherever a person can read them. For each there is a plain one.
@Suite struct PlainEnglishTests {
    /// Phrase → what to say instead. Letter case does not matter. A phrase is listed here only if it is wrong wherever it stands.
    private static let phrases: [(phrase: String, plain: String)] = [
        ("tells all problems", "reports every problem"),
        ("problems are told", "every problem is reported"),
        ("have otherwise than", "how tenants differ from"),
        ("has otherwise than", "how it differs from"),
        ("otherwise than", "differs from"),
        ("is no group", "has no group"),
        ("; near: ", ". Did you mean"),
        ("near: \\(", "Did you mean"),
        ("null is no value", "null is not allowed here; omit the key"),
        ("leave the key away", "omit the key"),
        ("key stands twice", "Duplicate key"),
        ("stands twice", "is there twice"),
        ("were it let through", "Impact if approved"),
        ("were it put back", "Impact of restoring the Git version"),
        ("putting it back", "restoring it"),
        ("are concerned by advice", "For information"),
        ("nothing is said of", "is unknown"),
        ("is used up", "already used"),
        ("accepted drift that is none", "this accepted drift no longer exists"),
        ("the moment that gates go by", "time used to evaluate windows and expiry"),
        ("talk with remotes", "timeout for remote operations"),
        ("who else is told", "Metrics and notifications"),
        ("working off", "Rendering"),
        ("worked off", "rendered, or done"),
        ("see whether that is so", "please check"),
        ("that is down fails nothing", "an unreachable receiver only causes a warning"),
        ("moved back is told", "a rewound branch is reported"),
        ("belongs into", "put it in"),
        ("belong into", "put them in"),
        ("on what it stands", "cites its evidence"),
        ("something else than easel", "another tool"),
        ("as they lie", "as they are"),
        ("may be had", "is available"),
        ("to be had", "available"),
        ("of which nothing is", "unknown"),
        ("16 to 16 characters", "exactly 16 characters"),
    ]

    /// Literals and comments of a Swift file: every line's part from its first quote or slashes, and whole lines of long literals.
    private func prose(_ file: String) throws -> [(line: Int, text: String)] {
        var result: [(line: Int, text: String)] = []
        var isLong = false
        for (position, line) in try House.text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fences = line.matches(of: /"""/).count
            if isLong || fences > 0 {
                result.append((position + 1, String(line)))
            } else if let start = line.firstMatch(of: /"|\/\//)?.range.lowerBound {
                result.append((position + 1, String(line[start...])))
            }
            if fences % 2 == 1 { isLong.toggle() }
        }
        return result
    }

    private func found(_ lines: [(line: Int, text: String)], in file: String) -> [String] {
        lines.flatMap { line, text in
            let lower = text.lowercased()
            return Self.phrases.filter { lower.contains($0.phrase) }.map { "\(file):\(line): '\($0.phrase)'; say: \($0.plain)" }
        }
    }

    private func lines(_ file: String) throws -> [(line: Int, text: String)] {
        try House.text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0 + 1, String($1)) }
    }

    @Test func theSources() throws {
        let wrong = try House.swiftFiles(below: "Sources").flatMap { found(try prose($0), in: $0) }
        #expect(wrong.isEmpty, "\n\(wrong.joined(separator: "\n"))")
    }

    @Test func theDocuments() throws {
        var files = try ["README.md", "CHANGELOG.md", ".github/CONTRIBUTING.md"] + House.files(below: ".github/docs", endingIn: ".md")
        for folder in ["deploy", "examples"] {
            for ending in [".md", ".yml", ".service", ".timer", ".example", ".sh"] { files += try House.files(below: folder, endingIn: ending) }
        }
        let wrong = try files.flatMap { found(try lines($0), in: $0) }
        #expect(wrong.isEmpty, "\n\(wrong.joined(separator: "\n"))")
    }

    /// The test reads what people read, and not the code around it.
    @Test func onlyProseIsRead() throws {
        let own = try prose("Tests/HouseTests/PlainEnglishTests.swift")
        #expect(own.contains { $0.text.contains("How easel speaks") } && !own.contains { $0.line == 1 })
        #expect(found([(1, "The key STANDS TWICE")], in: "x").count == 2)
    }
}
