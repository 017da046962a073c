import Basics
import Impact
import JSONSource
import Profiles
import ReportModel
import TestSupport

@testable import Gates

/// Text as an attacker, or a careless colleague, would write it.
enum Hostile {
    /// In every text, so that a test sees where it comes out.
    static let mark = "HOSTILE"

    static let texts: [String] = [
        "\u{1B}[31mHOSTILE\u{1B}[0m", "\u{9B}31mHOSTILE", "\u{1B}]0;HOSTILE\u{07}",
        "HOSTILE\nPlan: nothing to do.\n", "HOSTILE\r\n\r\n# HOSTILE",
        "\u{202E}HOSTILE\u{2066}", "HO\u{200B}STILE\u{FEFF}HOSTILE", "\u{E0048}HOSTILE\u{115F}\u{3164}\u{AD}", "`HOSTILE`", "```\nHOSTILE\n```", "`\u{301}HOSTILE",
        "HOSTILE`\u{301}", "``\u{20E3}` HOSTILE ``", "HOSTILE | HOSTILE | HOSTILE",
        "@HOSTILE #1 HOSTILE/x#1 GH-1", "</details></summary>HOSTILE",
        "<script>alert('HOSTILE')</script>", "<img src=x onerror=HOSTILE>", "[HOSTILE](https://evil.example/)", "![HOSTILE](https://evil.example/x.png)",
        "https://evil.example/HOSTILE www.evil.example/HOSTILE HOSTILE@evil.example",
        "**HOSTILE** _HOSTILE_ ~~HOSTILE~~", "# HOSTILE", "- HOSTILE", "> HOSTILE",
        "    HOSTILE", "\tHOSTILE", " HOSTILE ", "&lt;HOSTILE&gt; &#96;HOSTILE", "\\`HOSTILE\\`", "HOSTILE\\", "<!-- HOSTILE",
        "--> HOSTILE", "HOSTILE\u{0}", "HOSTILE\u{85}\u{2028}\u{2029}",
        "[HOSTILE]: https://evil.example", "$HOSTILE$ $$HOSTILE$$", ":HOSTILE:", "<https://evil.example/HOSTILE>", "HOSTILE  ", "~~~\nHOSTILE\n~~~", "::error::HOSTILE",
        "##vso[task.setvariable variable=HOSTILE]x", "HOSTILE ##[add-mask]HOSTILE ::set-output name=HOSTILE::x",
    ]

    static func text(_ random: inout Seeded) -> String {
        var text = ""
        for _ in 0...random.below(3) {
            switch random.below(8) {
            case 0: text += String(repeating: "`", count: 1 + random.below(5))
            case 1: text += String(repeating: "HOSTILE ", count: random.below(200))
            case 2: text += "a" + String(repeating: "\u{301}", count: random.below(800))
            case 3: text += String(repeating: "👩‍👩‍👧‍👦", count: random.below(80))
            default: text += texts[random.below(texts.count)]
            }
        }
        return text.isEmpty ? mark : text
    }

    /// A report in which every text that can come from a repository is hostile.
    static func report(seed: UInt64, tenants: Int = 6, diagnostics: Int = 8) -> Report {
        var random = Seeded(seed)
        func some() -> String { text(&random) }
        func reference() -> JSON { ["name": .string(some()), "id": .string(some())] }
        var report = Report()
        report.head.source = .init(repository: some(), ref: some(), commit: String(repeating: "0", count: 40))
        report.head.base = .applied(state: some(), branch: some(), commit: String(repeating: "1", count: 40))
        report.tenants = (0..<tenants).map { number in
            let profiles = (0..<3).map { _ in
                let targets: [JSON] = (0..<3).map { _ in ["group": reference(), "filter": reference(), "filterMode": "exclude"] }
                return ProfileReport.made(
                    some(), [Action.update, .reinstall][random.below(2)],
                    [
                        .init("/description", .string(some()), .string(some()), rules: ["EAS020"]),
                        .init("/mail/vpnProfile", reference(), reference()),
                        .init("/account/usernameDomain", .null, ["custom": .string(some())]),
                        .init("/assignments/include", [], .array(targets), joined: targets, left: []),
                    ], [.newProfile: .atMost(4)], name: some(), heldBy: random.chance(1, in: 2) ? [some(), some()] : [])
            }
            return TenantReport(some(), profiles, failed: number % 3 == 0 ? [] : nil)
        }
        report.diagnostics = (0..<diagnostics).map { number in
            Diagnostic(
                severity: number % 2 == 0 ? .error : .warning, code: "CFG010", message: some(), help: some(), file: some(),
                pointer: "/" + some().replacing("/", with: ""), usedBy: some())
        }
        // easel writes these sentences; the name of the gate is all in them that somebody else chose.
        report.gates = (0..<4).map { _ in
            let name = some()
            return GateReport(
                name: name, source: some(), isWaiting: true, held: (0..<12).map { _ in some() },
                howToPass: "To approve, run `easel approve --report report.json --gate \(shellWord(name))` with this run's JSON report, and commit what it writes.")
        }
        report.approvals = [some(), some()]
        report.policyChanges = (0..<3).map { number in
            PolicyChange(
                file: some(), kind: PolicyChange.Kind.allCases[random.below(5)], what: "gate " + some(), before: number == 0 ? .null : ["name": .string(some())],
                after: ["name": .string(some()), "when": [.string(some())]], loosens: random.chance(1, in: 2))
        }
        report.notes = [some()]
        return report
    }
}
