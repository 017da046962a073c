import Basics
import Crypto
import Gates
import Impact
import JSONSource
import Live
import Profiles
import ReportModel

/// The report as one page that can be forwarded: it needs no network and no other files, and works in light and dark, on paper,
/// with a keyboard and with a screen reader. The summary needs no script; search and the list of profiles do.
///
/// All text of the repository is escaped. A Content-Security-Policy lets only the page's own script run, which never makes markup
/// of data. Memory grows with the number of differences, not with the fleet.
final class HTMLReport: ReportSink {
    private let out: ([UInt8]) throws -> Void
    private var gathered = Gathered()
    private var picture = HTMLPicture()
    private var data = HTMLData()

    /// Lists that need no script have at most so many entries; the rest is counted.
    private static let shown = 200
    private static let groupsShown = 60

    init(to out: @escaping ([UInt8]) throws -> Void) { self.out = out }

    func begin(_ head: ReportHead) throws { gathered.head = head }

    func tenant(_ tenant: TenantReport) throws {
        gathered.add(tenant)
        picture.add(tenant)
        try data.add(tenant)
    }

    func end(_ tail: ReportTail) throws {
        let verdict = gathered.verdict(tail)
        try put(Self.head(title: "easel \(gathered.head.command.rawValue): \(verdict.text)"))
        try put("<header class=\"\(verdict.mood == .bad ? "bad" : verdict.mood == .good ? "good" : "neutral")\"><p class=\"tool\">easel \(HTML.text(gathered.head.command.rawValue))</p>")
        try put("<h1>\(HTML.text(verdict.text))</h1>\(origin(tail))</header><main id=\"main\">")
        if let failed = gathered.failedSentence { try put("<p class=\"alert\"><strong>Failed:</strong> \(HTML.text(failed))</p>") }
        for note in tail.notes.prefix(Self.shown) { try put("<p>\(HTML.text(note))</p>") }
        try put(counts(tail.summary, isDeferred: tail.isDeferred))
        try put(table("who", gathered.noticedTitle, gathered.goesOut))
        try put(table("back", "Held. Impact if approved", gathered.heldBack))
        if gathered.somebodyNotices { try put("<p>\(Words.whenNoticed)</p>") }
        try put(picture.html)
        try put(policyChanges("policies", "Policies and approvals change", tail.policyChanges))
        try put(policyChanges("facts", "Facts about tenants change", tail.factChanges.map(PolicyChange.init)))
        try put(gates(tail.gates))
        try put(list("resolved", "Resolved", tail.resolved.map { "<li>\(HTML.text(Words.resolved($0)))</li>" }))
        try put(list("edits", "Edits and approvals", gathered.provenance.lines.map { "<li>\(HTML.text($0))</li>" }))
        try put(list("approvals", "Approvals", tail.approvals.map { "<li>\(HTML.text($0))</li>" }))
        try put(list("problems", "Problems", (tail.diagnostics.filter { $0.severity == .error } + tail.diagnostics.filter { $0.severity == .warning }).map(Self.item)))
        try groups()
        if data.count > 0 { try put(Self.profiles(data.count, title: gathered.head.live == nil ? "Every profile that changes or is held" : "Every profile that differs")) }
        try put(rules())
        try put("</main><footer><p>\(HTML.text("easel \(easelVersion)")). Numbers of people are upper limits: somebody in two groups counts twice, and filters are not subtracted.</p></footer>")
        if data.count > 0 {
            try put("<script type=\"application/json\" id=\"data\">")
            try data.write(to: out)
            try put("</script><script>\(HTMLPage.script)</script>")
        }
        try put("</body></html>\n")
    }

    private func put(_ text: String) throws { try out(Array(text.utf8)) }

    // MARK: Head

    private static func head(title: String) -> String {
        func hash(_ source: String) -> String { "'sha256-\(Base64.text(SHA256.hash(data: Array(source.utf8))))'" }
        let policy = "default-src 'none'; style-src \(hash(HTMLPage.style)); script-src \(hash(HTMLPage.script)); base-uri 'none'; form-action 'none'"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer"><title>\(HTML.text(Words.shortened(title, to: 200)))</title>
            <style>\(HTMLPage.style)</style></head><body><a class="skip" href="#main">Skip to the report</a>

            """
    }

    /// What was compared with what, and when.
    private func origin(_ tail: ReportTail) -> String {
        let head = gathered.head
        func revision(_ name: String?, _ commit: String?) -> String {
            [name == commit ? nil : name.map { HTML.code($0) }, commit.map { "<code>\(HTML.text(String($0.prefix(12))))</code>" }].compactMap(\.self).joined(separator: " ")
        }
        var rows: [(String, String)] = []
        if let repository = head.source.repository { rows.append(("Repository", HTML.code(repository))) }
        rows.append(("Revision", head.source.commit == nil && head.source.ref == nil ? head.source.files : revision(head.source.ref, head.source.commit)))
        if let base = head.base { rows.append(("Compared with", revision(base.name, base.commit))) }
        if let live = head.live { rows.append(("Live", HTML.code(live))) }
        if let run = tail.run { rows.append(("Made", "<time>\(HTML.text(run.startedAt))</time>")) }
        return "<dl>" + rows.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined() + "</dl>"
    }

    // MARK: Summary

    private func counts(_ summary: ReportSummary, isDeferred: Bool) -> String {
        if let cells = summary.drift.map(Self.cells) ?? summary.adoption.map(Self.cells) { return counts(cells, summary) }
        let isApplied = gathered.head.command == .reconcile && !isDeferred
        // A tenant whose targets do not include Graph has only a record.
        let done = summary.publishing?[.published] == gathered.goesOut.profiles ? "published" : "recorded"
        var cells: [(String, Int, String)] = Action.worstFirst.compactMap { action in
            let count = gathered.goesOut.actions[action] ?? 0
            return count > 0 ? (action.rawValue, count, isApplied ? "\(action.countable)\(count == 1 ? "" : "s") \(done)" : "to \(action.rawValue)") : nil
        }
        if let publishing = summary.publishing {
            cells += [("failed", publishing[.failed], "failed"), ("held", publishing[.awaitingApproval], "awaiting approval"), ("failed", publishing[.notSent], "not sent")].filter { $0.1 > 0 }
        }
        let held = gathered.heldBack.profiles - gathered.waiting
        if held > 0 { cells.append(("held", held, "held by gates")) }
        if gathered.waiting > 0 { cells.append(("held", gathered.waiting, "waiting their turn")) }
        cells.append(("none", summary.actions[.none] ?? 0, "unchanged"))
        if summary.moved > 0 { cells.append(("none", summary.moved, "renamed")) }
        return counts(cells, summary)
    }

    private static func cells(_ drift: DriftSummary) -> [(String, Int, String)] {
        var cells = DriftKind.allCases.filter { $0 != .inSync }.map { ($0.rawValue, drift.kinds[$0] ?? 0, $0.rawValue) }.filter { $0.1 > 0 }
        if drift.accepted > 0 { cells.append(("accepted", drift.accepted, "of them accepted")) }
        cells.append(("none", drift.kinds[.inSync] ?? 0, "in line"))
        cells.append(("tenants", drift.tenantsOutOfLine, "of \(Words.count(drift.tenantsInLine + drift.tenantsOutOfLine, "tenant")) out of line"))
        if let changes = drift.changes { cells += [("new", changes.new, "new"), ("resolved", changes.resolved, "resolved")] }
        return cells
    }

    private static func cells(_ adoption: AdoptionSummary) -> [(String, Int, String)] {
        [("create", adoption.adopted, "adopted"), ("held", adoption.left, "not adopted"), ("none", adoption.known, "already recorded")]
    }

    private func counts(_ found: [(String, Int, String)], _ summary: ReportSummary) -> String {
        var cells = found
        if summary.failedTenants > 0 { cells.append(("failed", summary.failedTenants, "tenants failed")) }
        let items = cells.map { "<li class=\"\($0.0)\"><strong>\(Words.number($0.1))</strong> \($0.2)</li>" }.joined()
        return "<section aria-labelledby=\"counts\"><h2 id=\"counts\">\(Words.count(summary.profiles, "profile")) in \(Words.count(summary.tenants, "tenant"))</h2><ul class=\"counts\">\(items)</ul></section>"
    }

    private func table(_ id: String, _ title: String, _ share: Gathered.Share) -> String {
        guard !share.noticed.isEmpty else { return "" }
        let most = max(1, share.noticed.map(\.count.people).max() ?? 1)
        var text = "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(title)</h2><table class=\"who\"><thead><tr><th scope=\"col\">People</th>"
        text += "<th scope=\"col\">What happens to them</th><th scope=\"col\" class=\"number\">Profiles</th></tr></thead><tbody>"
        for (consequence, count) in share.noticed {
            let length = count.people > 0 ? max(1, count.people * 100 / most) : 0
            text += "<tr><th scope=\"row\">\(HTML.text(count.words))<svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            text += "<rect class=\"\(consequence.rawValue)\" width=\"\(length)\" height=\"4\"/></svg></th>"
            text += "<td>\(HTML.text(consequence.words))</td><td class=\"number\">\(Words.number(count.profiles))</td></tr>"
        }
        return text + "</tbody></table></section>"
    }

    // MARK: Policies, gates, problems

    private func policyChanges(_ id: String, _ title: String, _ changes: [PolicyChange]) -> String {
        let loosening = changes.filter(\.loosens) + changes.filter { !$0.loosens }
        return list(
            id, title,
            loosening.map { change in
                let sides = [("before", change.before), ("after", change.after)].filter { $0.1 != .null }
                    .map { "<div><span class=\"side\">\($0.0)</span> \(HTML.code($0.1.compact, limit: 500))</div>" }.joined()
                return "<li class=\"\(change.loosens ? "loosens" : "")\"><strong>\(HTML.text(Words.policyChange(change)))</strong> in \(HTML.code(change.file))\(sides)</li>"
            })
    }

    private func gates(_ gates: [GateReport]) -> String {
        list(
            "gates", "Gates",
            gates.map { gate in
                var text = "<li><strong>\(HTML.text(gate.name))</strong> (\(HTML.text(gate.source))) \(gate.holds): "
                text += gate.held.prefix(5).map { HTML.code($0) }.joined(separator: ", ")
                if gate.held.count > 5 { text += " and \(Words.number(gate.held.count - 5)) more" }
                let how = Words.howToPass(gate).map { $0.isCommand ? HTML.command($0.text) : HTML.text($0.text) }.joined()
                return text + "<br>\(how)</li>"
            })
    }

    private static func item(_ diagnostic: Diagnostic) -> String {
        var text = "<li class=\"\(diagnostic.severity.rawValue)\"><strong>\(diagnostic.severity.rawValue) \(HTML.text(diagnostic.code))</strong> "
        text += "\(HTML.code("\(diagnostic.file):\(diagnostic.line):\(diagnostic.column)")) \(HTML.text(Words.shortened(diagnostic.message, to: 500)))"
        if let usedBy = diagnostic.usedBy { text += ", used by \(HTML.code(usedBy))" }
        if let help = diagnostic.help { text += "<br>\(HTML.text(Words.shortened(help, to: 500)))" }
        return text + "</li>"
    }

    private func list(_ id: String, _ title: String, _ items: [String]) -> String {
        guard !items.isEmpty else { return "" }
        let more = items.count > Self.shown ? "<p class=\"note\">And \(Words.number(items.count - Self.shown)) more; the JSON report has them all.</p>" : ""
        return "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(title)</h2><ul class=\"\(id)\">\(items.prefix(Self.shown).joined())</ul>\(more)</section>"
    }

    // MARK: Changes

    private func groups() throws {
        let groups = gathered.grouping.worstFirst
        guard !groups.isEmpty else { return }
        try put("<section aria-labelledby=\"changes\"><h2 id=\"changes\">\(gathered.head.live == nil ? "What changes" : "What differs"), worst first</h2>")
        for group in groups.prefix(Self.groupsShown) { try put(Self.paragraph(group)) }
        if groups.count > Self.groupsShown {
            let profiles = groups.dropFirst(Self.groupsShown).reduce(0) { $0 + $1.profiles }
            try put("<p class=\"note\">And \(Words.count(groups.count - Self.groupsShown, "other kind")) of change to \(Words.count(profiles, "profile")), no worse than these; the list below has them all.</p>")
        }
        try put("</section>")
    }

    private static func paragraph(_ group: ChangeGroup) -> String {
        let held = group.heldBy.isEmpty ? "" : " <span class=\"badge held\">\(group.heldWord) \(HTML.text(group.heldBy.joined(separator: ", ")))</span>"
        var text = "<details class=\"group\"><summary><span class=\"badge \(group.action.rawValue)\">\(HTML.text(group.title))</span> "
        text += "<strong>\(Words.count(group.profiles, "profile")) in \(Words.count(group.tenants, "tenant"))</strong>\(held)"
        if let worst = group.sentences.first { text += "<span class=\"worst\">\(HTML.text(worst))</span>" }
        text += "</summary>"
        if let why = group.publishing?.why { text += "<p>\(HTML.text(why))</p>" }
        if group.sentences.count > 1 { text += "<ul>\(group.sentences.dropFirst().map { "<li>\(HTML.text($0))</li>" }.joined())</ul>" }
        if group.isMixed { text += "<p>Different changes, too many to list here; the list below has them all.</p>" }
        let changes = group.changes.filter { !$0.path.isEmpty }
        if !changes.isEmpty {
            text += table(group)
        }
        for position in group.changes.indices {
            guard let remark = group.remark(position) else { continue }
            text += "<p>\(group.changes[position].path.isEmpty ? "" : HTML.code(group.changes[position].path) + " ")\(HTML.text(Words.shortened(remark, to: 500)))</p>"
        }
        for (word, list) in [("New", group.newAdvice), ("Resolved", group.resolvedAdvice)] {
            for advice in list {
                // Nothing else may speak of the rule of an advice that is resolved, so there may be no place to link to.
                let rule = word == "New" ? link(advice.rule) : HTML.text(advice.rule)
                text += "<p>\(word): \(rule) \(HTML.text(Rules.byID[advice.rule]?.title ?? ""))\(Words.place(of: advice) { HTML.code($0) })</p>"
            }
        }
        let examples = group.examples.map { example in
            let origin = example.movedFrom.map { ", renamed from \(HTML.code($0))" } ?? ""
            return "\(HTML.code("\(example.tenant)/\(example.profile)")) \(HTML.text(Words.shortened(example.displayName, to: 80)))\(origin)\(example.changed.map { ", \(HTML.text($0))" } ?? "")"
        }
        text += "<p class=\"note\">\(examples.joined(separator: ", "))"
        let more = group.profiles - group.examples.count
        if more > 0 { text += " and \(Words.number(more)) more" }
        return text + "</p></details>"
    }

    /// The values of a group's changes: before and after, or in a drift report what is where.
    private static func table(_ group: ChangeGroup) -> String {
        let labels = group.drift != nil ? [Words.inIntune, Words.inGitApplied, Words.inGitDesired] : group.heading == nil ? ["before", "after"] : [Words.inIntune, "in Git"]
        let headings = (["Setting"] + labels.map(\.capitalizedFirst) + ["Why"]).map { "<th scope=\"col\">\($0)</th>" }.joined()
        var text = "<table class=\"changes\"><thead><tr>\(headings)</tr></thead><tbody>"
        for (position, change) in group.changes.enumerated() where !change.path.isEmpty {
            let cells: [String]
            if let difference = group.drift?.differences[position] {
                let sides = Dictionary(Words.sides(of: change, difference, limit: .max).map { ($0.label, $0.value) }, uniquingKeysWith: { first, _ in first })
                cells = labels.map { label in sides[label].map { HTML.code($0) } ?? "" }
            } else {
                let ids = Words.needsIDs(change)
                cells = [change.before, change.after].map { HTML.code(Words.value($0, ids: ids)) }
            }
            text += "<tr><th scope=\"row\">\(HTML.code(change.path))</th>\(cells.map { "<td>\($0)</td>" }.joined())<td>\(change.rules.map(Self.link).joined(separator: " "))</td></tr>"
        }
        return text + "</tbody></table>"
    }

    private static func link(_ rule: String) -> String { "<a href=\"#\(HTML.text(rule))\">\(HTML.text(rule))</a>" }

    private static func profiles(_ count: Int, title: String) -> String {
        """
        <section aria-labelledby="profiles"><h2 id="profiles">\(title)</h2>
        <noscript><p class="alert">Search and the list of \(Words.count(count, "profile")) need JavaScript, which is off here. Everything above works without it.</p></noscript>
        <form id="filters" role="search" hidden>
        <label>Search <input type="search" id="f-text" placeholder="profile, tenant or setting" autocomplete="off"></label>
        <label>Tenant <input type="search" id="f-tenant" placeholder="id or name" autocomplete="off"></label>
        <label>Consequence <select id="f-consequence"><option value="">any</option></select></label>
        <label>Rule <select id="f-rule"><option value="">any</option></select></label>
        <label>Action <select id="f-action"><option value="">any</option></select></label>
        <label>Gates <select id="f-held"><option value="">any</option><option value="held">held</option><option value="out">goes out</option></select></label>
        <button type="reset">Reset</button>
        </form>
        <p id="matches" role="status" aria-live="polite"></p>
        <table id="list" class="list" hidden><caption class="hidden">Profiles that match, worst first</caption>
        <thead><tr><th scope="col">Tenant</th><th scope="col">Profile</th><th scope="col">Action</th><th scope="col" class="number">People</th><th scope="col">Worst consequence</th><th scope="col"><span class="hidden">Details</span></th></tr></thead>
        <tbody id="rows"></tbody></table>
        <nav id="pages" aria-label="Pages of the list" hidden><button type="button" id="previous">Previous</button> <span id="page"></span> <button type="button" id="next">Next</button></nav>
        </section>
        """
    }

    // MARK: Rules

    private func rules() -> String {
        let met = data.rules.sorted().compactMap { Rules.byID[$0] }
        guard !met.isEmpty else { return "" }
        var text = "<section aria-labelledby=\"why\"><h2 id=\"why\">Why: the rules</h2>"
        for rule in met {
            text += "<article id=\"\(rule.id)\" tabindex=\"-1\"><h3>\(rule.id) \(HTML.text(rule.title))</h3><p>\(HTML.text(rule.explanation))</p>"
            text += "<p><strong>What to do:</strong> \(HTML.text(rule.remedy))</p>"
            for part in rule.basis.parts {
                let words = HTML.text(part.text)
                let cited = part.link.map { "<a href=\"\($0)\" rel=\"noreferrer\">\(words)</a>" } ?? words
                text += "<p class=\"basis\"><span class=\"badge \(part.kind.rawValue)\">\(part.kind.rawValue)</span> \(cited)</p>"
            }
            text += "</article>"
        }
        return text + "</section>"
    }
}
