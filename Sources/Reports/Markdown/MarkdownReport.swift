import Basics
import Gates
import Impact
import Profiles
import ReportModel

/// The report as GitHub-flavoured Markdown, made for a comment under a pull request: never over `limit` characters, the
/// worst first, the rest counted.
///
/// Everything that comes from the repository is put in code spans, in which nothing is markup, a link or a mention.
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
        for (title, changes) in [("Policies and approvals change", tail.policyChanges), ("Facts about tenants change", tail.factChanges.map(PolicyChange.init))] {
            let loosening = changes.filter(\.loosens) + changes.filter { !$0.loosens }
            text += list(title, loosening.lazy.map(policyChange), budget: Self.limit / 8)
        }
        text += table(gathered.noticedTitle, gathered.goesOut)
        text += list("Resolved", tail.resolved.lazy.map { "- \(Self.code(Words.resolved($0)))\n" }, budget: Self.limit / 8)
        text += table("Held. Impact if approved", gathered.heldBack)
        if gathered.somebodyNotices { text += "\(Words.whenNoticed)\n\n" }
        text += Self.lines(tail.notes.map { "\(Self.code($0))\n\n" }, more: "more notes", budget: Self.limit / 16)
        if let failed = gathered.failedSentence { text += "**Failed:** \(Self.code(failed, limit: 1000))\n\n" }
        let errorsFirst = tail.diagnostics.filter { $0.severity == .error } + tail.diagnostics.filter { $0.severity == .warning }
        text += list("Problems", errorsFirst.lazy.map(problem), budget: Self.limit / 4)
        text += list("Gates", tail.gates.lazy.map(gate), budget: Self.limit / 8)
        text += list("Edits and approvals", gathered.provenance.lines.map { "- \(Self.code($0, limit: 600))\n" }, budget: Self.limit / 16)
        text += list("Approvals", tail.approvals.lazy.map { "- \(Self.code($0))\n" }, budget: Self.limit / 16)
        text += details(budget: Self.limit - text.utf8.count)
        try out(Array(text.utf8))
    }

    // MARK: Parts

    private func heading(_ tail: ReportTail) -> String {
        let head = gathered.head
        let revision = [head.source.ref, head.source.commit.map { String($0.prefix(12)) }].compactMap(\.self).joined(separator: " ")
        var line = "`easel \(head.command.rawValue)` of \(Self.code(revision.isEmpty ? head.source.files : revision))"
        if let base = head.base {
            let commit = base.commit.map { " \($0.prefix(12))" } ?? ""
            line += " against \(Self.code(base.name + commit))"
        }
        if let live = head.live { line += ", live \(Self.code(live))" }
        return "### \(gathered.verdict(tail).text)\n\n\(line)\n\n"
    }

    private func table(_ title: String, _ share: Gathered.Share) -> String {
        guard !share.noticed.isEmpty else { return "" }
        var text = "**\(title)**\n\n| People | What happens | Profiles |\n|---|---|--:|\n"
        for (consequence, count) in share.noticed {
            text += "| \(count.words) | \(consequence.words) | \(Words.number(count.profiles)) |\n"
        }
        return text + "\n"
    }

    private func problem(_ diagnostic: Diagnostic) -> String {
        let place = Self.code("\(diagnostic.file):\(diagnostic.line):\(diagnostic.column)")
        var text = "- **\(diagnostic.severity.rawValue)** \(diagnostic.code) \(place): \(Self.code(diagnostic.message, limit: 500))"
        if let usedBy = diagnostic.usedBy { text += ", used by \(Self.code(usedBy))" }
        if let help = diagnostic.help { text += "; \(Self.code(help, limit: 500))" }
        return text + "\n"
    }

    private func policyChange(_ change: PolicyChange) -> String {
        let sides = [("before", change.before), ("after", change.after)].filter { $0.1 != .null }
        let values = sides.map { "\($0) \(Self.code($1.compact, limit: 300))" }.joined(separator: ", ")
        let how = change.loosens ? "🔴 **\(change.kind == .loosened ? "" : "\(change.kind.rawValue), ")loosens**" : "**\(change.kind.rawValue)**"
        return "- \(how) \(Self.code(change.file)) \(Self.code(change.what)): \(values)\n"
    }

    private func gate(_ gate: GateReport) -> String {
        let how = Words.howToPass(gate).map { $0.isCommand ? Self.code($0.text, limit: 600) : Self.prose($0.text) }.joined()
        return "- \(Self.code(gate.name)) (\(Self.code(gate.source))) \(gate.holds): \(how)\n"
    }

    /// A part of a sentence; in a code span where a name in it could be markup, a link or a mention.
    private static func prose(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || " .,;:'()/-".utf8.contains(byte)
        }
        return plain && !text.contains("://") && !text.contains("www.") ? text : code(text, limit: 600)
    }

    private func list(_ title: String, _ items: some Collection<String>, budget: Int) -> String {
        items.isEmpty ? "" : "**\(title)**\n\n\(Self.lines(items, more: "more", budget: budget))\n"
    }

    /// As many items as the budget of bytes has room for; the rest is counted.
    private static func lines(_ items: some Collection<String>, more: String, budget: Int) -> String {
        var text = ""
        var shown = 0
        for item in items {
            guard text.utf8.count + item.utf8.count < budget else { break }
            text += item
            shown += 1
        }
        if shown < items.count { text += "- and \(Words.number(items.count - shown)) \(more); the JSON report has them all\n" }
        return text
    }

    private static func line(_ change: ProfileImpact.Change, _ difference: DriftNote.Difference?) -> String {
        let values = difference.map { Words.sides(of: change, $0, limit: 200).map { "\($0.label) \(code($0.value, limit: .max))" }.joined(separator: ", ") }
        return "- \(code(change.path)): \(values ?? code(Words.change(change, limit: 200), limit: .max))\(change.rules.isEmpty ? "" : " (\(change.rules.joined(separator: ", ")))")\n"
    }

    private func details(budget: Int) -> String {
        let groups = gathered.grouping.worstFirst
        guard !groups.isEmpty else { return "" }
        // Reserved for the line that counts the rest.
        var left = budget - 400
        var paragraphs = ""
        var rules: [String] = []
        var shown = 0
        for group in groups {
            let piece = paragraph(group)
            let new = group.rules.filter { !rules.contains($0) }
            // The text of each rule is added once, below, and must fit as well.
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
            text += "\nand \(Words.count(rest.count, "other kind")) of change to \(Words.count(profiles, "profile")), "
            text += "\(shown > 0 ? "no worse than these" : "too long to show here"); the JSON report has them all.\n\n"
        }
        if !rules.isEmpty {
            text += "<details><summary>Why: the rules</summary>\n\n\(rules.sorted().map(Self.explanation).joined())\n</details>\n"
        }
        return text
    }

    private func paragraph(_ group: ChangeGroup) -> String {
        let isOpen = (group.worstFirst.first ?? .advice) <= .newProfile
        let held = group.heldBy.isEmpty ? "" : group.isWaiting ? " · waiting" : " · held"
        let worst = group.sentences.first.map { " · \($0)" } ?? ""
        let size = "\(Words.count(group.profiles, "profile")) in \(Words.count(group.tenants, "tenant"))"
        var text = "<details\(isOpen ? " open" : "")><summary><b>\(group.title)</b> \(size)\(worst)\(held)</summary>\n\n"
        if let why = group.publishing?.why { text += "- \(Self.code(why, limit: 500))\n" }
        for sentence in group.sentences.dropFirst() { text += "- \(sentence)\n" }
        if !group.heldBy.isEmpty { text += "- \(group.heldWord) \(group.heldBy.map { Self.code($0) }.joined(separator: ", "))\n" }
        if group.isMixed { text += "- different changes, too many to list here; the JSON report has them all\n" }
        let changes = group.changes.enumerated().compactMap { position, change -> String? in
            let remark = group.remark(position).map { Self.code($0, limit: 500) }
            guard !change.path.isEmpty else { return remark.map { "- \($0)\n" } }
            return Self.line(change, group.drift?.differences[position]).dropLast() + (remark.map { " \($0)" } ?? "") + "\n"
        }
        text += Self.lines(changes, more: "other settings", budget: Self.limit / 8)
        for (word, list) in [("new", group.newAdvice), ("resolved", group.resolvedAdvice)] {
            for advice in list {
                text += "- \(word): \(advice.rule) \(Rules.byID[advice.rule]?.title ?? "")\(Words.place(of: advice) { Self.code($0) })\n"
            }
        }
        for example in group.examples {
            let fingerprint = group.heldBy.isEmpty ? "" : example.fingerprint.map { ", fingerprint \(Self.code(Fingerprint.short($0)))" } ?? ""
            let origin = example.movedFrom.map { ", renamed from \(Self.code($0))" } ?? ""
            text += "- \(Self.code("\(example.tenant)/\(example.profile)")) \(Self.code(example.displayName, limit: 80))\(origin)\(fingerprint)\(example.changed.map { ", \($0)" } ?? "")\n"
        }
        let more = group.profiles - group.examples.count
        if more > 0 { text += "- and \(Words.number(more)) more\n" }
        return text + "\n</details>\n\n"
    }

    private static func explanation(_ id: String) -> String {
        guard let rule = Rules.byID[id] else { return "" }
        let basis = rule.basis.parts.map { part in
            let kind = part.kind == .documented ? "Documented" : "Inferred"
            return "_\(part.link.map { "[\(kind)](\($0))" } ?? kind):_ \(part.text)."
        }.joined(separator: " ")
        return "- **\(rule.id) \(rule.title).** \(rule.explanation) _What to do:_ \(rule.remedy) \(basis)\n"
    }

    /// Hostile text as a code span: the fence is longer than any run of backticks in it, and nothing ends the line.
    static func code(_ text: String, limit: Int = 200) -> String {
        let plain = Words.shortened(Words.plain(text), to: limit)
        guard !plain.isEmpty else { return "(empty)" }
        var longest = 0
        var run = 0
        for byte in plain.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        // Spaces that Markdown takes off again, where the text begins or ends with a backtick. Bytes, not characters: a
        // backtick with an accent on it is another character, and to Markdown a backtick all the same.
        let backtick = UInt8(ascii: "`")
        let space = plain.utf8.first == backtick || plain.utf8.last == backtick ? " " : ""
        return fence + space + plain + space + fence
    }
}
