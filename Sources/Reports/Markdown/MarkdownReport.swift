import Gates
import Impact
import Profiles
import Reconciler

/// The report as GitHub-flavoured Markdown, made for a comment under a pull request: never over `limit` characters, the
/// worst first, the rest counted.
///
/// Everything that comes from the repository stands in code spans, in which nothing is markup, a link or a mention.
final class MarkdownReport: ReportSink {
    /// Bytes, and so characters, at most; forges refuse comments of 65,536.
    static let limit = 64_000

    private let out: ([UInt8]) throws -> Void
    private var gathered = Gathered()

    init(to out: @escaping ([UInt8]) throws -> Void) { self.out = out }

    func begin(_ head: ReportHead) throws { gathered.head = head }
    func tenant(_ tenant: TenantReport) throws { gathered.add(tenant) }

    func end(_ tail: ReportTail) throws {
        var text = heading(tail)
        text += table("Who notices", gathered.goesOut)
        text += table("Held back; were it let through", gathered.heldBack)
        text += tail.notes.map { "\(Self.code($0))\n\n" }.joined()
        if let failed = gathered.failedSentence { text += "**Failed:** \(Self.code(failed))\n\n" }
        text += list("Problems", tail.diagnostics.sorted { ($0.severity == .error ? 0 : 1) < ($1.severity == .error ? 0 : 1) }.map(problem), budget: Self.limit / 4)
        text += list("Gates", tail.gates.map(gate), budget: Self.limit / 8)
        text += list("Approvals", tail.approvals.map { "- \(Self.code($0))\n" }, budget: Self.limit / 16)
        text += details(budget: Self.limit - text.utf8.count)
        try out(Array(text.utf8))
    }

    // MARK: Parts

    private func heading(_ tail: ReportTail) -> String {
        let head = gathered.head
        let revision = [head.source.ref, head.source.commit.map { String($0.prefix(12)) }].compactMap(\.self).joined(separator: " ")
        var line = "`easel \(head.command)` of \(Self.code(revision.isEmpty ? "working files" : revision))"
        if let base = head.base { line += " against \(Self.code([base.branch, base.commit.map { String($0.prefix(12)) }].compactMap(\.self).joined(separator: " ")))" }
        return "### \(gathered.verdict(tail).text)\n\n\(line)\n\n"
    }

    private func table(_ title: String, _ share: Gathered.Share) -> String {
        let noticed = share.people.keys.sorted()
        guard !noticed.isEmpty else { return "" }
        var text = "**\(title)**\n\n| People | What happens | Profiles |\n|---|---|--:|\n"
        for consequence in noticed {
            guard let count = share.people[consequence] else { continue }
            text += "| \(count.words) | \(consequence.words) | \(Words.number(count.profiles)) |\n"
        }
        return text + "\n"
    }

    private func problem(_ diagnostic: Diagnostic) -> String {
        var text = "- **\(diagnostic.severity.rawValue)** \(diagnostic.code) \(Self.code("\(diagnostic.file):\(diagnostic.line):\(diagnostic.column)")): \(Self.code(diagnostic.message))"
        if let usedBy = diagnostic.usedBy { text += ", used by \(Self.code(usedBy))" }
        if let help = diagnostic.help { text += "; \(Self.code(help))" }
        return text + "\n"
    }

    private func gate(_ gate: GateReport) -> String {
        "- \(Self.code(gate.name)) (\(Self.code(gate.source))) holds \(Words.count(gate.held.count, "profile")): \(Self.code(gate.howToPass, limit: 400))\n"
    }

    /// As many items as the budget has room for.
    private func list(_ title: String, _ items: [String], budget: Int) -> String {
        guard !items.isEmpty else { return "" }
        var text = "**\(title)**\n\n"
        var shown = 0
        for item in items {
            guard text.utf8.count + item.utf8.count < budget else { break }
            text += item
            shown += 1
        }
        if shown < items.count { text += "- and \(Words.number(items.count - shown)) more; the JSON report has them all\n" }
        return text + "\n"
    }

    private func details(budget: Int) -> String {
        let groups = gathered.grouping.worstFirst
        guard !groups.isEmpty else { return "" }
        // Kept for the line that counts the rest.
        var left = budget - 400
        var paragraphs = ""
        var rules: [String] = []
        var shown = 0
        for group in groups {
            let piece = paragraph(group)
            let new = group.rules.filter { !rules.contains($0) }
            // What a rule says stands once, below, and must fit as well.
            let cost = piece.utf8.count + new.reduce(0) { $0 + Self.explanation($1).utf8.count }
            guard cost < left else { break }
            left -= cost
            paragraphs += piece
            rules += new
            shown += 1
        }
        var text = paragraphs
        let rest = groups.dropFirst(shown)
        if !rest.isEmpty {
            let profiles = rest.reduce(0) { $0 + $1.profiles }
            text += "\nand \(Words.count(rest.count, "other kind")) of change to \(Words.count(profiles, "profile")), milder than these; the JSON report has them all.\n\n"
        }
        if !rules.isEmpty {
            text += "<details><summary>Why: the rules</summary>\n\n\(rules.sorted().map(Self.explanation).joined())\n</details>\n"
        }
        return text
    }

    private func paragraph(_ group: ChangeGroup) -> String {
        let isOpen = (group.worstFirst.first ?? .advice) <= .newProfile
        let held = group.heldBy.isEmpty ? "" : " · held"
        let worst = group.worstFirst.first.flatMap { consequence in group.people[consequence].map { " · \($0.sentence(consequence))" } } ?? ""
        var text = "<details\(isOpen ? " open" : "")><summary><b>\(group.action.rawValue)</b> \(Words.count(group.profiles, "profile")) in \(Words.count(group.tenants, "tenant"))\(worst)\(held)</summary>\n\n"
        for consequence in group.worstFirst.dropFirst() {
            if let count = group.people[consequence] { text += "- \(count.sentence(consequence))\n" }
        }
        if !group.heldBy.isEmpty { text += "- held by \(group.heldBy.map { Self.code($0) }.joined(separator: ", "))\n" }
        if group.isMixed { text += "- different changes, too many to tell one by one; the JSON report has them all\n" }
        for change in group.changes where !change.path.isEmpty {
            text += "- \(Self.code(change.path)): \(Self.code(Words.change(change)))\(change.rules.isEmpty ? "" : " (\(change.rules.joined(separator: ", ")))")\n"
        }
        for advice in group.newAdvice {
            text += "- new: \(advice.rule) \(Rules.byID[advice.rule]?.title ?? "")\(advice.path.isEmpty ? "" : " (\(Self.code(advice.path)))")\n"
        }
        for example in group.examples {
            let fingerprint = group.heldBy.isEmpty ? "" : example.fingerprint.map { ", fingerprint \(Self.code($0))" } ?? ""
            text += "- \(Self.code("\(example.tenant)/\(example.profile)")) \(Self.code(example.displayName, limit: 80))\(fingerprint)\n"
        }
        let more = group.profiles - group.examples.count
        if more > 0 { text += "- and \(Words.number(more)) more\n" }
        return text + "\n</details>\n\n"
    }

    private static func explanation(_ id: String) -> String {
        guard let rule = Rules.byID[id] else { return "" }
        return "- **\(rule.id) \(rule.title).** \(rule.explanation) _What to do:_ \(rule.remedy) _\(rule.basis.kind == "documented" ? "Documented" : "Inferred"):_ \(rule.basis.text)\n"
    }

    /// Hostile text as a code span: the fence is longer than any run of backticks in it, and nothing ends the line.
    static func code(_ text: String, limit: Int = 200) -> String {
        var plain = Words.shortened(Words.plain(text), to: limit)
        // A grapheme can be of any length.
        if plain.utf8.count > limit * 8 { plain = String(decoding: plain.utf8.prefix(limit * 8), as: UTF8.self) + "…" }
        guard !plain.isEmpty else { return "(empty)" }
        var longest = 0
        var run = 0
        for byte in plain.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        // Spaces that Markdown takes off again where the text begins or ends with a backtick.
        let space = plain.hasPrefix("`") || plain.hasSuffix("`") || plain.allSatisfy({ $0 == " " }) ? " " : ""
        return fence + space + plain + space + fence
    }
}
