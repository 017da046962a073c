import Basics
import History
import Impact
import JSONSource
import ReportModel
import Time

/// What `easel history` shows. Takes entries, newest first: as text each is written when it comes, since a long walk is worth watching.
public struct HistoryReport {
    public enum Format: String, CaseIterable, Sendable { case text, markdown, json }

    private let format: Format
    private let style: TextStyle
    /// Tenants of one run written out for people.
    private let tenantsShown: Int
    private let out: (String) -> Void
    private var entries: [JSON] = []
    private var branch: String?
    private var isEmpty = true

    /// - Parameters:
    ///   - isNarrow: somebody asked for certain tenants, and wants to see all of them.
    ///   - out: takes the text in pieces.
    public init(_ format: Format, options: ReportOptions, isNarrow: Bool, to out: @escaping (String) -> Void) {
        self.format = format
        self.out = out
        style = TextStyle(color: options.color, width: options.width)
        tenantsShown = isNarrow ? .max : 10
    }

    /// Names the branch, where it is not the one that people expect.
    public mutating func begin(_ branch: String) {
        self.branch = branch
        switch format {
        case .text: out("On \(Words.plain(branch)), as this clone last fetched it:\n\n")
        case .markdown: out("On \(MarkdownReport.code(branch)), as this clone last fetched it:\n\n")
        case .json: break
        }
    }

    /// False when the entry has nothing to show. JSON is kept until `end`.
    public mutating func add(_ entry: HistoryEntry) -> Bool {
        let parts = entry.tenants.filter { !$0.profiles.isEmpty }
        guard !parts.isEmpty else { return false }
        isEmpty = false
        switch format {
        case .json: entries.append(json(entry, parts))
        case .markdown: out(markdown(entry, parts))
        case .text: out(harmlessLines(text(entry, parts), keepsColor: style.color))
        }
        return true
    }

    /// Writes what remains.
    public func end() {
        switch format {
        case .json:
            out(pretty(["branch": branch.map(JSON.string) ?? .null, "entries": .array(entries), "formatVersion": .string(JSONReport.formatVersion)]))
        case .text, .markdown: if isEmpty { out("Nothing has been recorded yet.\n") }
        }
    }

    private func size(_ parts: [HistoryEntry.Tenant]) -> String {
        "\(Words.count(parts.reduce(0) { $0 + $1.profiles.count }, "profile")) in \(Words.count(parts.count, "tenant"))"
    }

    private func rest(_ parts: [HistoryEntry.Tenant]) -> String? {
        let more = parts.count - tenantsShown
        return tenantsShown < .max && more > 0 ? "and \(Words.count(more, "more tenant")); name one to see it" : nil
    }

    // MARK: Text

    private func text(_ entry: HistoryEntry, _ parts: [HistoryEntry.Tenant]) -> String {
        var lines = [style.bold("\(Instant(secondsSince1970: entry.time))  \(entry.commit.short)  \(size(parts))")]
        for part in parts.prefix(tenantsShown) {
            lines.append("  \(Words.plain(part.id)) (source \(part.source.prefix(7)))")
            for profile in part.profiles { lines += text(profile, at: entry.time) }
        }
        if let rest = rest(parts) { lines.append("  \(rest)") }
        return (lines + ["", ""]).joined(separator: "\n")
    }

    private func text(_ profile: ProfileReport, at time: Int64) -> [String] {
        let impact = profile.impact
        let origin = profile.movedFrom.map { "renamed from \(Words.plain($0))" }
        let action = impact.action == .none && origin != nil ? nil : style.bold(impact.action.rawValue)
        var lines = [
            "    " + [action, Words.plain(impact.profile), origin, style.dim(Self.rules(impact)), Self.worst(impact)].compactMap { $0?.isEmpty == false ? $0 : nil }.joined(separator: "  ")
        ]
        for change in impact.changes where change.key != nil {
            lines.append("      \(style.cyan(Words.plain(change.path)))  \(Words.change(change))")
        }
        return lines + HistorySentence.all(of: profile, at: time).map { "      " + $0.text }
    }

    private static func rules(_ impact: ProfileImpact) -> String { Set(impact.changes.flatMap(\.rules)).sorted().joined(separator: " ") }

    private static func worst(_ impact: ProfileImpact) -> String? {
        guard let worst = impact.sortedConsequences.first, worst.isNoticed, let people = impact.consequences[worst] else { return nil }
        return "\(people.number.map { Words.people($0, unknown: 0) } ?? "an unknown number of people") \(worst.words)"
    }

    // MARK: Markdown

    private func markdown(_ entry: HistoryEntry, _ parts: [HistoryEntry.Tenant]) -> String {
        let code: (String) -> String = { MarkdownReport.code($0) }
        var text = "#### \(Instant(secondsSince1970: entry.time)) · \(code(entry.commit.short)) · \(size(parts))\n\n"
        for part in parts.prefix(tenantsShown) {
            for profile in part.profiles {
                let impact = profile.impact
                let origin = profile.movedFrom.map { "renamed from \(code($0))" }
                let action = impact.action == .none && origin != nil ? nil : "**\(impact.action.rawValue)**"
                let heading = [action, code("\(part.id)/\(impact.profile)"), origin, Self.rules(impact), Self.worst(impact)].compactMap { $0?.isEmpty == false ? $0 : nil }
                text += "- \(heading.joined(separator: " "))\n"
                for change in impact.changes where change.key != nil { text += "  - \(code(change.path)): \(code(Words.change(change)))\n" }
                for sentence in HistorySentence.all(of: profile, at: entry.time) { text += "  - \(sentence.markdown)\n" }
            }
        }
        if let rest = rest(parts) { text += "- \(rest)\n" }
        return text + "\n"
    }

    // MARK: JSON

    private func json(_ entry: HistoryEntry, _ parts: [HistoryEntry.Tenant]) -> JSON {
        let tenants = parts.map { part -> JSON in
            ["id": .string(part.id), "profiles": .array(part.profiles.map(\.json)), "source": .string(part.source)]
        }
        return ["commit": .string(entry.commit.description), "tenants": .array(tenants), "time": .string(Instant(secondsSince1970: entry.time).description)]
    }
}
