import Basics
import History
import Impact
import JSONSource
import ReportModel
import Time

/// What `easel history` shows. Takes entries, newest first: as text each is written when it comes, since a long walk is worth watching.
public struct HistoryReport {
    public enum Format: String, CaseIterable, Sendable { case text, json }

    private let format: Format
    private let style: TextStyle
    /// Tenants of one run written out in the text.
    private let tenantsShown: Int
    private let out: (String) -> Void
    private var entries: [JSON] = []
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
    public func begin(_ branch: String) { if format == .text { out("On \(Words.plain(branch)), as this clone last fetched it:\n\n") } }

    /// False when the entry has nothing to show. JSON is kept until `end`.
    public mutating func add(_ entry: HistoryEntry) -> Bool {
        let parts = entry.tenants.filter { !$0.profiles.isEmpty }
        guard !parts.isEmpty else { return false }
        isEmpty = false
        switch format {
        case .json: entries.append(json(entry, parts))
        case .text: out(harmlessLines(text(entry, parts), keepsColor: style.color))
        }
        return true
    }

    /// Writes what remains.
    public func end() {
        switch format {
        case .json: out(pretty(["entries": .array(entries), "formatVersion": .string(JSONReport.formatVersion)]))
        case .text: if isEmpty { out("Nothing has been recorded yet.\n") }
        }
    }

    // MARK: Text

    private func text(_ entry: HistoryEntry, _ parts: [HistoryEntry.Tenant]) -> String {
        let size = "\(Words.count(parts.reduce(0) { $0 + $1.profiles.count }, "profile")) in \(Words.count(parts.count, "tenant"))"
        var lines = [style.bold("\(Instant(secondsSince1970: entry.time))  \(entry.commit.short)  \(size)")]
        for part in parts.prefix(tenantsShown) {
            lines.append("  \(Words.plain(part.id)) (source \(part.source.prefix(7)))")
            for profile in part.profiles { lines += text(profile) }
        }
        let more = parts.count - tenantsShown
        if tenantsShown < .max, more > 0 { lines.append("  and \(Words.count(more, "more tenant")); name one to see it") }
        return (lines + ["", ""]).joined(separator: "\n")
    }

    private func text(_ profile: ProfileReport) -> [String] {
        let impact = profile.impact
        let origin = profile.movedFrom.map { "renamed from \(Words.plain($0))" }
        let action = impact.action == .none && origin != nil ? nil : style.bold(impact.action.rawValue)
        let worst = impact.sortedConsequences.first.flatMap { worst -> String? in
            guard worst.isNoticed, let people = impact.consequences[worst] else { return nil }
            return "\(people.number.map { Words.people($0, unknown: 0) } ?? "an unknown number of people") \(worst.words)"
        }
        let rules = Set(impact.changes.flatMap(\.rules)).sorted().joined(separator: " ")
        var lines = [
            "    " + [action, Words.plain(impact.profile), origin, style.dim(rules), worst].compactMap { $0?.isEmpty == false ? $0 : nil }.joined(separator: "  ")
        ]
        for change in impact.changes where change.key != nil {
            lines.append("      \(style.cyan(Words.plain(change.path)))  \(Words.change(change))")
        }
        return lines
    }

    // MARK: JSON

    private func json(_ entry: HistoryEntry, _ parts: [HistoryEntry.Tenant]) -> JSON {
        let tenants = parts.map { part -> JSON in
            ["id": .string(part.id), "profiles": .array(part.profiles.map(\.json)), "source": .string(part.source)]
        }
        return ["commit": .string(entry.commit.description), "tenants": .array(tenants), "time": .string(Instant(secondsSince1970: entry.time).description)]
    }
}
