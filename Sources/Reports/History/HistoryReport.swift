import Gates
import Git
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

    private struct Line {
        let id: String
        let action: String
        /// As in the report; `{}` for what went with its tenant.
        let value: JSONValue?
    }

    private struct Part {
        let tenant: HistoryEntry.Tenant
        let lines: [Line]
    }

    /// False when the entry has nothing of what was asked for. JSON is kept until `end`.
    public mutating func add(_ entry: HistoryEntry) -> Bool {
        let parts = entry.tenants.map { Part(tenant: $0, lines: lines($0)) }.filter { !$0.lines.isEmpty }
        guard !parts.isEmpty else { return false }
        isEmpty = false
        switch format {
        case .json: entries.append(json(entry, parts))
        case .text: out(text(entry, parts))
        }
        return true
    }

    /// Writes what remains.
    public func end() {
        guard format == .json else {
            if isEmpty { out("Nothing has been recorded yet.\n") }
            return
        }
        var writer = JSONWriter()
        writer.value(["entries": .array(entries), "formatVersion": .string(JSONReport.formatVersion)])
        out(String(decoding: writer.finish(), as: UTF8.self))
    }

    /// What the run did to profiles; what a gate held, it did not do.
    private func lines(_ tenant: HistoryEntry.Tenant) -> [Line] {
        let gone = tenant.removed.map { Line(id: $0, action: Action.remove.rawValue, value: nil) }
        let reported = (tenant.report?.root?["profiles"].map { Array($0.elements) } ?? []).compactMap { value -> Line? in
            guard let id = value["id"]?.string, let action = value["action"]?.string, value["heldBy"]?.count == 0 else { return nil }
            return Line(id: id, action: action, value: value)
        }
        return (gone + reported).filter { profile == nil || $0.id == profile }
    }

    // MARK: Text

    private func text(_ entry: HistoryEntry, _ parts: [Part]) -> String {
        let profiles = parts.reduce(0) { $0 + $1.lines.count }
        let size = "\(Words.count(profiles, "profile")) in \(Words.count(parts.count, "tenant"))"
        var lines = [style.bold("\(Instant(secondsSince1970: entry.time))  \(entry.commit.short)  \(size)")]
        for part in parts.prefix(tenantsShown) {
            let source = part.tenant.source.isEmpty ? "removed from the config repository" : "source \(part.tenant.source.prefix(7))"
            lines.append("  \(Words.plain(part.tenant.id)) (\(source))")
            for line in part.lines { lines += text(line) }
        }
        let more = parts.count - tenantsShown
        if tenantsShown < .max, more > 0 { lines.append("  and \(Words.count(more, "more tenant")); name one to see it") }
        return (lines + ["", ""]).joined(separator: "\n")
    }

    private func text(_ line: Line) -> [String] {
        let consequences = line.value?["consequences"]?.elements.compactMap { $0.string.flatMap(Consequence.init(rawValue:)) } ?? []
        let worst = consequences.min().flatMap { worst -> String? in
            guard worst.isNoticed, let people = line.value?["peopleByConsequence"]?[name: worst.rawValue] else { return nil }
            return "\(people.integer.map { Words.people($0, unknownProfiles: 0) } ?? "an unknown number of people") \(worst.words)"
        }
        let changes = line.value?["changes"].map { Array($0.elements) } ?? []
        let rules = Set(changes.flatMap { $0["rules"]?.elements.compactMap(\.string) ?? [] }).sorted().joined(separator: " ")
        var lines = ["    " + [style.bold(line.action), Words.plain(line.id), style.dim(rules), worst].compactMap { $0?.isEmpty == false ? $0 : nil }.joined(separator: "  ")]
        for change in changes {
            guard let path = change["path"]?.string, !path.isEmpty, let before = change["before"]?.plain, let after = change["after"]?.plain else { continue }
            let impact = ProfileImpact.Change(
                path: path, before: before, after: after, joined: change["joined"]?.elements.map(\.plain), left: change["left"]?.elements.map(\.plain), rules: [])
            lines.append("      \(style.cyan(Words.plain(path)))  \(Words.shortened(Words.plain(Words.change(impact)), to: 300))")
        }
        return lines
    }

    // MARK: JSON

    private func json(_ entry: HistoryEntry, _ parts: [Part]) -> JSON {
        let tenants = parts.map { part -> JSON in
            let profiles = part.lines.map { line in line.value?.plain ?? ["action": .string(line.action), "id": .string(line.id)] }
            return ["id": .string(part.tenant.id), "profiles": .array(profiles), "source": part.tenant.source.isEmpty ? .null : .string(part.tenant.source)]
        }
        return ["commit": .string(entry.commit.description), "tenants": .array(tenants), "time": .string(Instant(secondsSince1970: entry.time).description)]
    }
}
