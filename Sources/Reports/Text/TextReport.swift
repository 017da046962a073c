import Basics
import Gates
import Impact
import JSONSource
import Profiles
import ReportModel

/// The report that an admin reads in a terminal or a pipeline's log: what hurts most comes first, what happens to a
/// thousand tenants in the same way is one paragraph, and the last line has the outcome.
///
/// Nothing is written before the end, since the worst may come last; memory grows with the number of different changes.
final class TextReport: ReportSink {
    private let options: ReportOptions
    private let style: TextStyle
    private let out: ([UInt8]) throws -> Void
    private var gathered = Gathered()

    init(options: ReportOptions, to out: @escaping ([UInt8]) throws -> Void) {
        self.options = options
        style = TextStyle(color: options.color, width: options.width)
        self.out = out
    }

    func begin(_ head: ReportHead) throws { gathered.head = head }
    func tenant(_ tenant: TenantReport) throws { gathered.add(tenant) }

    /// Names that a list writes out.
    private static let namesShown = 10
    /// Policy changes that are written out.
    private static let policyChangesShown = 200

    func end(_ tail: ReportTail) throws {
        var lines = heading
        lines += policyChanges("Policies and approvals change", tail.policyChanges)
        lines += policyChanges("Facts about tenants change", tail.factChanges.map(PolicyChange.init))
        let groups = gathered.grouping.worstFirst
        for group in groups.prefix(options.detail) { lines += paragraph(group) }
        if groups.count > options.detail { lines += rest(Array(groups.dropFirst(options.detail))) }
        lines += table(gathered.noticedTitle, gathered.goesOut)
        lines += resolved(tail.resolved)
        lines += table("Held. Impact if approved", gathered.heldBack)
        if gathered.somebodyNotices { lines += style.wrap(Words.whenNoticed, first: "") + [""] }
        lines += rules(groups.prefix(options.detail))
        lines += gates(tail.gates)
        let who = gathered.provenance.lines
        if !who.isEmpty {
            lines += [style.bold("Edits and approvals")] + who.prefix(Self.namesShown).map { "  " + Words.plain($0) }
            if who.count > Self.namesShown { lines.append("  and \(Words.number(who.count - Self.namesShown)) more; the JSON report has them all.") }
            lines.append("")
        }
        if !tail.approvals.isEmpty { lines += [style.bold("Approvals")] + tail.approvals.map { "  " + Words.plain($0) } + [""] }
        lines += diagnostics(tail.diagnostics)
        if let failed = gathered.failedSentence { lines += style.wrap(failed, first: "Failed: ") + [""] }
        for note in tail.notes { lines += style.wrap(Words.plain(note), first: "") + [""] }
        if let applied = tail.applied, let branch = gathered.head.base?.name {
            // Not a commit's id in a reproducible report.
            let commit = applied.count == 40 ? " as \(applied.prefix(7))" : ""
            lines += ["Recorded on \(Words.plain(branch))\(commit).", ""]
        }
        lines.append(closing(gathered.verdict(tail)))
        var text = ""
        for line in lines {
            text += harmlessLines(line, keepsColor: options.color) + "\n"
            if text.utf8.count > 1 << 16 {
                try out(Array(text.utf8))
                text = ""
            }
        }
        try out(Array(text.utf8))
    }

    // MARK: Parts

    private var heading: [String] {
        let head = gathered.head
        var line = style.bold("easel \(head.command.rawValue)")
        let source = head.source
        let revision = [source.ref.map(Words.plain), source.commit.map { String($0.prefix(7)) }].compactMap(\.self).joined(separator: " ")
        let place = source.repository.map(Words.plain)
        let files = source.files + (place.map { " in \($0)" } ?? "")
        line += " · " + (revision.isEmpty ? files : [place, revision].compactMap(\.self).joined(separator: " at "))
        if let base = head.base {
            let commit = base.commit.map { " \($0.prefix(7))" } ?? ""
            line += " · against \(Words.plain(base.name))\(commit)"
        }
        if let live = head.live { line += " · live \(Words.plain(live))" }
        return [line, ""]
    }

    private func paragraph(_ group: ChangeGroup) -> [String] {
        let isHeld = !group.heldBy.isEmpty
        let what = "\(symbol(group.action)) \(group.action.rawValue)"
        var title = group.heading.map { heading in
            let restoring = group.action == .none ? "" : "  \(heading.next): \(colored(group.action, what))"
            return style.bold(heading.isBad ? style.red(heading.text) : heading.text) + restoring
        } ?? style.bold(colored(group.action, what))
        title += style.bold("  \(Words.count(group.profiles, "profile")) in \(Words.count(group.tenants, "tenant"))")
        if isHeld { title += "  " + style.yellow("\(group.heldWord) \(group.heldBy.map(Words.plain).joined(separator: ", "))") }
        var lines = [title]
        let isSevere = group.worstFirst.prefix { $0 <= .newProfile }.count
        for (position, sentence) in group.sentences.enumerated() {
            lines += style.wrap(sentence, first: "    ", paint: position < isSevere ? style.red : { $0 })
        }
        if let why = group.publishing?.why { lines += style.wrap(why, first: "    ") }
        if group.isMixed { lines.append("    different changes, too many to list here; the JSON report has them all") }
        for (position, change) in group.changes.enumerated() {
            let remark = group.remark(position).map { style.wrap(Words.plain($0), first: change.path.isEmpty ? "    " : "      ") } ?? []
            if change.path.isEmpty {
                lines += remark
                continue
            }
            let rules = change.rules.isEmpty ? "" : "  " + style.dim(change.rules.joined(separator: " "))
            lines.append("    \(style.cyan(change.path))  \(group.shown(position))\(rules)")
            lines += remark
        }
        for advice in group.newAdvice {
            lines += style.wrap("\(Rules.byID[advice.rule]?.title ?? "")\(Words.place(of: advice))", first: "    new \(advice.rule): ")
        }
        for advice in group.resolvedAdvice {
            lines += style.wrap("\(Rules.byID[advice.rule]?.title ?? "")\(Words.place(of: advice))", first: "    resolved \(advice.rule): ")
        }
        for example in group.examples {
            var line = "    \(Words.plain("\(example.tenant)/\(example.profile)"))  \(Words.shortened(Words.plain(example.displayName), to: 80))"
            if let origin = example.movedFrom { line += "  " + style.dim("renamed from \(Words.plain(origin))") }
            if let changed = example.changed { line += "  " + style.dim(changed) }
            if isHeld, let fingerprint = example.fingerprint { line += "  " + style.dim(Fingerprint.short(fingerprint)) }
            lines.append(line)
        }
        let more = group.profiles - group.examples.count
        if more > 0 { lines.append("    and \(Words.number(more)) more") }
        return lines + [""]
    }

    /// Differences that an earlier drift report had, and this one no longer has.
    private func resolved(_ differences: [EarlierDrift.Difference]) -> [String] {
        guard !differences.isEmpty else { return [] }
        let shown = differences.prefix(Self.namesShown).map { "  \(Words.plain(Words.resolved($0)))" }
        let more = differences.count - shown.count
        return [style.bold("Resolved")] + shown + (more > 0 ? ["  and \(Words.number(more)) more"] : []) + [""]
    }

    private func rest(_ groups: [ChangeGroup]) -> [String] {
        let profiles = groups.reduce(0) { $0 + $1.profiles }
        let kinds = "and \(Words.count(groups.count, "other kind")) of change to \(Words.count(profiles, "profile"))"
        return style.wrap("\(kinds), no worse than these; the JSON report has them all.", first: "") + [""]
    }

    private func table(_ title: String, _ share: Gathered.Share) -> [String] {
        let cells = share.noticed.map { (people: $0.count.words, words: $0.consequence.words, count: Words.count($0.count.profiles, "profile")) }
        guard !cells.isEmpty else { return [] }
        let first = cells.map(\.people.count).max() ?? 0
        let second = cells.map(\.words.count).max() ?? 0
        return [style.bold(title)] + cells.map { "  \($0.people.padded(to: first))  \($0.words.padded(to: second))  \($0.count)" } + [""]
    }

    private func rules(_ groups: some Sequence<ChangeGroup>) -> [String] {
        var met: Set<String> = []
        for group in groups { met.formUnion(group.rules) }
        guard !met.isEmpty else { return [] }
        var lines = [style.bold("Why")]
        for rule in met.sorted().compactMap({ Rules.byID[$0] }) {
            lines += style.wrap("\(rule.title)", first: "  \(rule.id)  ")
            lines += style.wrap(rule.explanation, first: "          ")
            lines += style.wrap(rule.remedy, first: "          What to do: ")
            for part in rule.basis.parts { lines += style.wrap(part.sentence, first: "          ") }
        }
        return lines + [""]
    }

    private func gates(_ gates: [GateReport]) -> [String] {
        guard !gates.isEmpty else { return [] }
        var lines = [style.bold("Gates")]
        for gate in gates {
            let names = gate.held.prefix(Self.namesShown).map(Words.plain).joined(separator: ", ")
            let more = gate.held.count - Self.namesShown
            let text = "\(Words.plain(gate.name)) (\(Words.plain(gate.source))) \(gate.holds): \(names)"
            lines += style.wrap(text + (more > 0 ? " and \(Words.number(more)) more" : ""), first: "  ")
            lines += style.wrap(Words.plain(gate.howToPass), first: "    ")
        }
        return lines + [""]
    }

    /// These come first, since they decide what may go out.
    private func policyChanges(_ title: String, _ changes: [PolicyChange]) -> [String] {
        guard !changes.isEmpty else { return [] }
        var lines = [style.bold(title)]
        for change in changes.prefix(Self.policyChangesShown) {
            let text = Words.policyChange(change)
            lines.append("  \(Words.plain(change.file)): \(change.loosens ? style.red(style.bold(text)) : text)")
            for (sign, value) in [("-", change.before), ("+", change.after)] where value != .null {
                lines.append("    \(style.dim(sign)) \(Words.shortened(Words.plain(value.compact), to: 300))")
            }
        }
        let more = changes.count - Self.policyChangesShown
        if more > 0 { lines.append("  and \(Words.number(more)) more; the JSON report has them all.") }
        return lines + [""]
    }

    private func diagnostics(_ diagnostics: [Diagnostic]) -> [String] { style.diagnostics(diagnostics) }

    // MARK: Words

    private func closing(_ verdict: Gathered.Verdict) -> String {
        let text = style.bold(verdict.text)
        return switch verdict.mood {
        case .good: style.green(text)
        case .neutral: text
        case .bad: style.red(text)
        }
    }

    private func symbol(_ action: Action) -> String {
        switch action {
        case .create: "+"
        case .update: "~"
        case .reinstall: "±"
        case .remove: "-"
        case .none: " "
        }
    }

    private func colored(_ action: Action, _ text: String) -> String {
        switch action {
        case .create: style.green(text)
        case .update: style.yellow(text)
        case .reinstall, .remove: style.red(text)
        case .none: text
        }
    }
}
