import Foundation
import JSONSource
import Profiles
import ReportModel
import TestSupport
import Testing

@testable import Impact
@testable import Reports

/// Markdown goes into comments on forges: whatever stands in the repository, it must fit there and stay text.
@Suite struct MarkdownTests {
    /// Renders with GitHub's tables, and tells what is not as it should be: elements and attributes that easel does not
    /// make, tags that do not close, and text from the repository outside of code.
    private static let script = """
        import json, sys
        from html.parser import HTMLParser
        from markdown_it import MarkdownIt
        allowed = {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "li", "details", "summary", "b", "strong", "em"}
        attributes = {("details", "open"), ("th", "style"), ("td", "style")}
        (texts, links) = json.load(open(sys.argv[1]))

        class Checker(HTMLParser):
            def __init__(self):
                super().__init__(convert_charrefs=True)
                self.stack, self.problems, self.codes, self.prose = [], [], [], []
            def handle_starttag(self, tag, given):
                if tag == "a" and len(given) == 1 and given[0][0] == "href" and given[0][1] in links: given = []
                elif tag not in allowed: self.problems.append("element " + tag)
                self.problems += ["attribute " + name for name, _ in given if (tag, name) not in attributes]
                self.stack.append(tag)
                if tag == "code": self.codes.append("")
            def handle_endtag(self, tag):
                if not self.stack or self.stack.pop() != tag: self.problems.append("end of " + tag)
            def handle_data(self, data):
                if "code" in self.stack: self.codes[-1] += data
                else: self.prose.append(data)
            def handle_comment(self, data): self.problems.append("comment")
            def handle_decl(self, data): self.problems.append("declaration")
            def handle_pi(self, data): self.problems.append("instruction")

        renderer = MarkdownIt("commonmark").enable("table").enable("strikethrough")
        results = []
        for text in texts:
            checker = Checker()
            checker.feed(renderer.render(text))
            checker.close()
            if checker.stack: checker.problems.append("open " + " ".join(checker.stack))
            prose = "".join(checker.prose)
            for word in ["HOSTILE", "evil", "@", "`", "::", "\\u0301"]:
                if word in prose: checker.problems.append("outside of code: " + word + " in " + prose[max(0, prose.index(word) - 60):][:120])
            results.append({"problems": checker.problems[:5], "codes": checker.codes, "prose": prose})
        print(json.dumps(results))
        """

    private struct Rendered: Decodable {
        let problems: [String]
        let codes: [String]
        /// What is not in a code span.
        let prose: String
    }

    private func rendered(_ texts: [String]) throws -> [Rendered] {
        let output = try Python.run(Self.script, on: JSON.array([.array(texts.map(JSON.string)), .array(Rule.Link.allCases.map { .string($0.rawValue) })]).compact)
        return try JSONDecoder().decode([Rendered].self, from: Data(output.utf8))
    }

    @Test(.enabled(if: Python.has("markdown_it"))) func nothingBreaksOut() throws {
        let texts = try (1...12).map { try Hostile.report(seed: $0).markdown() } + Samples.names.map { try Samples.report($0).markdown() }
        for (number, result) in try rendered(texts).enumerated() {
            #expect(result.problems == [] && !result.codes.isEmpty, "report \(number)")
        }
    }

    /// A code span shows the text that went in, whatever it is.
    @Test(.enabled(if: Python.has("markdown_it"))) func codeSpansShowWhatWentIn() throws {
        var random = Seeded(7)
        let texts = Hostile.texts + (0..<400).map { _ in Hostile.text(&random) } + ["", " ", "`", "``", "` `", "a``b`c", "\u{301}", "`\u{301}"]
        for (text, result) in zip(texts, try rendered(texts.map { MarkdownReport.code($0) })) {
            let expected = text.isEmpty ? [] : [Words.shortened(Words.plain(text), to: 200)]
            #expect(result.codes.map(Self.trimmed) == expected.map(Self.trimmed), "\(text.debugDescription)")
            #expect(result.problems == [], "\(text.debugDescription)")
        }
    }

    /// Spaces at the ends are nobody's meaning, and Markdown takes them off.
    private static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The rules' own words are no markup by accident.
    @Test(.enabled(if: Python.has("markdown_it"))) func rulesAreTextAsTheyAre() throws {
        var report = Report()
        report.tenants = [
            TenantReport("contoso", Rules.all.map { rule in .made(rule.id.lowercased(), .update, [.init("/account/ssl", false, true, rules: [rule.id])], [:]) })
        ]
        let result = try #require(rendered([try report.markdown()]).first)
        for rule in Rules.all {
            for text in [rule.title, rule.explanation, rule.remedy] + rule.basis.parts.map(\.text) { #expect(result.prose.contains(text), "\(rule.id): \(text)") }
        }
    }

    @Test(arguments: [(6, 8), (200, 0), (0, 1500), (80, 100)]) func fitsIntoAComment(_ size: (tenants: Int, diagnostics: Int)) throws {
        for seed in UInt64(1)...3 {
            var report = Hostile.report(seed: seed, tenants: size.tenants, diagnostics: size.diagnostics)
            if seed == 3 {
                // A wide front: everything that a list can hold, many times over.
                report.gates = (0..<60).flatMap { _ in report.gates }
                report.approvals = (0..<500).flatMap { _ in report.approvals }
                report.notes = (0..<30).flatMap { _ in report.notes }
            }
            let text = try report.markdown()
            #expect(text.utf8.count <= 65_000 && text.utf16.count <= 65_000 && text.unicodeScalars.count <= 65_000)
            #expect(text.hasPrefix("### "), "the line that counts stands first")
            let lines = text.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("<details") } == lines.count { $0 == "</details>" })
        }
    }

    /// One profile that changes in more ways than fit is told as far as it fits.
    @Test func aLongChangeIsCut() throws {
        var report = Report()
        let long = String(repeating: "x\u{301}\u{302}\u{303}", count: 500)
        let changes = (0..<60).map { _ in ProfileImpact.Change("/account/accountName", .string(long + "1"), .string(long)) }
        report.tenants = [TenantReport("contoso", [.made("mail", .update, changes, [.newProfile: .atMost(3)])])]
        let text = try report.markdown()
        #expect(text.utf8.count <= 65_000 && text.contains("`/account/accountName`") && text.contains("other settings; the JSON report has them all"))
        #expect(text.contains("`contoso/mail`"))
    }

    @Test func saysHowManyAreNotTold() throws {
        var report = Report()
        report.tenants = (0..<600).map { number in
            let change = ProfileImpact.Change("/description", "", .string("text \(number)"))
            return TenantReport("t\(number + 1000)", [.made("mail", .update, [change], [.consoleOnly: .atMost(1)])])
        }
        let text = try report.markdown()
        let match = try #require(text.firstMatch(of: /and (\d+) other kinds of change to (\d+) profiles, no worse than these/))
        #expect(match.output.1 == match.output.2)
        #expect(text.components("<summary><b>") + (Int(match.output.1) ?? 0) == 600)
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
