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
    /// Nil: every profile.
    private let profile: String?
    /// Tenants of one run written out in the text.
    private let tenantsShown: Int
    private let out: (String) -> Void
    private var entries: [JSON] = []
    private var isEmpty = true

    /// - Parameters:
    ///   - profile: the id of the only profile asked for.
    ///   - isNarrow: somebody asked for certain tenants, and wants to see all of them.
    ///   - out: takes the text in pieces.
    public init(_ format: Format, options: ReportOptions, profile: String?, isNarrow: Bool, to out: @escaping (String) -> Void) {
        self.format = format
        self.out = out
        style = TextStyle(color: options.color, width: options.width)
        self.profile = profile
        tenantsShown = isNarrow ? .max : 10
    }

    private struct Part {
        let tenant: HistoryEntry.Tenant
        let removed: [String]
        let profiles: [ProfileReport]
        var count: Int { removed.count + profiles.count }
    }

    /// False when the entry has nothing of what was asked for. JSON is kept until `end`.
    public mutating func add(_ entry: HistoryEntry) -> Bool {
        func isAsked(_ id: String) -> Bool { profile == nil || id == profile }
        let parts = entry.tenants.map { tenant in
            Part(tenant: tenant, removed: tenant.removed.filter(isAsked), profiles: tenant.profiles.filter { isAsked($0.impact.profile) })
        }.filter { $0.count > 0 }
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

    private func text(_ entry: HistoryEntry, _ parts: [Part]) -> String {
        let size = "\(Words.count(parts.reduce(0) { $0 + $1.count }, "profile")) in \(Words.count(parts.count, "tenant"))"
        var lines = [style.bold("\(Instant(secondsSince1970: entry.time))  \(entry.commit.short)  \(size)")]
        for part in parts.prefix(tenantsShown) {
            let source = part.tenant.source.map { "source \($0.prefix(7))" } ?? "removed from the config repository"
            lines.append("  \(Words.plain(part.tenant.id)) (\(source))")
            for id in part.removed { lines.append("    \(style.bold(Action.remove.rawValue))  \(Words.plain(id))") }
            for profile in part.profiles { lines += text(profile.impact) }
        }
        let more = parts.count - tenantsShown
        if tenantsShown < .max, more > 0 { lines.append("  and \(Words.count(more, "more tenant")); name one to see it") }
        return (lines + ["", ""]).joined(separator: "\n")
    }

    private func text(_ impact: ProfileImpact) -> [String] {
        let worst = impact.sortedConsequences.first.flatMap { worst -> String? in
            guard worst.isNoticed, let people = impact.consequences[worst] else { return nil }
            return "\(people.number.map { Words.people($0, unknownProfiles: 0) } ?? "an unknown number of people") \(worst.words)"
        }
        let rules = Set(impact.changes.flatMap(\.rules)).sorted().joined(separator: " ")
        var lines = [
            "    " + [style.bold(impact.action.rawValue), Words.plain(impact.profile), style.dim(rules), worst].compactMap { $0?.isEmpty == false ? $0 : nil }.joined(separator: "  ")
        ]
        for change in impact.changes where change.key != nil {
            lines.append("      \(style.cyan(Words.plain(change.path)))  \(Words.change(change))")
        }
        return lines
    }

    // MARK: JSON

    private func json(_ entry: HistoryEntry, _ parts: [Part]) -> JSON {
        let tenants = parts.map { part -> JSON in
            let removed = part.removed.map { id -> JSON in ["action": .string(Action.remove.rawValue), "id": .string(id)] }
            return ["id": .string(part.tenant.id), "profiles": .array(removed + part.profiles.map(\.json)), "source": .orNull(part.tenant.source)]
        }
        return ["commit": .string(entry.commit.description), "tenants": .array(tenants), "time": .string(Instant(secondsSince1970: entry.time).description)]
    }
}
