import Foundation
import Impact
import JSONSource
import Profiles
import ReportModel
import TestSupport
import Testing

@testable import Reports

/// The HTML report, as text and in a real browser.
@Suite struct HTMLTests {
    /// Ten thousand tenants with ten profiles each, every one reinstalled.
    private func fleet() -> Report {
        var report = Report()
        report.tenants = (0..<10_000).map { number in
            let tenant = "t\(100_000 + number)-contoso-west"
            return TenantReport(
                tenant,
                (0..<10).map { profile in
                    .made(
                        "staff-mail-\(profile)", .reinstall, [.init("/account/oauth", false, true, rules: ["EAS001"])],
                        [.credentialReentry: number % 9 == 0 ? .unknown : .atMost(number % 200), .newProfile: .atMost(3)], name: "Staff mail \(profile)",
                        heldBy: profile == 3 ? ["sign-in-storm"] : [])
                })
        }
        return report
    }

    @Test func aHundredThousandProfilesAreWellBelowFortyMegabytes() throws {
        #expect(try fleet().text(.html).utf8.count < 15_000_000)
    }

    /// A bar without a colour of its own is black, and says nothing.
    @Test func everyConsequenceHasAColour() throws {
        let page = try Samples.report("review").text(.html)
        for consequence in Consequence.allCases where consequence.isNoticed { #expect(page.contains(".\(consequence.rawValue) { fill: var(--"), "\(consequence)") }
    }

    @Test func nothingOfTheRepositoryIsMarkup() throws {
        for seed in 1...40 {
            let page = try Hostile.report(seed: UInt64(seed)).text(.html)
            for bad in ["<script>alert", "<img", "<!--", "</details></summary>HOSTILE", "<https", "\u{1B}", "\u{202E}", "\u{200B}", "\u{0}"] {
                #expect(!page.contains(bad), "\(seed): \(bad.debugDescription)")
            }
            let tags = page.matches(of: /<\/?([a-z0-9]+)[ >]/).map { String($0.output.1) }
            #expect(Set(tags).isSubset(of: Self.known), "\(seed): \(Set(tags).subtracting(Self.known))")
            // The data stands between two tags, and nothing in it can end it.
            let data = try #require(page.components(separatedBy: "id=\"data\">").last?.components(separatedBy: "</script>").first)
            #expect(!data.contains("<") && !data.contains(">") && !data.contains("&"))
            #expect((try? JSONSerialization.jsonObject(with: Data(data.utf8))) != nil)
        }
    }

    private static let known: Set<String> = [
        "html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "dl", "div", "dt", "dd", "main", "section", "ul", "li", "strong",
        "table", "thead", "tbody", "tr", "th", "td", "svg", "rect", "details", "summary", "span", "code", "br", "button", "article", "footer", "script", "form",
        "label", "input", "select", "option", "noscript", "nav", "caption", "time",
    ]

    @Test func theSummaryStandsWithoutScript() throws {
        let page = try Samples.report("review").text(.html).replacing(/<script.*?<\/script>/.dotMatchesNewlines(), with: "")
        for text in [
            "at most 100 people, unknown in 1 profile", "must enter their credentials", "gate sign-in-storm loosened", "lets 1 profile wait", "OAuth is turned on",
            "documented", "need JavaScript", "origin/main",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(page.contains("class=\"loosens\""))
    }

    @Test func aPageHasAPolicyThatFitsItsOwnStyleAndScript() throws {
        for name in Samples.names {
            let page = try Samples.report(name).text(.html)
            #expect(page.contains("default-src 'none'; style-src 'sha256-") && !page.contains("unsafe") && !page.contains(" style=") && !page.contains(" onclick="))
            #expect(!page.contains("http://") && !page.contains("src="), "no network: \(name)")
        }
    }

    private static var hasBrowser: Bool { ["chromium", "chromedriver"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0) } }

    @Test(.enabled(if: hasBrowser, "needs chromium and chromium-driver, which Tests/run.sh installs")) func inChromium() throws {
        let folder = "/tmp/easel-pages-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pages = [("whole", try Samples.report("everything")), ("hostile", Hostile.report(seed: 7, tenants: 12)), ("big", fleet())]
        for (name, report) in pages { try report.text(.html).write(toFile: "\(folder)/\(name).html", atomically: false, encoding: .utf8) }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Browser/check.py").path
        let command = ["/usr/bin/python3", script] + pages.map { "\(folder)/\($0.0).html" }
        let environment = ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", "HOME": folder, "TMPDIR": folder]
        let outcome = try Program(command, in: folder, environment: environment).finish()
        #expect(outcome.status == 0 && outcome.out == "", "\(outcome.out)\(outcome.err)")
    }
}
