import Foundation
import Impact
import JSONSource
import Profiles
import ReportModel
import TestSupport
import Testing

@testable import Reports

/// The formats for pipelines, each read back by rules written down elsewhere than in easel.
@Suite struct PipelineTests {
    private static func reports() throws -> [(String, Report)] {
        try Samples.names.map { ($0, try Samples.report($0)) } + (1...6).map { ("hostile \($0)", Hostile.report(seed: UInt64($0))) }
    }

    private func findings(_ report: Report) -> [Finding] {
        var findings = Findings()
        for tenant in report.tenants { findings.add(tenant) }
        return findings.all(
            ReportTail(
                summary: report.summary, diagnostics: (report.diagnostics + report.tenants.flatMap(\.diagnostics)).sorted(), gates: report.gates,
                policyChanges: report.policyChanges))
    }

    // MARK: Findings

    @Test func aBaseUnderAThousandTenantsIsOneFinding() throws {
        var report = Report()
        report.tenants = (0..<1000).map { number in
            let changes = [ProfileImpact.Change("/account/oauth", false, true, rules: ["EAS001"])]
            return TenantReport("t\(10_000 + number)", ["a", "b"].map { .made($0, .reinstall, changes, [.credentialReentry: number == 0 ? .unknown : .atMost(3)]) })
        }
        let told = findings(report)
        #expect(told.count == 1 && told[0].profiles == 2000 && told[0].tenants == 1000 && told[0].level == .warning)
        #expect(told[0].message.hasPrefix("/account/oauth: false → true. Reinstall of 2,000 profiles in 1,000 tenants. At most 5,994 people and an unknown number in 2 profiles must enter their credentials."))
        #expect(told[0].place == SourcePlace(file: "bases/online.json", line: 9, column: 14))
    }

    @Test func manyDifferentOnesAreCounted() {
        var report = Report()
        report.tenants = (0..<3000).map { number in
            TenantReport("t\(number)", [.made("a", .update, [.init("/account/accountName", "Mail", "Post", rules: ["EAS\(number)"])], [.userVisible: .atMost(3)])])
        }
        let told = findings(report)
        #expect(told.count == Findings.limit + 1 && told.last?.message.hasPrefix("1,000 more changes") == true)
    }

    /// Lines as runners take them: anything that ends one.
    private static func lines(_ text: String) -> [String] {
        text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" }.dropLast().map { String($0) }
    }

    /// By scalars, as runners do it: to Swift, a bracket with an accent on it is another character.
    private static func parts(_ text: String, _ separator: String, most: Int = .max) -> [String] {
        let (text, separator) = (Array(text.unicodeScalars), Array(separator.unicodeScalars))
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var index = 0
        while index < text.count {
            if parts.count < most - 1, text[index...].starts(with: separator) {
                parts.append(String(part))
                part = String.UnicodeScalarView()
                index += separator.count
            } else {
                part.append(text[index])
                index += 1
            }
        }
        return parts + [String(part)]
    }

    private static func unescaped(_ text: String, _ codes: [(String, String)]) -> String {
        codes.reduce(text) { parts($0, $1.0).joined(separator: $1.1) }
    }

    // MARK: GitHub

    /// A workflow command as the runner takes it apart (actions/runner, ActionCommand.TryParseV2).
    private func githubCommand(_ line: String) -> (command: String, properties: [String: String], data: String)? {
        let line = String(line.drop { $0 == " " || $0 == "\t" })
        let sides = Self.parts(line, "::", most: 3)
        guard sides.count == 3, sides[0].isEmpty else { return nil }
        let head = Self.parts(sides[1], " ", most: 2)
        let properties = (head.count > 1 ? Self.parts(head[1], ",") : []).compactMap { pair -> (String, String)? in
            let sides = Self.parts(pair, "=", most: 2)
            return sides.count == 2 ? (sides[0], Self.unescaped(sides[1], [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")])) : nil
        }
        return (head[0], Dictionary(properties, uniquingKeysWith: { first, _ in first }), Self.unescaped(sides[2], [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]))
    }

    @Test func githubCommandsAreTheFindingsAndNothingElse() throws {
        for (name, report) in try Self.reports() {
            let lines = try Self.lines(report.text(.github))
            let commands = lines.compactMap(githubCommand)
            let findings = findings(report)
            for (level, word) in [(Finding.Level.error, "error"), (.warning, "warning"), (.notice, "notice")] {
                let wanted = findings.filter { $0.level == level }
                let got = commands.filter { $0.command == word }
                #expect(got.count == min(wanted.count, 10), "\(name)")
                for (finding, command) in zip(wanted, got).prefix(wanted.count > 10 ? 9 : 10) {
                    #expect(command.data == finding.message && command.properties["title"] == finding.title, "\(name)")
                    #expect(command.properties["file"] == finding.place.map { Words.plain($0.file) } && command.properties["line"] == finding.place.map { "\($0.line)" }, "\(name)")
                }
            }
            #expect(commands.count == lines.count - 1 && githubCommand(lines.last ?? "") == nil, "\(name): only the last line is prose")
        }
    }

    // MARK: Azure

    @Test func azureIssuesAreTheFindingsAndNothingElse() throws {
        for (name, report) in try Self.reports() {
            let lines = try Self.lines(report.text(.azure))
            let findings = findings(report)
            #expect(lines.count == findings.count + 1, "\(name)")
            for (finding, line) in zip(findings, lines) {
                // The agent looks for the first "##vso[" of a line, and from there for the first "]".
                guard finding.level != .notice else {
                    #expect(!line.contains("##vso[") && !line.contains("##["), "\(name): \(line)")
                    continue
                }
                #expect(line.hasPrefix("##vso[task.logissue type="), "\(name)")
                let sides = Self.parts(Self.parts(line, "##vso[", most: 2)[1], "]", most: 2)
                let codes = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")]
                let pairs = Self.parts(String(sides[0].dropFirst("task.logissue ".count)), ";").filter { !$0.isEmpty }.map { Self.parts($0, "=", most: 2) }
                let properties = Dictionary(pairs.map { ($0[0], Self.unescaped($0[1], codes)) }, uniquingKeysWith: { first, _ in first })
                #expect(properties["sourcepath"] == finding.place.map { Words.plain($0.file) } && properties["code"] == finding.code, "\(name)")
                #expect(Self.unescaped(sides[1], codes) == "\(finding.title): \(finding.message)", "\(name)")
            }
        }
    }

    // MARK: GitLab

    /// docs.gitlab.com, "Code Quality report format": these keys, a fingerprint that is unique, five severities.
    @Test func gitlabHasWhatItsFormatAsksFor() throws {
        struct Entry: Decodable {
            struct Location: Decodable { let path: String; let lines: Lines }
            struct Lines: Decodable { let begin: Int }
            let description, check_name, fingerprint, severity: String
            let location: Location
        }
        for (name, report) in try Self.reports() {
            let entries = try JSONDecoder().decode([Entry].self, from: Data(report.text(.gitlab).utf8))
            #expect(entries.count == findings(report).count { !$0.isWaiting } && Set(entries.map(\.fingerprint)).count == entries.count, "\(name)")
            for entry in entries {
                #expect(["info", "minor", "major", "critical", "blocker"].contains(entry.severity) && entry.location.lines.begin >= 1)
                #expect(!entry.description.isEmpty && !entry.check_name.isEmpty && !entry.location.path.hasPrefix("./"))
            }
        }
    }

    // MARK: SARIF

    /// What the standard says a log "SHALL" be, by section, for the parts of it that easel writes.
    @Test func sarifKeepsTheStandard() throws {
        for (name, report) in try Self.reports() {
            let log = try #require(JSONSerialization.jsonObject(with: Data(report.text(.sarif).utf8)) as? [String: Any])
            #expect(log["version"] as? String == "2.1.0", "3.13.2")
            let runs = try #require(log["runs"] as? [[String: Any]], "3.13.4")
            let run = try #require(runs.first)
            let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any], "3.14.6, 3.18.2")
            #expect(driver["name"] as? String == "easel", "3.19.8")
            #expect(["utf16CodeUnits", "unicodeCodePoints"].contains(run["columnKind"] as? String), "3.14.17")
            let rules = try #require(driver["rules"] as? [[String: Any]], "3.19.23")
            let ids = rules.compactMap { $0["id"] as? String }
            #expect(ids.count == rules.count && Set(ids).count == ids.count, "3.49.3: every reportingDescriptor has an id, \(name)")
            for rule in rules {
                for key in ["shortDescription", "fullDescription", "help"] {
                    let text = (rule[key] as? [String: Any])?["text"] as? String ?? ""
                    #expect(text.count > 3, "3.12.3: a multiformatMessageString has a text")
                    if key != "help" { #expect(text.last == "." || key == "shortDescription", "3.49.10") }
                }
            }
            for invocation in run["invocations"] as? [[String: Any]] ?? [] { #expect(invocation["executionSuccessful"] is Bool, "3.20.14") }
            let bases = try #require(run["originalUriBaseIds"] as? [String: Any], "3.14.14")
            let results = try #require(run["results"] as? [[String: Any]], "3.14.23")
            #expect(results.count == findings(report).count)
            var prints: Set<String> = []
            for result in results {
                let rule = try #require(result["ruleId"] as? String, "3.27.5")
                let index = try #require(result["ruleIndex"] as? Int, "3.27.6")
                #expect(ids.indices.contains(index) && ids[index] == rule, "3.27.6: the index is that of the rule's descriptor")
                #expect(["none", "note", "warning", "error"].contains(result["level"] as? String), "3.27.10")
                #expect(((result["message"] as? [String: Any])?["text"] as? String ?? "").count > 3, "3.27.11, 3.11.8")
                for (_, value) in try #require(result["partialFingerprints"] as? [String: String], "3.27.17") { prints.insert(value) }
                for location in result["locations"] as? [[String: Any]] ?? [] {
                    let physical = try #require(location["physicalLocation"] as? [String: Any], "3.28.3")
                    let artifact = try #require(physical["artifactLocation"] as? [String: Any], "3.29.3")
                    let uri = try #require(artifact["uri"] as? String, "3.4.3")
                    // RFC 3986: a relative reference, no scheme, nothing that would have to be encoded.
                    #expect(uri.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~/%".contains($0)) } && !uri.hasPrefix("/"), "3.4.3 \(uri)")
                    #expect(uri.removingPercentEncoding != nil)
                    #expect(bases.keys.contains(artifact["uriBaseId"] as? String ?? ""), "3.4.4")
                    let region = try #require(physical["region"] as? [String: Int], "3.29.4")
                    #expect((region["startLine"] ?? 0) >= 1 && (region["startColumn"] ?? 0) >= 1, "3.30.5, 3.30.6")
                }
            }
            #expect(prints.count == results.count, "two results that are not the same have not the same fingerprint, \(name)")
            for provenance in run["versionControlProvenance"] as? [[String: Any]] ?? [] {
                #expect(URL(string: provenance["repositoryUri"] as? String ?? "")?.scheme != nil, "3.23.3: an absolute URI")
            }
        }
    }

    // MARK: JUnit

    private static let readsJUnit = """
        import sys, xml.etree.ElementTree as tree
        root = tree.parse(sys.argv[1]).getroot()
        assert root.tag == "testsuites", root.tag
        total = [0, 0, 0, 0]
        for suite in root:
            assert suite.tag == "testsuite" and suite.get("name") is not None
            cases = suite.findall("testcase")
            count = [len(cases), len(suite.findall("testcase/failure")), len(suite.findall("testcase/error")), len(suite.findall("testcase/skipped"))]
            assert count == [int(suite.get(k, 0)) for k in ("tests", "failures", "errors", "skipped")], (count, suite.attrib)
            total = [a + b for a, b in zip(total, count)]
            for case in cases:
                assert case.get("classname") is not None and case.get("name") is not None
                assert all(child.tag in ("failure", "error", "skipped", "system-out") for child in case)
        assert total == [int(root.get(k, 0)) for k in ("tests", "failures", "errors", "skipped")], total
        print(*total)
        """

    @Test func junitIsXMLWhoseCountsAreTrue() throws {
        for (name, report) in try Self.reports() {
            let counts = try Python.run(Self.readsJUnit, on: report.text(.junit)).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            let profiles = report.tenants.flatMap(\.profiles)
            let failed = profiles.count { $0.heldBy.isEmpty ? [.failed, .notSent].contains($0.publishing?.status) : !$0.isWaiting }
            let waiting = profiles.count { $0.isWaiting || $0.publishing?.status == .awaitingApproval }
            #expect(counts.count == 4 && counts[1] == failed && counts[3] == waiting, "\(name)")
            #expect((counts[2] > 0) == (report.diagnostics + report.tenants.flatMap(\.diagnostics)).contains { $0.severity == .error && ($0.tenant == nil || !report.tenants.isEmpty) } || name.hasPrefix("hostile"), "\(name)")
        }
    }

    @Test func xmlHoldsNoCharacterThatItMayNot() {
        #expect(XML.attribute("a<b>&\"'\n\t\r\u{0}\u{B}\u{FFFE}é😀") == "a&lt;b&gt;&amp;&quot;'&#10;\\t\\r\\u{0}\\u{B}\u{FFFD}é😀")
        #expect(XML.text("a<b>&\"\n\t\r]]>") == "a&lt;b&gt;&amp;\"\n\\t\\r]]&gt;")
        #expect(XML.text("a\u{9B}\u{202E}\n::error::b") == "a\\u{9B}\\u{202E}\n\\u{3A}:error::b")
    }
}
